import { type Static, Type as t } from '@sinclair/typebox'
import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { Mopidy } from '../mopidy/mopidy'
import { version } from '../version'

export const Health = t.Object({
  status: t.Union([t.Literal('ok'), t.Literal('degraded')], {
    description: '`degraded`: it serves, but Mopidy is away',
  }),
  version: t.String(),
  uptime_s: t.Integer(),
  mopidy: t.Object({
    online: t.Boolean(),
    version: t.Optional(t.String()),
    since: t.Optional(t.Integer({ description: 'Unix seconds' })),
  }),
  database: t.Object({ ok: t.Boolean() }),
})
export type Health = Static<typeof Health>

export type HealthCheck = ReturnType<typeof createHealth>

/** How the service is, without secrets. */
export function createHealth({ mopidy, database }: { mopidy: Mopidy; database: Database }) {
  const startedAt = performance.now()
  return {
    /** @throws {AppError} `unavailable` when it cannot serve. */
    check(): Health {
      if (!database.ok()) throw new AppError('unavailable', 'The database does not answer.')
      const status = mopidy.status()
      return {
        status: status.online ? 'ok' : 'degraded',
        version,
        uptime_s: Math.floor((performance.now() - startedAt) / 1000),
        mopidy: { ...status },
        database: { ok: true },
      }
    },
  }
}
