import { adminApi } from '../admin/admin-api'
import { reasonFor, words } from '../admin/words'
import { me } from '../connection/session'
import { Field, Form } from '../controls/forms/field'
import { Sheet } from '../controls/sheet'
import { confirming } from '../shell/confirming'

/** Asks for the person's password, before an act of administration that the server wants confirmed. */
export function ConfirmSheet() {
  const say = words()
  const open = confirming.value
  if (open === null) return null
  return (
    <Sheet title={say.confirm} hint={say.confirmHint} onClose={() => open.answer(false)}>
      <Form
        submit={say.confirm}
        reasonFor={reasonFor}
        onSubmit={async (values) => {
          await adminApi.confirm({ password: String(values.get('password')) })
          open.answer(true)
        }}
      >
        {/* Tells password managers which account the password belongs to. */}
        <input
          type="text"
          name="username"
          autocomplete="username"
          aria-label={say.name}
          value={me.value?.username}
          readOnly
          hidden
        />
        <Field
          label={say.yourPassword}
          name="password"
          type="password"
          autocomplete="current-password"
          maxLength={1024}
          required
        />
      </Form>
    </Sheet>
  )
}
