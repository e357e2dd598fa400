import { type Static, Type as t } from '@sinclair/typebox'

export const Health = t.Object({
  status: t.Union([t.Literal('ok'), t.Literal('degraded')], {
    description:
      '`degraded`: it serves, but Mopidy is away, or something is wrong with the database',
  }),
  version: t.String(),
  uptime_s: t.Integer(),
  mopidy: t.Object({
    online: t.Boolean(),
    version: t.Optional(t.String()),
    since: t.Optional(t.Integer({ description: 'Unix seconds' })),
  }),
  database: t.Object({
    ok: t.Boolean(),
    problem: t.Optional(t.String({ description: 'What is wrong with it, in a sentence' })),
  }),
})
export type Health = Static<typeof Health>
