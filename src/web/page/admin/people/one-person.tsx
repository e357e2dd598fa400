import { useState } from 'preact/hooks'
import { adminAddress } from '../../address/links'
import { go } from '../../address/router'
import { me } from '../../connection/session'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Face } from '../../controls/face'
import { Field, Form, Tick } from '../../controls/forms/field'
import { Initial } from '../../controls/rows/person'
import { Question, Sheet } from '../../controls/sheet'
import { accountSheet } from '../../shell/account-sheet'
import { say as announce, complain } from '../../shell/toasts'
import { adminApi, type Role, type UserEntry } from '../admin-api'
import { day, relative } from '../amounts'
import { useRefresh } from '../refreshed'
import { reasonFor, words } from '../words'
import { NewPassword } from './new-password'
import { Marks, ROLES } from './people'
import { SessionList } from './session-list'
import './one-person.css'

type Change = Parameters<typeof adminApi.changeUser>[1]

/** One account: its role, password, sessions and deletion. */
export function OnePerson({ id }: { id: number }) {
  const say = words()
  const answer = useAnswer(`person ${id}`, adminApi.users)
  useRefresh(answer.again)
  return (
    <Answered answer={answer}>
      {({ users }) => {
        const user = users.find((user) => user.id === id)
        return user === undefined ? (
          <Face icon="people" title={say.notFound}>
            <Button onClick={() => go(adminAddress('people'))}>{say.people}</Button>
          </Face>
        ) : (
          <Profile user={user} onChange={answer.again} />
        )
      }}
    </Answered>
  )
}

type ProfileOptions = { user: UserEntry; onChange(): void }

function Profile({ user, onChange }: ProfileOptions) {
  const say = words()
  const [sheet, setSheet] = useState<'name' | 'password' | 'brought' | 'delete' | null>(null)
  const { id, username, role, disabled, last_login: last } = user
  const close = () => setSheet(null)
  /** Changes the account, announces it and reloads it; throws the refusal. */
  async function change(wanted: Change, done: string): Promise<void> {
    await adminApi.changeUser(id, wanted)
    announce(done)
    onChange()
  }
  const tryTo = (wanted: Change, done: string) =>
    change(wanted, done).catch((error) => {
      complain(reasonFor(error))
      onChange()
    })
  async function remove() {
    try {
      await adminApi.deleteUser(id)
      announce(say.deleted(username))
      go(adminAddress('people'), { replace: true })
    } catch (error) {
      complain(reasonFor(error))
      onChange()
    }
  }
  async function removeBrought() {
    try {
      const { actions, plays } = await adminApi.removeBrought(id)
      announce(say.broughtRemoved(username, actions + plays))
    } catch (error) {
      complain(reasonFor(error))
    }
  }
  return (
    <div class="profile">
      <div class="profile-head">
        <Initial name={username} />
        <div>
          <h2>{username}</h2>
          <p>
            {[
              id === me.value?.id ? say.isYou : undefined,
              say.since(day(user.created_at)),
              last === null ? say.neverHere : say.lastLogin(relative(last)),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <Marks user={user} />
        </div>
      </div>

      <RoleChoice
        role={role}
        onChoose={(wanted) =>
          tryTo({ role: wanted }, say.roleChanged(username, say.roleNames[wanted]))
        }
      />

      <div class="profile-buttons">
        <Button icon="pencil" onClick={() => setSheet('name')}>
          {say.rename}
        </Button>
        {id === me.value?.id ? (
          <Button
            icon="key"
            onClick={() => {
              accountSheet.value = 'password'
            }}
          >
            {say.changePassword}
          </Button>
        ) : (
          <Button icon="key" onClick={() => setSheet('password')}>
            {say.setPassword}
          </Button>
        )}
        <Button
          icon={disabled ? 'check' : 'hidden'}
          onClick={() =>
            tryTo(
              { disabled: !disabled },
              disabled ? say.enabledNow(username) : say.disabledNow(username),
            )
          }
        >
          {disabled ? say.enable : say.disable}
        </Button>
        <Button icon="upload" onClick={() => setSheet('brought')}>
          {say.removeBrought}
        </Button>
        <Button icon="trash" class="problem" onClick={() => setSheet('delete')}>
          {say.deletePerson}
        </Button>
      </div>

      <h2 class="admin-head">{say.sessions}</h2>
      <SessionList question={`sessions ${id}`} ask={() => adminApi.sessionsOf(id)} />

      {sheet === 'name' && (
        <Sheet title={say.rename} onClose={close}>
          <Form
            submit={say.save}
            reasonFor={reasonFor}
            onSubmit={async (values) => {
              const wanted = String(values.get('username')).trim()
              await change({ username: wanted }, say.renamed(wanted))
              close()
            }}
          >
            <Field
              label={say.name}
              name="username"
              defaultValue={username}
              maxLength={64}
              required
            />
          </Form>
        </Sheet>
      )}
      {sheet === 'password' && (
        <Sheet title={say.setPassword} hint={say.setPasswordHint} onClose={close}>
          <Form
            submit={say.setPassword}
            reasonFor={reasonFor}
            onSubmit={async (values) => {
              const password = String(values.get('password'))
              const wanted = { password, must_change_password: values.has('must-change') }
              await change(wanted, say.passwordSet(username))
              close()
            }}
          >
            {/* Tells password managers which account the password belongs to. */}
            <input
              type="text"
              autocomplete="username"
              aria-label={say.name}
              value={username}
              readOnly
              hidden
            />
            <NewPassword label={say.newPassword} name="password" />
            <Tick label={say.mustChange} name="must-change" defaultChecked />
          </Form>
        </Sheet>
      )}
      {sheet === 'brought' && (
        <Question
          title={say.broughtQuestion(username)}
          hint={say.broughtHint}
          icon="trash"
          label={say.removeBrought}
          onYes={removeBrought}
          onClose={close}
        />
      )}
      {sheet === 'delete' && (
        <Question
          title={say.deleteQuestion(username)}
          hint={say.deleteHint}
          icon="trash"
          label={say.deletePerson}
          onYes={remove}
          onClose={close}
        />
      )}
    </div>
  )
}

function RoleChoice({ role, onChoose }: { role: Role; onChoose(role: Role): void }) {
  const say = words()
  return (
    <fieldset class="choice">
      <legend>{say.role}</legend>
      {ROLES.map((name) => (
        // No radio buttons: their arrow keys choose at once, and would give the account each role on the way.
        <button
          key={name}
          type="button"
          aria-pressed={name === role}
          onClick={() => name !== role && onChoose(name)}
        >
          <span class="choice-name">{say.roleNames[name]}</span>
          <span class="choice-hint">{say.roleHints[name]}</span>
        </button>
      ))}
    </fieldset>
  )
}
