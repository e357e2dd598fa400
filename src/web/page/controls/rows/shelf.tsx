import type { ComponentChildren } from 'preact'
import { follow } from '../../address/router'
import './shelf.css'

type Item = { to: string; picture: ComponentChildren; title: string; hint?: string }

/** Links with a picture and a title, side by side; the shelf scrolls sideways. */
export function Shelf({ items, round = false }: { items: readonly Item[]; round?: boolean }) {
  return (
    <ul class={round ? 'shelf round' : 'shelf'}>
      {items.map(({ to, picture, title, hint }) => (
        <li key={to}>
          <a href={to} onClick={follow}>
            {picture}
            <span class="shelf-title">{title}</span>
            {hint !== undefined && <span class="shelf-hint">{hint}</span>}
          </a>
        </li>
      ))}
    </ul>
  )
}
