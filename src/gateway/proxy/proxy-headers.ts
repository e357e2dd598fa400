import { namesSession, withoutSession } from '../../accounts/door/cookie'

/** Headers of one connection only (RFC 9110, 7.6.1), besides those that `Connection` names. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Headers that are meant for Musakone, and those that only Musakone may send to Mopidy. */
const NOT_FOR_MOPIDY = [
  'authorization',
  'expect',
  'forwarded',
  'host',
  'origin',
  'x-real-ip',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
]

/** Headers in which proxies say how a request came and who has logged in, in forms that are in use. */
const WORD_OF_A_PROXY =
  /^(x-forwarded|x-original|x-auth|x-authentik|x-webauth|x-remote|remote|cf-access|tailscale-user)-/

/** Headers that hold for the whole server: Mopidy may not set them for Musakone. */
const NOT_FOR_CLIENTS = [
  'accept-ch',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-allow-private-network',
  'access-control-expose-headers',
  'access-control-max-age',
  'alt-svc',
  'clear-site-data',
  'critical-ch',
  'expect-ct',
  'nel',
  'public-key-pins',
  'public-key-pins-report-only',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'strict-transport-security',
]

type Hop = Readonly<{
  /** `http://…` or `https://…` of Mopidy, with credentials if it wants some. */
  mopidy: URL
  clientAddress: string | undefined
  /** The header in which a trusted proxy names the user, in lower case. */
  authHeader: string | undefined
}>

/** The headers that Mopidy gets: the client's, without its session and without those of one connection. */
export function headersToMopidy(request: Request, hop: Hop): Headers {
  const { mopidy, clientAddress, authHeader } = hop
  const headers = new Headers(request.headers)
  const host = headers.get('host')
  const referer = refererToMopidy(headers.get('referer'), host, mopidy)
  const cookie = withoutSession(headers.get('cookie') ?? '')
  const ofProxies = [...headers.keys()].filter((name) => WORD_OF_A_PROXY.test(name))
  if (authHeader !== undefined) ofProxies.push(authHeader)
  drop(headers, [...connectionNames(headers), ...HOP_BY_HOP, ...NOT_FOR_MOPIDY, ...ofProxies])
  replace(headers, 'cookie', cookie)
  replace(headers, 'referer', referer)
  replace(headers, 'authorization', basicAuthorization(mopidy))
  replace(headers, 'x-forwarded-for', clientAddress ?? null)
  replace(headers, 'x-forwarded-host', host)
  headers.set('x-forwarded-proto', new URL(request.url).protocol.slice(0, -1))
  // Without this header fetch offers encodings that the client may not know.
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity')
  return headers
}

/** The headers that the client gets: Mopidy's, without those that hold for the whole server. */
export function headersToClient(response: Response, mopidy: URL): Headers {
  const headers = new Headers(response.headers)
  const location = headers.get('location')
  const cookies = headers.getSetCookie().filter((cookie) => !namesSession(cookie))
  drop(headers, [...connectionNames(headers), ...HOP_BY_HOP, ...NOT_FOR_CLIENTS, 'set-cookie'])
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  if (location !== null) headers.set('location', locationToClient(location, mopidy))
  if (response.status === 401) headers.set('cache-control', 'no-store')
  headers.set('x-content-type-options', 'nosniff')
  // Added to Mopidy's own policy, if there is one. What a page may load, only the page can know.
  headers.append('content-security-policy', "frame-ancestors 'self'")
  return headers
}

function connectionNames(headers: Headers): string[] {
  return (headers.get('connection') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name))
}

function drop(headers: Headers, names: readonly string[]): void {
  for (const name of names) headers.delete(name)
}

function replace(headers: Headers, name: string, value: string | null): void {
  if (value === null) headers.delete(name)
  else headers.set(name, value)
}

// The query is left out: it may hold a token.
function refererToMopidy(referer: string | null, host: string | null, mopidy: URL): string | null {
  if (referer === null || !URL.canParse(referer)) return null
  const { host: from, pathname } = new URL(referer)
  return from === host?.toLowerCase() ? mopidy.origin + pathname : null
}

function basicAuthorization({ username, password }: URL): string | null {
  if (username === '' && password === '') return null
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(text).toString('base64')}`
}

function locationToClient(location: string, mopidy: URL): string {
  if (!URL.canParse(location, mopidy.href)) return location
  const target = new URL(location, mopidy)
  const absolute = /^\s*([a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(location)
  if (!absolute || target.host !== mopidy.host) return location
  // A browser reads `//name` as another host.
  return target.pathname.replace(/^\/+/, '/') + target.search + target.hash
}
