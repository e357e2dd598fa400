import { CLIENTS_ENTRY, JOIN_PAGE, LOGIN_PAGE, SCREENS } from '../../http/page-addresses'

/** An address that may be one of Mopidy's web pages, taken apart. */
export type ProxiedPath = Readonly<{
  /** The first segment: the web client, or the folder of art. */
  client: string
  /** What follows the next slash, as it was sent. */
  rest: string
  /** The same with percent escapes decoded, as Mopidy's handlers may read it. */
  decodedRest: string
  path: string
  /** With its `?`, or empty; without Musakone's own `token`. */
  query: string
}>

/** First segments that are Musakone's own, whatever Mopidy's extensions are called. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  ...[...Object.values(SCREENS), LOGIN_PAGE, JOIN_PAGE, CLIENTS_ENTRY].map((address) =>
    address.slice(1),
  ),
  'api',
  'health',
  'metrics',
  'page',
  'swagger',
  'ws',
])

/** The files of Mopidy's own page. `/mopidy/ws` and `/mopidy/rpc` are the gateway's, and not passed on. */
const MOPIDY_FILE = /^([\w-]+\.(css|html|ico|js|png|svg|txt))?$/

// A backslash, an empty segment, one that starts with a dot, a control character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HAZARD = /\\|\/\/|\/\.|[\0-\x1f\x7f]/
const MOST_LAYERS = 4

/**
 * The address of a request as one of Mopidy's pages; undefined when it cannot be one. Only path and query
 * count: the host is always that of MOPIDY_URL.
 */
export function proxiedPath(url: string): ProxiedPath | undefined {
  const target = url.slice(url.indexOf('/', url.indexOf('//') + 2))
  const [, path = '', query = ''] = /^([\x21-\x7e]*?)(\?[\x21-\x7e]*)?$/.exec(target) ?? []
  if (path.includes('#') || query.includes('#') || !isPlain(path)) return undefined
  const [, client, rest = ''] = /^\/([A-Za-z0-9][\w-]*)(?:\/(.*))?$/.exec(path) ?? []
  if (client === undefined || OWN_NAMES.has(client)) return undefined
  if (client === 'mopidy' && !MOPIDY_FILE.test(rest)) return undefined
  return { client, rest, decodedRest: decoded(rest), path, query: withoutToken(query) }
}

/** Whether the path stays the same path, however many times it is decoded on its way. */
function isPlain(path: string): boolean {
  if (/%(?![0-9a-f]{2})/i.test(path)) return false
  const slashes = path.split('/').length
  let text = path
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    if (HAZARD.test(text) || text.split('/').length !== slashes) return false
    const next = decoded(text)
    if (next === text) return true
    text = next
  }
  return false
}

// Byte by byte: decodeURIComponent would give up on bytes that are no UTF-8, and leave the rest encoded.
function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function withoutToken(query: string): string {
  const kept = query
    .slice(1)
    .split('&')
    .filter((pair) => !new URLSearchParams(pair).has('token'))
  return kept.join('') === '' ? '' : `?${kept.join('&')}`
}
