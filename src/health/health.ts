import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { Mopidy } from '../mopidy/mopidy'
import { version } from '../version'
import type { Health } from './model'

export type HealthCheck = ReturnType<typeof createHealth>

/** The condition of the service for `/health`; it holds no secrets, since nobody has to log in for it. */
export function createHealth({ mopidy, database }: { mopidy: Mopidy; database: Database }) {
  const startedAt = performance.now()
  return {
    /** @throws {AppError} `unavailable` when the database does not answer. */
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
