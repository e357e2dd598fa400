import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { Listening } from '../listening/listening'
import type { Mopidy } from '../mopidy/mopidy'
import { version } from '../version'
import type { Health } from './model'

type HealthOptions = {
  mopidy: Mopidy
  database: Database
  listening: Pick<Listening, 'uncounted'>
}

export type HealthCheck = ReturnType<typeof createHealth>

/** The condition of the service for `/health`; it holds no secrets, since nobody has to log in for it. */
export function createHealth({ mopidy, database, listening }: HealthOptions) {
  const startedAt = performance.now()
  return {
    /** @throws {AppError} `unavailable` when the database does not answer. */
    check(): Health {
      if (!database.ok()) throw new AppError('unavailable', 'The database does not answer.')
      const status = mopidy.status()
      const uncounted = listening.uncounted()
      return {
        status: status.online && uncounted === 0 ? 'ok' : 'degraded',
        version,
        uptime_s: Math.floor((performance.now() - startedAt) / 1000),
        mopidy: { ...status },
        database: { ok: true, ...(uncounted > 0 && { plays_uncounted: uncounted }) },
      }
    },
  }
}
