import { isIP } from 'node:net'
import { type Clock, secondsOf } from '../../clock'

const NAME = 'musakone'
/** Folders of a path for which a second cookie is removed. */
const MOST_FOLDERS = 6

/**
 * The `Set-Cookie` that keeps a browser signed in. Scripts cannot read the cookie, and requests that pages
 * of other sites make do not carry it. `expiresAt` in Unix seconds.
 */
export function sessionCookie(token: string, expiresAt: number, clock: Clock): string {
  return cookie(token, expiresAt, Math.max(0, expiresAt - secondsOf(clock)))
}

/** The `Set-Cookie` that signs a browser out. */
export const clearedCookie = cookie('', 0, 0)

// A browser compares `Expires` with its own clock, and drops the cookie at once when the box's clock is far
// behind. `Max-Age` counts from now; the browsers that know it let it win.
function cookie(token: string, expiresAt: number, maxAgeS: number): string {
  const expires = new Date(expiresAt * 1000).toUTCString()
  return `${NAME}=${token}; Path=/; Expires=${expires}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax`
}

/** The same `Set-Cookie` for a browser that came over TLS, which then sends the cookie over TLS only. */
export function overTlsOnly(setCookie: string): string {
  return `${setCookie}; Secure`
}

/**
 * The token in a `Cookie` header: the first that is not empty, as it stands. `Bun.CookieMap` decodes it,
 * and takes an empty one.
 */
export function tokenInCookie(header: string | null): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, ...rest] = pair.trim().split('=')
    // A value may hold further equals signs.
    const value = rest.join('=')
    if (name === NAME && value !== '') return value
  }
  return undefined
}

/**
 * Whether a `Cookie` header holds more than one token. Pages at other ports of this host can set cookies for
 * it: such a page cannot replace the session's cookie, which scripts may not touch, but can set a second one
 * for a path of ours.
 */
export function hasSecondSession(header: string | null): boolean {
  const tokens = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`) && pair !== `${NAME}=`)
  return tokens.length > 1
}

/** The `Set-Cookie`s that remove other cookies of the session's name, which the browser sent to that URL. */
export function removingOthers({ hostname, pathname }: URL): string[] {
  const segments = pathname.split('/').filter((segment) => segment !== '')
  const folders = segments
    .slice(0, MOST_FOLDERS)
    .map((_, depth) => `/${segments.slice(0, depth + 1).join('/')}`)
  const paths = folders.flatMap((path) => [path, `${path}/`])
  const gone = `Expires=${new Date(0).toUTCString()}`
  const ofHost = paths.map((path) => `${NAME}=; Path=${path}; ${gone}`)
  const ofDomain = ['/', ...paths].map(
    (path) => `${NAME}=; Domain=${hostname}; Path=${path}; ${gone}`,
  )
  // Browsers set no cookie for the domain of an address.
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? [...ofHost, ...ofDomain] : ofHost
}

/**
 * A `Cookie` header without the session's cookie, for Mopidy, which must not see it; null when no other
 * cookie is left.
 */
export function withoutSession(header: string): string | null {
  const others = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !namesSession(pair))
  return others.length === 0 ? null : others.join('; ')
}

/** Whether a pair of a `Cookie` header, or a whole `Set-Cookie`, is that of the session. */
export function namesSession(pair: string): boolean {
  return pair.split(/[=;]/)[0]?.trim().toLowerCase() === NAME
}
