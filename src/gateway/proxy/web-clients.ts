import { type Static, Type as t } from '@sinclair/typebox'
import { AppError } from '../../errors'
import type { Mopidy } from '../../mopidy/mopidy'
import { isArt } from './endpoint-rules'
import { proxiedPath } from './proxied-path'

const WebClient = t.Object({
  name: t.String(),
  path: t.String({ description: 'Where Mopidy has it; this server redirects from there' }),
})
type WebClient = Static<typeof WebClient>
export const WebClientList = t.Object({
  origin: t.String({ description: 'Where the web clients are' }),
  clients: t.Array(
    t.Composite([
      WebClient,
      t.Object({ url: t.String({ description: 'What a link to it holds' }) }),
    ]),
  ),
  problem: t.Optional(t.String({ description: 'Why they cannot be opened' })),
})

type WebClientsOptions = {
  mopidy: Mopidy
  /** Fetches a path of Mopidy's web server. */
  fetchPage: (path: string, signal: AbortSignal) => Promise<Response>
  keptMs: number
  askMs: number
}

/** Milliseconds from a list that did not come to asking again. */
const ASK_AGAIN_MS = 1_000

/** The web clients that Mopidy's own page lists, remembered for a while. */
export function createWebClients({ mopidy, fetchPage, keptMs, askMs }: WebClientsOptions) {
  let names: ReadonlySet<string> | undefined
  let askAgainAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  mopidy.onStatus(({ online }) => {
    if (!online) return
    // Mopidy has been restarted, perhaps because a web client was installed. The next caller waits for a
    // new list, and a list that is still on its way is not kept.
    asking = undefined
    askAgainAt = Number.NEGATIVE_INFINITY
  })

  /** Asks Mopidy for the list, once for all callers that wait for it; never rejects. */
  function refresh(): Promise<void> {
    if (asking !== undefined) return asking
    const asked = ask().then((found) => {
      if (asking !== asked) return
      asking = undefined
      names = found ?? names
      askAgainAt = performance.now() + (found === undefined ? ASK_AGAIN_MS : keptMs)
    })
    asking = asked
    return asked
  }

  /** The names that Mopidy lists now; undefined when it gives no list. */
  async function ask(): Promise<ReadonlySet<string> | undefined> {
    try {
      const response = await fetchPage('/mopidy/', AbortSignal.timeout(askMs))
      const page = await response.text()
      return response.ok ? namesIn(page) : undefined
    } catch {
      return undefined
    }
  }

  async function current(): Promise<ReadonlySet<string> | undefined> {
    if (performance.now() >= askAgainAt) await refresh()
    return names
  }

  return {
    /**
     * The web clients, without folders of art.
     * @throws {AppError} `mopidy_offline` when Mopidy is away and has never given a list.
     */
    async list(): Promise<WebClient[]> {
      const known = await current()
      if (known === undefined) throw new AppError('mopidy_offline', 'Mopidy is offline.')
      return [...known].filter((name) => !isArt(name)).map((name) => ({ name, path: `/${name}/` }))
    },

    /** Whether Mopidy offers the web client of that name; undefined when it has never given a list. */
    offers: async (name: string): Promise<boolean | undefined> => (await current())?.has(name),
  }
}

/** The names in the links of mopidy/http/data/clients.html. */
function namesIn(page: string): Set<string> {
  const links = page.matchAll(/<a\s[^>]*?href="\/([^"/?#]+)\/"/g)
  const names = [...links].map(([, name = '']) => name)
  return new Set(names.filter((name) => name !== 'mopidy' && isClient(name)))
}

function isClient(name: string): boolean {
  return proxiedPath(`http://mopidy/${name}/`)?.client === name
}
