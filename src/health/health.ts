import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { ClientsOrigin } from '../gateway/origin/clients-origin'
import type { ProxySigns } from '../http/client-address'
import type { Mopidy } from '../mopidy/mopidy'
import { version } from '../version'
import type { Health } from './model'

export type HealthCheck = ReturnType<typeof createHealth>
type HealthOptions = {
  mopidy: Mopidy
  database: Database
  clientsOrigin: Pick<ClientsOrigin, 'problem'>
  proxySigns: Pick<ProxySigns, 'seen'>
}

/** The condition of the service for `/health`; it holds no secrets, since nobody has to log in for it. */
export function createHealth({ mopidy, database, clientsOrigin, proxySigns }: HealthOptions) {
  const startedAt = performance.now()
  return {
    /** @throws {AppError} `unavailable` when the database does not answer. */
    check(): Health {
      if (!database.ok()) throw new AppError('unavailable', 'The database does not answer.')
      const status = mopidy.status()
      const problem = clientsOrigin.problem()
      return {
        status: status.online && problem === undefined ? 'ok' : 'degraded',
        version,
        uptime_s: Math.floor((performance.now() - startedAt) / 1000),
        mopidy: { ...status },
        database: { ok: true },
        ...(proxySigns.seen() && { untrusted_proxy: true }),
        ...(problem !== undefined && { web_clients: { ok: false, problem } }),
      }
    },
  }
}
