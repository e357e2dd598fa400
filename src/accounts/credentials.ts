import { tokenInCookie } from './cookie'

export type PresentedToken = Readonly<{
  token: string
  /** A browser sends a cookie by itself, whichever page asked. */
  by: 'header' | 'query' | 'cookie'
}>

/**
 * The token that a request presents, if any: header before query before cookie. Programs that can only
 * do Basic give it as the password, with any name.
 */
export function tokenIn(request: Request, { inQuery = false } = {}): PresentedToken | undefined {
  const [scheme = '', value] = request.headers.get('authorization')?.trim().split(/ +/) ?? []
  if (value !== undefined && /^bearer$/i.test(scheme)) return { token: value, by: 'header' }
  if (value !== undefined && /^basic$/i.test(scheme))
    return { token: passwordIn(value), by: 'header' }
  const query = inQuery ? new URL(request.url).searchParams.get('token') : null
  if (query !== null) return { token: query, by: 'query' }
  const cookie = tokenInCookie(request.headers.get('cookie'))
  return cookie === undefined ? undefined : { token: cookie, by: 'cookie' }
}

function passwordIn(basic: string): string {
  const text = Buffer.from(basic, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
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
