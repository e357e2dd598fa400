import { type Static, Type as t } from '@sinclair/typebox'

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

export const Login = t.Object({
  token: t.String({ description: 'A JWT for `Authorization: Bearer` and the WebSocket.' }),
  expires_at: t.Integer({ description: 'Unix seconds' }),
  user: User,
})
export type Login = Static<typeof Login>

/** Length rules of a new password, in characters. */
export const PASSWORD_LENGTH = { minLength: 8, maxLength: 256 }

export const PasswordChange = t.Object({
  current_password: t.String(),
  new_password: t.String(PASSWORD_LENGTH),
})
export type PasswordChange = Static<typeof PasswordChange>

export const Done = t.Object({ ok: t.Literal(true) })
