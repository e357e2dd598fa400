import { type Static, Type as t } from '@sinclair/typebox'
import { NewPassword } from '../passwords/new-password'
import { Role } from '../roles/role'

const Username = t.String({
  description: '1 to 64 visible characters; upper and lower case are the same.',
})
const Time = t.Integer({ description: 'Unix seconds' })
const TimeIfAny = t.Union([t.Integer(), t.Null()], { description: 'Unix seconds' })

export const User = t.Object({
  id: t.Integer(),
  username: t.String(),
  role: Role,
  created_at: Time,
  last_login: TimeIfAny,
  must_change_password: t.Optional(
    t.Literal(true, { description: 'Present until the first password has been changed.' }),
  ),
})
export type User = Static<typeof User>

/** A user as admins see one. */
export const UserEntry = t.Object({
  id: t.Integer(),
  username: t.String(),
  role: Role,
  disabled: t.Boolean(),
  must_change_password: t.Boolean(),
  has_password: t.Boolean({ description: 'Guests may come in by an invite alone.' }),
  created_at: Time,
  last_login: TimeIfAny,
  expires_at: t.Union([t.Integer(), t.Null()], { description: 'Null: the account stays.' }),
  sessions: t.Integer({ description: 'How many are open; API keys do not count.' }),
})
export type UserEntry = Static<typeof UserEntry>

export const NewAccount = t.Object({
  username: Username,
  password: NewPassword,
  role: Role,
  must_change_password: t.Optional(t.Boolean({ default: false })),
})
export type NewAccount = Static<typeof NewAccount>

export const UserChange = t.Object({
  username: t.Optional(Username),
  role: t.Optional(Role),
  disabled: t.Optional(t.Boolean()),
  password: t.Optional(NewPassword),
  must_change_password: t.Optional(
    t.Boolean({ description: 'With a password; true if not given.' }),
  ),
})
export type UserChange = Static<typeof UserChange>
