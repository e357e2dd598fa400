import { adminApi } from '../admin/admin-api'
import { reasonFor, words } from '../admin/words'
import { me } from '../connection/session'
import { renew } from '../connection/socket'
import { Field, Form } from '../controls/forms/field'
import { say as announce } from '../shell/toasts'

/** Another password for oneself; other devices have to log in again. */
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
      {/* For what remembers passwords: whose it is. */}
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
      <Field
        label={say.newPassword}
        hint={say.passwordRule}
        name="new"
        type="password"
        autocomplete="new-password"
        minLength={8}
        maxLength={256}
        required
      />
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

/** Stands instead of everything while a first password has to be changed. */
export function ChoosePassword() {
  const say = words()
  return (
    <main class="choose-password">
      <h1>{say.chooseFirst}</h1>
      <p>{say.chooseFirstHint}</p>
      {/* What was refused before is asked for again, and what was lost connected. */}
      <PasswordForm onDone={() => location.reload()} />
    </main>
  )
}
