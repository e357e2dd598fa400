import type { ComponentChildren } from 'preact'
import { follow } from '../../address/router'
import { Icon } from '../icon'

type FolderRowOptions = {
  to: string
  /** At the start of the row: a cover, a symbol or an initial. */
  picture: ComponentChildren
  title: string
  hint?: string
  /** Between the words and the arrow. */
  mark?: ComponentChildren
  class?: string
}

/** A row of a list that opens something. */
export function FolderRow({
  to,
  picture,
  title,
  hint,
  mark,
  class: className = '',
}: FolderRowOptions) {
  return (
    <a class={`row folder-row ${className}`} href={to} onClick={follow}>
      {picture}
      <span class="row-words">
        <span class="row-title">{title}</span>
        {hint && <span class="row-hint">{hint}</span>}
      </span>
      {mark}
      <Icon name="forward" />
    </a>
  )
}
