import { GONE_HINT } from '../database/condition'
import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { ClientsOrigin } from '../gateway/origin/clients-origin'
import { every } from '../guard'
import type { ProxySigns } from '../http/network/client-address'
import type { Listening } from '../listening/listening'
import type { Log } from '../log'
import type { Mopidy } from '../mopidy/mopidy'
import { version } from '../version'
import type { Health } from './model'

export type HealthCheck = ReturnType<typeof createHealth>
type HealthOptions = {
  mopidy: Mopidy
  database: Pick<Database, 'ok' | 'path' | 'problem'>
  listening: Pick<Listening, 'uncounted'>
  clientsOrigin: Pick<ClientsOrigin, 'problem'>
  proxySigns: Pick<ProxySigns, 'seen'>
  log: Log
}

/** Milliseconds between two looks at the database, for the log. */
const LOOK_EVERY_MS = 5_000

/** The condition of the service for `/health`; it holds no secrets, since nobody has to log in for it. */
export function createHealth({
  mopidy,
  database,
  listening,
  clientsOrigin,
  proxySigns,
  log,
}: HealthOptions) {
  const startedAt = performance.now()
  let known: string | undefined
  const stopLooking = every(LOOK_EVERY_MS, { what: 'look at the database', log }, look)

  /** What is wrong with the database; the log hears of each change once. */
  function look() {
    const problem = database.problem()
    if (problem?.message === known) return problem
    known = problem?.message
    const { path } = database
    if (problem === undefined) log.info({ path }, 'the database is well again')
    else {
      const hint = problem.kind === 'gone' ? { hint: GONE_HINT } : {}
      log.error({ path, ...hint }, problem.message)
    }
    return problem
  }

  return {
    /** @throws {AppError} `unavailable` when the database does not answer. */
    check(): Health {
      if (!database.ok()) throw new AppError('unavailable', 'The database does not answer.')
      const status = mopidy.status()
      const problem = look()
      const uncounted = listening.uncounted()
      const clientsProblem = clientsOrigin.problem()
      const isWell =
        status.online && problem === undefined && uncounted === 0 && clientsProblem === undefined
      return {
        status: isWell ? 'ok' : 'degraded',
        version,
        uptime_s: Math.floor((performance.now() - startedAt) / 1000),
        mopidy: { ...status },
        database: {
          ok: problem === undefined,
          ...(problem !== undefined && { problem: problem.message }),
          ...(uncounted > 0 && { plays_uncounted: uncounted }),
        },
        ...(proxySigns.seen() && { untrusted_proxy: true }),
        ...(clientsProblem !== undefined && {
          web_clients: { ok: false, problem: clientsProblem },
        }),
      }
    },

    close: stopLooking,
  }
}
