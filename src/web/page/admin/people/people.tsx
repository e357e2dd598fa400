import { useState } from 'preact/hooks'
import { adminAddress } from '../../address/links'
import { follow } from '../../address/router'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Field, Form, Pick, Tick } from '../../controls/forms/field'
import { Icon } from '../../controls/icon'
import { Initial } from '../../controls/rows/person'
import { Sheet } from '../../controls/sheet'
import { say as announce } from '../../shell/toasts'
import { adminApi, type Role, type UserEntry } from '../admin-api'
import { moment, relative } from '../amounts'
import { useRefresh } from '../refreshed'
import { reasonFor, words } from '../words'
import './people.css'

export const ROLES: readonly Role[] = ['guest', 'member', 'admin']

/** Everyone who has an account. */
export function People() {
  const say = words()
  const answer = useAnswer('people', adminApi.users)
  const [adding, setAdding] = useState(false)
  useRefresh(answer.again)
  return (
    <Answered answer={answer}>
      {({ users }) => (
        <>
          <div class="tools">
            <p class="count">{say.accounts(users.length)}</p>
            <Button icon="plus" class="primary" onClick={() => setAdding(true)}>
              {say.addPerson}
            </Button>
          </div>
          <ul class="rows" aria-label={say.people}>
            {users.map((user) => (
              <li key={user.id}>
                <PersonRow user={user} />
              </li>
            ))}
          </ul>
          {adding && (
            <NewPerson
              onClose={() => {
                setAdding(false)
                answer.again()
              }}
            />
          )}
        </>
      )}
    </Answered>
  )
}

function PersonRow({ user }: { user: UserEntry }) {
  const say = words()
  const { id, username, role, last_login: last } = user
  const seen = last === null ? say.neverHere : say.lastLogin(relative(last))
  return (
    <a
      class={user.disabled ? 'row folder-row person-row out' : 'row folder-row person-row'}
      href={adminAddress('people', id)}
      onClick={follow}
    >
      <Initial name={username} />
      <span class="row-words">
        <span class="row-title">{username}</span>
        <span class="row-hint">{`${say.roleNames[role]} · ${seen}`}</span>
      </span>
      <Marks user={user} />
      <Icon name="forward" />
    </a>
  )
}

/** What is special about an account. */
export function Marks({ user }: { user: UserEntry }) {
  const say = words()
  if (user.disabled) return <span class="mark problem">{say.disabled}</span>
  if (user.expires_at !== null)
    return <span class="mark">{say.until(moment(user.expires_at))}</span>
  if (user.must_change_password) return <span class="mark">{say.newPasswordDue}</span>
  return null
}

function NewPerson({ onClose }: { onClose(): void }) {
  const say = words()
  const create = async (values: FormData) => {
    const { username } = await adminApi.createUser({
      username: String(values.get('username')).trim(),
      password: String(values.get('password')),
      role: values.get('role') as Role,
      must_change_password: values.has('must-change'),
    })
    onClose()
    announce(say.created(username))
  }
  return (
    <Sheet title={say.addPerson} onClose={onClose}>
      <Form submit={say.create} onSubmit={create} reasonFor={reasonFor}>
        <Field
          label={say.name}
          name="username"
          maxLength={64}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <Field
          label={say.password}
          hint={say.passwordRule}
          name="password"
          type="password"
          autocomplete="new-password"
          minLength={8}
          maxLength={256}
          required
        />
        <Pick
          label={say.role}
          name="role"
          value="member"
          options={ROLES.map((role) => [role, say.roleNames[role]])}
        />
        <Tick label={say.mustChange} name="must-change" defaultChecked />
      </Form>
    </Sheet>
  )
}
