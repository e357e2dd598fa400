import { type Static, Type as t } from '@sinclair/typebox'

export const Health = t.Object({
  status: t.Union([t.Literal('ok'), t.Literal('degraded')], {
    description: '`degraded`: it serves, but Mopidy is away, or plays could not be counted',
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
    plays_uncounted: t.Optional(
      t.Integer({
        description:
          'Plays since the start that are kept, but that no statistics count: see the log',
      }),
    ),
  }),
})
export type Health = Static<typeof Health>
