import { type Static, Type as t } from '@sinclair/typebox'
import { Role } from '../../accounts/roles/role'

export const Room = t.Object({
  people: t.Array(
    t.Object({
      id: t.Integer(),
      username: t.String(),
      role: Role,
      since: t.Integer({
        description: 'Unix seconds: how long the oldest open connection is there',
      }),
    }),
    { description: 'Who has come first stands first' },
  ),
  unnamed: t.Integer({ minimum: 0, description: 'How many more there are who are incognito' }),
})
export type Room = Static<typeof Room>
