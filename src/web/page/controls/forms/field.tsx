import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { Button } from '../button'
import './field.css'

type FieldOptions = {
  label: string
  hint?: string
  name: string
  type?: 'text' | 'password' | 'number'
  defaultValue?: string
  placeholder?: string
  required?: boolean
  minLength?: number
  maxLength?: number
  min?: number
  max?: number
  step?: string
  inputMode?: 'numeric' | 'decimal'
  autocomplete?: 'off' | 'current-password' | 'new-password'
  autocapitalize?: 'none'
  spellcheck?: boolean
}

/** A text field with its label above and a hint below. */
export function Field({ label, hint, type = 'text', ...rest }: FieldOptions) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        id={id}
        // Preact types each kind of input apart, which a union does not fit.
        type={type as 'text'}
        {...(hint && { 'aria-describedby': `${id}-hint` })}
      />
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

type PickOptions<Name extends string> = {
  label: string
  name: string
  options: readonly (readonly [value: Name, text: string])[]
  value?: Name
  onPick?: (value: Name) => void
}

/** A choice of one of several, by the system's own menu. */
export function Pick<Name extends string>({
  label,
  name,
  options,
  value,
  onPick,
}: PickOptions<Name>) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={value}
        onChange={({ currentTarget }) => onPick?.(currentTarget.value as Name)}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

type TickOptions = {
  label: string
  name: string
  value?: string
  defaultChecked?: boolean
  disabled?: boolean
}

/** A checkbox with its label. */
export function Tick({ label, ...rest }: TickOptions) {
  return (
    <label class="tick">
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  )
}

type FormOptions = {
  submit: string
  /** Sends the form; the message of an error that it throws appears above the button. */
  onSubmit(values: FormData): Promise<unknown>
  /** Turns an error into a sentence. */
  reasonFor(error: unknown): string
  children: ComponentChildren
}

/** A form that shows its problem above the button, and cannot be sent twice at once. */
export function Form({ submit, onSubmit, reasonFor, children }: FormOptions) {
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  return (
    <form
      class="form"
      onSubmit={async (event) => {
        event.preventDefault()
        const values = new FormData(event.currentTarget)
        setProblem('')
        setBusy(true)
        try {
          await onSubmit(values)
        } catch (error) {
          setProblem(reasonFor(error))
        }
        setBusy(false)
      }}
    >
      {children}
      <p class="form-problem" role="alert">
        {problem}
      </p>
      <Button type="submit" class="primary wide" disabled={busy}>
        {submit}
      </Button>
    </form>
  )
}
