import { listenAddress } from '../http/network/listen-address'

/** Milliseconds after which the probe gives up; the deadlines of Docker and systemd are longer. */
const DEADLINE_MS = 2_000

export type Probe = Readonly<{
  healthy: boolean
  message: string
  /** Whether requests come through a proxy on this machine that is not trusted. */
  untrustedProxy: boolean
  /** What the service says is wrong with its database. */
  database?: string
}>

/**
 * Asks the running service at `/health`. Healthy means that it serves, also while Mopidy is offline;
 * unhealthy that it does not answer in time, is not there, or that another program has the port.
 */
export async function probe(variables: Record<string, string | undefined>): Promise<Probe> {
  const { host, port } = listenAddress(variables)
  const url = `http://${host}:${port}/health`
  try {
    // Bun uses HTTP_PROXY also for loopback addresses.
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const response = await fetch(url, { proxy: false, redirect: 'manual', signal })
    const health: unknown = await response.json()
    if (!isHealth(health)) return unhealthy(`something else answers at ${url}`)
    if (!response.ok) return unhealthy(`${url} answered ${response.status}`)
    const message = `${health.status}: musakone ${health.version} at ${url}`
    const { problem } = health.database
    return {
      healthy: true,
      message,
      untrustedProxy: health.untrusted_proxy === true,
      ...(typeof problem === 'string' && { database: problem }),
    }
  } catch (error) {
    const { name } = error as Error
    if (name === 'TimeoutError') return unhealthy(`${url} did not answer in time`)
    const answered = name === 'SyntaxError'
    return unhealthy(`${answered ? 'something else' : 'nothing'} answers at ${url}`)
  }
}

const unhealthy = (message: string): Probe => ({
  healthy: false,
  message: `unhealthy: ${message}`,
  untrustedProxy: false,
})

type Health = {
  status: string
  version: string
  database: { problem?: unknown }
  untrusted_proxy?: boolean
}

function isHealth(value: unknown): value is Health {
  if (typeof value !== 'object' || value === null) return false
  const { status, version, uptime_s, mopidy, database } = value as Record<string, unknown>
  const known = status === 'ok' || status === 'degraded'
  return (
    known &&
    typeof version === 'string' &&
    typeof uptime_s === 'number' &&
    typeof mopidy === 'object' &&
    typeof database === 'object' &&
    database !== null
  )
}
