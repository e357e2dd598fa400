import { type Finding, note, ok, wrong } from './finding'

const DEADLINE_MS = 3_000
/** The versions that Musakone is tested with. */
const KNOWN_VERSION = /^(?:3\.4|4\.0)\./

type Call = { version: string } | { reason: 'closed' | 'silent' | 'no answer' }

/** Whether a Mopidy answers at the address, and which version it is. */
export async function checkMopidy(url: string): Promise<Finding> {
  const check = 'mopidy'
  const shown = url.replace(/\/\/[^/]*@/, '//***@')
  const outcome = await askVersion(url)
  if ('version' in outcome) {
    const { version } = outcome
    return KNOWN_VERSION.test(version)
      ? ok(check, `Mopidy ${version} answers at ${shown}.`)
      : note(check, `Mopidy ${version} answers at ${shown}; tried were 3.4 and 4.0.`)
  }
  if (outcome.reason === 'no answer')
    return wrong(
      check,
      `${shown} opens, but does not answer like Mopidy.`,
      'see journalctl -u mopidy, and MOPIDY_URL',
    )
  return wrong(check, ...(await whyNot(url, shown)))
}

/** Asks for the version over a new WebSocket, as the service does. */
function askVersion(url: string): Promise<Call> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url)
    let opened = false
    const end = (call: Call) => {
      clearTimeout(timer)
      resolve(call)
      socket.terminate()
    }
    const timer = setTimeout(() => end({ reason: opened ? 'no answer' : 'silent' }), DEADLINE_MS)
    socket.onopen = () => {
      opened = true
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'core.get_version' }))
    }
    socket.onmessage = ({ data }) => {
      const version = versionIn(String(data))
      if (version !== undefined) end({ version })
    }
    socket.onclose = () => end({ reason: opened ? 'no answer' : 'closed' })
    socket.onerror = () => end({ reason: opened ? 'no answer' : 'closed' })
  })
}

function versionIn(text: string): string | undefined {
  try {
    const { id, result } = JSON.parse(text) as { id?: unknown; result?: unknown }
    return id === 1 && typeof result === 'string' ? result : undefined
  } catch {
    return undefined
  }
}

/** Why the handshake failed: a sentence, and what to do about it. */
async function whyNot(url: string, shown: string): Promise<[string, string]> {
  const { host, pathname } = new URL(url)
  try {
    // A WebSocket does not tell the status by which it was refused; a plain request to the address does.
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const page = url.replace(/^ws/, 'http')
    const response = await fetch(page, { proxy: false, redirect: 'manual', signal })
    await response.body?.cancel()
    const { status } = response
    if (status === 404)
      return [
        `${host} answers, but has nothing at ${pathname}.`,
        "see MOPIDY_URL, and that Mopidy's [http] is enabled",
      ]
    if (status === 401 || status === 403)
      return [
        `${shown} refuses the handshake with ${status}.`,
        'see MOPIDY_URL: is that Mopidy itself?',
      ]
    return [`${shown} answers with ${status}, and not as a WebSocket.`, 'see MOPIDY_URL']
  } catch (error) {
    const { name } = error as Error
    const start = 'is it running? systemctl status mopidy; its [http] enabled? and see MOPIDY_URL'
    if (name === 'TimeoutError')
      return [`${shown} does not answer within ${DEADLINE_MS / 1000} seconds.`, start]
    return [`Nothing answers at ${shown}.`, start]
  }
}
