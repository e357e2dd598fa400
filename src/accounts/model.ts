import { type Static, Type as t } from '@sinclair/typebox'
import { NewPassword } from './passwords/new-password'
import { Limits } from './roles/limits'

export const Role = t.Union([t.Literal('admin'), t.Literal('member'), t.Literal('guest')])
export type Role = Static<typeof Role>

export const Credentials = t.Object({
  username: t.String({ description: 'Upper and lower case are the same.' }),
  password: t.String(),
})
export type Credentials = Static<typeof Credentials>

export const User = t.Object({
  id: t.Integer(),
  username: t.String(),
  role: Role,
  created_at: t.Integer({ description: 'Unix seconds' }),
  last_login: t.Union([t.Integer(), t.Null()], { description: 'Unix seconds' }),
  must_change_password: t.Optional(
    t.Literal(true, { description: 'Present until the first password has been changed.' }),
  ),
})
export type User = Static<typeof User>

export const SignedIn = t.Object({ signed_in: t.Boolean() })

export const Me = t.Object({
  ...User.properties,
  permissions: t.Array(t.String()),
  limits: Limits,
})
export type Me = Static<typeof Me>

export const Login = t.Object({
  token: t.String({ description: 'A JWT for `Authorization: Bearer` and the WebSocket.' }),
  expires_at: t.Integer({ description: 'Unix seconds' }),
  user: User,
})
export type Login = Static<typeof Login>

export const PasswordChange = t.Object({
  current_password: t.String(),
  new_password: NewPassword,
})
export type PasswordChange = Static<typeof PasswordChange>

const Username = t.String({
  description: '1 to 64 visible characters; upper and lower case are the same.',
})
const Time = t.Integer({ description: 'Unix seconds' })
const TimeIfAny = t.Union([t.Integer(), t.Null()], { description: 'Unix seconds' })

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
    t.Boolean({ description: 'With a password; if not given, true unless it is your own.' }),
  ),
})
export type UserChange = Static<typeof UserChange>

export const SessionEntry = t.Object({
  id: t.Integer(),
  kind: t.Union([t.Literal('login'), t.Literal('key'), t.Literal('header')]),
  name: t.Union([t.String(), t.Null()], { description: 'Of an API key' }),
  device: t.Union([t.String(), t.Null()], { description: 'Like `Safari on iPhone`' }),
  user_agent: t.Union([t.String(), t.Null()]),
  ip: t.Union([t.String(), t.Null()]),
  created_at: Time,
  last_seen: Time,
  expires_at: t.Union([t.Integer(), t.Null()], { description: 'Unix seconds; null: never' }),
  current: t.Boolean({ description: 'Whether it is the one that asks' }),
})
export type SessionEntry = Static<typeof SessionEntry>

export const Done = t.Object({ ok: t.Literal(true) })
