import type { Variables } from '../../config/environment'
import { type Finding, note, ok, unknown, wrong } from '../../health/findings/finding'
import { listenAddress } from '../../http/network/listen-address'

/** Milliseconds that the port of the web clients may take to answer. */
const PATIENCE_MS = 2_000
const NAME_OF_THEIR_OWN =
  'let the proxy serve them at a name of their own, and set CLIENTS_ORIGIN and PUBLIC_URL: see “Web clients” in the README'

/** Whether Mopidy's web clients can be reached at the port of their own. */
export async function checkWebClients(variables: Variables): Promise<Finding> {
  const check = 'web clients'
  const { host, port: pagePort } = listenAddress(variables)
  const chosen = variables.CLIENTS_PORT?.trim()
  const port = chosen ? Number(chosen) : pagePort + 1
  if (port === 0 || pagePort === 0)
    return unknown(check, 'They have any free port: the log names it when the service starts.')
  const answer = await whoAnswers(`http://${host}:${port}/`)
  if (answer === 'nobody')
    return wrong(
      check,
      `Nothing answers at port ${port}, where Mopidy's web clients are.`,
      'see the log: journalctl -u musakone; the rest runs without them',
    )
  if (answer === 'another')
    return wrong(
      check,
      `Another program has port ${port}, where Mopidy's web clients would be.`,
      'stop that program, or set CLIENTS_PORT',
    )
  if (variables.TRUSTED_PROXIES?.trim() && !variables.CLIENTS_ORIGIN?.trim())
    return note(
      check,
      `They are at port ${port}, where a proxy that forwards one port does not lead.`,
      NAME_OF_THEIR_OWN,
    )
  return ok(
    check,
    `They are at port ${port}, which a firewall has to let through like ${pagePort}.`,
  )
}

/** What the service has noticed of a proxy that it was not told of. */
export function checkProxy(untrustedProxy: boolean): Finding[] {
  if (!untrustedProxy) return []
  return [
    note(
      'proxy',
      'Requests come through a proxy on this machine that TRUSTED_PROXIES does not name: all people have one address here, and one of them who guesses passwords slows everybody down.',
      'set TRUSTED_PROXIES=127.0.0.1,::1, and have the proxy send X-Forwarded-For and X-Forwarded-Proto',
    ),
  ]
}

async function whoAnswers(url: string): Promise<'musakone' | 'another' | 'nobody'> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await fetch(url, { proxy: false, redirect: 'manual', signal })
    const body: unknown = await response.json().catch(() => undefined)
    const isOurs = response.status === 404 && (body as { error?: unknown })?.error === 'not_found'
    return isOurs ? 'musakone' : 'another'
  } catch {
    return 'nobody'
  }
}
