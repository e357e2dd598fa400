import type { ComponentChildren } from 'preact'

/** A part of a screen under a heading. */
export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="section">
      <div class="section-head">
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  )
}
