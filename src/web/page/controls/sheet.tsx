import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { sentences } from '../language/language'
import { IconButton } from './button'
import { Icon, type IconName } from './icon'

type SheetOptions = {
  title: string
  hint?: string | undefined
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
      // A dialog that is removed while open gives the focus to the body: it goes back to where it was.
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

/** The actions of a sheet; choosing one closes the sheet and runs it. */
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

type QuestionOptions = {
  title: string
  hint?: string
  /** What "yes" does, as its button shows it. */
  icon: IconName
  label: string
  onYes(): void
  /** The words for "no", where "Cancel" says too little. */
  keep?: string
  onClose(): void
}

/** Asks before something that cannot be undone. */
export function Question({ title, hint, icon, label, onYes, keep, onClose }: QuestionOptions) {
  return (
    <Sheet title={title} hint={hint} onClose={onClose}>
      <Choices
        onDone={onClose}
        choices={[
          { icon, label, tone: 'problem', run: onYes },
          { icon: 'back', label: keep ?? sentences().cancel, run: () => {} },
        ]}
      />
    </Sheet>
  )
}
