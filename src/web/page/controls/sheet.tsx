import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { sentences } from '../language/language'
import { IconButton } from './button'
import { Icon, type IconName } from './icon'

type SheetOptions = {
  title: string
  hint?: string
  onClose(): void
  children: ComponentChildren
}

/** A dialog: from below on a phone, in the middle on a desk. */
export function Sheet({ title, hint, onClose, children }: SheetOptions) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      // One that is taken away instead of closed gives the focus back to nothing.
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class="sheet"
      aria-label={title}
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && dialog.current?.close()}
    >
      <div class="sheet-body">
        <header>
          <div>
            <h2>{title}</h2>
            {hint && <p>{hint}</p>}
          </div>
          <IconButton
            icon="close"
            label={sentences().close}
            onClick={() => dialog.current?.close()}
          />
        </header>
        {children}
      </div>
    </dialog>
  )
}

export type Choice = { icon: IconName; label: string; run(): void; tone?: 'problem' }

/** Things that can be done, below each other; after one is done the sheet closes. */
export function Choices({ choices, onDone }: { choices: readonly Choice[]; onDone(): void }) {
  return (
    <ul class="choices">
      {choices.map(({ icon, label, run, tone }) => (
        <li key={label}>
          <button
            type="button"
            class={tone}
            onClick={() => {
              onDone()
              run()
            }}
          >
            <Icon name={icon} />
            {label}
          </button>
        </li>
      ))}
    </ul>
  )
}
