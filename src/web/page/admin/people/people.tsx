import { useState } from 'preact/hooks'
import { adminAddress } from '../../address/links'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Field, Form, Pick, Tick } from '../../controls/forms/field'
import { FolderRow } from '../../controls/rows/folder-row'
import { Initial } from '../../controls/rows/person'
import { Sheet } from '../../controls/sheet'
import { say as announce } from '../../shell/toasts'
import { adminApi, type Role, type UserEntry } from '../admin-api'
import { moment, relative } from '../amounts'
import { useRefresh } from '../refreshed'
import { reasonFor, words } from '../words'
import { NewPassword } from './new-password'
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
    <FolderRow
      class={user.disabled ? 'person-row out' : 'person-row'}
      to={adminAddress('people', id)}
      picture={<Initial name={username} />}
      title={username}
      hint={`${say.roleNames[role]} · ${seen}`}
      mark={<Marks user={user} />}
    />
  )
}

/** A mark for an account that is disabled, ends, or has to change its password. */
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
        <NewPassword label={say.password} name="password" />
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
