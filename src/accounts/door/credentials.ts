import { isApiKey } from '../keys/keys'
import { tokenInCookie } from './cookie'

export type PresentedToken = Readonly<{
  token: string
  /** In the `Authorization` header, in the address, as a cookie, or by the word of a trusted proxy. */
  by: 'header' | 'query' | 'cookie' | 'proxy'
}>

type TokenOptions = Readonly<{
  inQuery?: boolean
  /** The token of the user whom a trusted proxy names. */
  fromProxy?: () => string | undefined
}>

type Authorization = Readonly<{ scheme: 'bearer' | 'basic'; token: string }>

/**
 * The token that a request presents, if any: header before query before the word of a proxy before
 * cookie. Programs that can only do Basic give it as the password, with any name.
 */
export function tokenIn(
  request: Request,
  { inQuery = false, fromProxy = () => undefined }: TokenOptions = {},
): PresentedToken | undefined {
  const stated = authorizationIn(request)
  if (stated !== undefined && (stated.scheme === 'bearer' || isApiKey(stated.token)))
    return { token: stated.token, by: 'header' }
  const query = inQuery ? new URL(request.url).searchParams.get('token') : null
  const named = query === null ? fromProxy() : undefined
  // A proxy that asks for a password itself passes that on as Basic: the name that it gives counts first.
  if (named !== undefined) return { token: named, by: 'proxy' }
  if (stated !== undefined) return { token: stated.token, by: 'header' }
  if (query !== null) return { token: query, by: 'query' }
  const cookie = tokenInCookie(request.headers.get('cookie'))
  return cookie === undefined ? undefined : { token: cookie, by: 'cookie' }
}

/** Whether a browser presents the token by itself, for any page: only our own pages may act with it. */
export function isAmbient({ by }: PresentedToken): boolean {
  return by === 'cookie' || by === 'proxy'
}

function authorizationIn(request: Request): Authorization | undefined {
  const [name = '', value] = request.headers.get('authorization')?.trim().split(/ +/) ?? []
  const scheme = name.toLowerCase()
  if (value === undefined) return undefined
  if (scheme === 'bearer') return { scheme, token: value }
  return scheme === 'basic' ? { scheme, token: tokenInBasic(value) } : undefined
}

/** The password, or without one the name: `curl -u KEY:`. */
function tokenInBasic(basic: string): string {
  const text = Buffer.from(basic, 'base64').toString()
  const colon = text.indexOf(':')
  return text.slice(colon + 1) || text.slice(0, Math.max(colon, 0))
}

/**
 * Whether the page that made the request, if a page did, came from this server itself or from one of
 * `allowedOrigins`. Only host and port are compared: behind a proxy that ends TLS the scheme differs.
 */
export function fromOwnPage(request: Request, allowedOrigins: readonly string[]): boolean {
  const origin = request.headers.get('origin')
  if (origin === null || allowedOrigins.includes(origin)) return true
  const host = request.headers.get('host') ?? new URL(request.url).host
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

/** Whether the request asks for a WebSocket. */
export function isUpgrade(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket'
}
