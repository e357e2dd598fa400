import { adminApi } from '../admin/admin-api'
import { NewPassword } from '../admin/people/new-password'
import { reasonFor, words } from '../admin/words'
import { me } from '../connection/session'
import { renew } from '../connection/socket'
import { Field, Form } from '../controls/forms/field'
import { say as announce } from '../shell/toasts'

/** Changes the person's own password; other devices have to log in again. */
export function PasswordForm({ onDone }: { onDone(): void }) {
  const say = words()
  const change = async (values: FormData) => {
    const [current, chosen, again] = ['current', 'new', 'again'].map((name) =>
      String(values.get(name)),
    )
    if (chosen !== again) throw new Error(say.notTheSame)
    const wanted = { current_password: current ?? '', new_password: chosen ?? '' }
    await renew(adminApi.changePassword(wanted))
    announce(say.passwordChanged)
    onDone()
  }
  return (
    <Form submit={say.changePassword} onSubmit={change} reasonFor={reasonFor}>
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
        label={say.currentPassword}
        name="current"
        type="password"
        autocomplete="current-password"
        maxLength={1024}
        required
      />
      <NewPassword label={say.newPassword} name="new" />
      <Field
        label={say.again}
        name="again"
        type="password"
        autocomplete="new-password"
        maxLength={256}
        required
      />
    </Form>
  )
}

/** The whole page while a first password has to be changed. */
export function ChoosePassword() {
  const say = words()
  return (
    <main class="choose-password">
      <h1>{say.chooseFirst}</h1>
      <p>{say.chooseFirstHint}</p>
      {/* Until the change, the server refused the page's requests and socket: loading anew makes them again. */}
      <PasswordForm onDone={() => location.reload()} />
    </main>
  )
}
