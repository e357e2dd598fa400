import { type Static, Type as t } from '@sinclair/typebox'
import { Role } from '../roles/role'

export const NewApiKey = t.Object({
  name: t.String({ description: 'What it is for: 1 to 64 visible characters, and spaces' }),
  role: t.Optional({
    ...Role,
    description: '`member` if not given, for administration `admin`; no more than its owner',
  }),
  expires_in_days: t.Optional(t.Integer({ minimum: 1, maximum: 3650 })),
  administration: t.Optional(
    t.Boolean({
      description:
        'Whether it may change users, roles, invites and keys, and make backups: for admins, ' +
        'with an end of at most 365 days',
    }),
  ),
})
export type NewApiKey = Static<typeof NewApiKey>

export const ApiKey = t.Object({
  id: t.Integer(),
  name: t.String(),
  role: Role,
  administration: t.Boolean({ description: 'Whether it was made for administration' }),
  created_at: t.Integer({ description: 'Unix seconds' }),
  expires_at: t.Union([t.Integer(), t.Null()], {
    description: 'Unix seconds; null: it does not end by itself',
  }),
  last_used: t.Union([t.Integer(), t.Null()], {
    description: 'Unix seconds, to the minute; null: never',
  }),
})
export type ApiKey = Static<typeof ApiKey>

export const ShownApiKey = t.Object({
  ...ApiKey.properties,
  key: t.String({ description: 'Shown this once' }),
})
export type ShownApiKey = Static<typeof ShownApiKey>
