import { type Static, Type as t } from '@sinclair/typebox'

export const Health = t.Object({
  status: t.Union([t.Literal('ok'), t.Literal('degraded')], {
    description:
      '`degraded`: it serves, but Mopidy is away, or its web clients are, or something is wrong with the database, or plays could not be counted',
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
    plays_uncounted: t.Optional(
      t.Integer({
        description:
          'Plays since the start that are kept, but that no statistics count: see the log',
      }),
    ),
  }),
  untrusted_proxy: t.Optional(
    t.Boolean({ description: 'Requests come through a proxy that TRUSTED_PROXIES does not name' }),
  ),
  web_clients: t.Optional(t.Object({ ok: t.Boolean(), problem: t.String() })),
})
export type Health = Static<typeof Health>
