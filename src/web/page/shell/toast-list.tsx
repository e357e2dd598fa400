import { IconButton } from '../controls/button'
import { sentences } from '../language/language'
import { dismiss, toasts } from './toasts'

/** The messages at the foot of the page, some with a button that undoes what happened. */
export function ToastList() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, tone, action }) => (
        <div key={id} class={`toast ${tone}`}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              onClick={() => {
                dismiss(id)
                action.run()
              }}
            >
              {action.label}
            </button>
          )}
          <IconButton icon="close" label={sentences().close} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  )
}
