import { Field } from '../../controls/forms/field'
import { words } from '../words'

/** The field for a password that is to be set. */
export function NewPassword({ label, name }: { label: string; name: string }) {
  return (
    <Field
      label={label}
      hint={words().passwordRule}
      name={name}
      type="password"
      autocomplete="new-password"
      minLength={8}
      maxLength={256}
      required
    />
  )
}
