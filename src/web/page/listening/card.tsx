import type { ComponentChildren } from 'preact'

type CardOptions = {
  title: string
  hint?: string | undefined
  children: ComponentChildren
}

/** A titled card of the listening and room screens. */
export function Card({ title, hint, children }: CardOptions) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {hint && <p class="card-hint">{hint}</p>}
      {children}
    </section>
  )
}
