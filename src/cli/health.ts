import { listenAddress } from '../http/listen-address'

/** The whole probe answers within this time, in milliseconds; Docker's and systemd's own are longer. */
const DEADLINE_MS = 2_000

type Probe = Readonly<{ healthy: boolean; message: string }>

/**
 * Asks the running service how it is. Healthy is whoever serves, also while Mopidy is away; not
 * healthy is one that hangs, is absent, or is some other program on the port.
 */
export async function probe(variables: Record<string, string | undefined>): Promise<Probe> {
  const { host, port } = listenAddress(variables)
  const url = `http://${host}:${port}/health`
  try {
    // Bun would take HTTP_PROXY even for this machine itself.
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const response = await fetch(url, { proxy: false, redirect: 'manual', signal })
    const health: unknown = await response.json()
    if (!isHealth(health)) return unhealthy(`something else answers at ${url}`)
    if (!response.ok) return unhealthy(`${url} answered ${response.status}`)
    return { healthy: true, message: `${health.status}: musakone ${health.version} at ${url}` }
  } catch (error) {
    const { name } = error as Error
    if (name === 'TimeoutError') return unhealthy(`${url} did not answer in time`)
    const answered = name === 'SyntaxError'
    return unhealthy(`${answered ? 'something else' : 'nothing'} answers at ${url}`)
  }
}

const unhealthy = (message: string): Probe => ({ healthy: false, message: `unhealthy: ${message}` })

function isHealth(value: unknown): value is { status: string; version: string } {
  if (typeof value !== 'object' || value === null) return false
  const { status, version, uptime_s, mopidy, database } = value as Record<string, unknown>
  const known = status === 'ok' || status === 'degraded'
  return (
    known &&
    typeof version === 'string' &&
    typeof uptime_s === 'number' &&
    typeof mopidy === 'object' &&
    typeof database === 'object'
  )
}
