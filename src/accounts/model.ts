import { type Static, Type as t } from '@sinclair/typebox'
import { NewPassword } from './passwords/new-password'
import { RoleLimits } from './roles/limits'
import { User } from './users/model'

export const Credentials = t.Object({
  username: t.String({ description: 'Upper and lower case are the same.' }),
  password: t.String(),
})
export type Credentials = Static<typeof Credentials>

export const SignedIn = t.Object({ signed_in: t.Boolean() })

export const Me = t.Object({
  ...User.properties,
  permissions: t.Array(t.String()),
  limits: RoleLimits,
})
export type Me = Static<typeof Me>

export const Login = t.Object({
  token: t.String({ description: 'A JWT for `Authorization: Bearer` and the WebSocket.' }),
  expires_at: t.Integer({ description: 'Unix seconds' }),
  user: User,
})
export type Login = Static<typeof Login>

export const Confirmation = t.Object({ password: t.String() })
export type Confirmation = Static<typeof Confirmation>

export const Confirmed = t.Object({
  confirmed_until: t.Integer({ description: 'Unix seconds' }),
})
export type Confirmed = Static<typeof Confirmed>

export const PasswordChange = t.Object({
  current_password: t.String(),
  new_password: NewPassword,
})
export type PasswordChange = Static<typeof PasswordChange>
