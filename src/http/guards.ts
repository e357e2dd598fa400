import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { hasSecondSession, removingOthers } from '../accounts/door/cookie'
import { fromOwnPage, isAmbient, isUpgrade } from '../accounts/door/credentials'
import type { Door } from '../accounts/door/door'
import { AppError } from '../errors'
import type { ClientsOrigin } from '../gateway/origin/clients-origin'
import { proxiedPath } from '../gateway/proxy/proxied-path'
import { LARGEST_BODY, streamedTypes } from './body'
import type { Cors } from './cors'
import type { RequestServer } from './network/client-address'

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']
// A name, an IPv4 address or an IPv6 address in brackets, then perhaps a port: nothing else that a
// `Host` may hold, such as a user, a path or a second host, means the same to everyone.
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*))(?::\d{1,5})?$/

/**
 * Refuses requests that do not name this server by one of its names: an address, localhost, the name of
 * the machine, `*.local`, or one of `allowedHosts`. With DNS rebinding a foreign name points at this
 * address, and a page of that name could read the replies.
 */
export function createHostGuard(allowedHosts: readonly string[]): (request: Request) => void {
  const hosts = new Set([...allowedHosts, 'localhost', hostname().toLowerCase()])

  return (request) => {
    // HTTP/1.0 has no such header; then the address has no host either, and is refused.
    const host = request.headers.get('host') ?? URL.parse(request.url)?.host ?? ''
    const [, inBrackets = '', name = ''] = HOST.exec(host.toLowerCase()) ?? []
    const isLiteral = isIP(inBrackets) === 6 || isIP(name) === 4
    if (!isLiteral && !hosts.has(name) && !name.endsWith('.local'))
      throw new AppError(
        'wrong_host',
        'This server does not answer to that name: see ALLOWED_HOSTS.',
      )
  }
}

type OriginGuardOptions = {
  door: Pick<Door, 'presented'>
  allowedOrigins: readonly string[]
  cors: Cors
}

/**
 * Refuses requests that change something when a page of another site made them. A page that only CORS
 * allows must send a token of its own: a browser adds the cookie to the requests of any page.
 */
export function createOriginGuard({ door, allowedOrigins, cors }: OriginGuardOptions) {
  return (request: Request, server: RequestServer | null): void => {
    if (fromOwnPage(request, allowedOrigins)) return
    if (cors.allows(request)) {
      const presented = door.presented(request, server, { inQuery: isUpgrade(request) })
      if (presented === undefined || !isAmbient(presented)) return
      throw new AppError('foreign_origin', 'This page may not use your session.')
    }
    if (!SAFE_METHODS.includes(request.method))
      throw new AppError('foreign_origin', 'Other sites may not do this.')
  }
}

/** Refuses what a page of a web client asks of the page's own port, with whatever credentials. */
export function createClientsGuard({ made }: Pick<ClientsOrigin, 'made'>) {
  return (request: Request): void => {
    if (made(request))
      throw new AppError('foreign_origin', 'A web client of Mopidy may not use this address.')
  }
}

/**
 * Refuses requests with a second cookie of the session's name, and has the browser remove it: a page of a
 * web client can set one, so as to have somebody act in another session than their own.
 */
export function guardCookies(request: Request, headers: Record<string, unknown>): void {
  if (!hasSecondSession(request.headers.get('cookie'))) return
  headers['set-cookie'] = removingOthers(new URL(request.url))
  throw new AppError('invalid_request', 'There are two cookies of this name: load the page again.')
}

/**
 * Refuses bodies that are too large or not JSON. Forms and plain text are what pages of other sites can
 * send without a preflight.
 */
export function guardBody(request: Request): void {
  if (SAFE_METHODS.includes(request.method)) return
  // Mopidy's web clients read any type.
  if (proxiedPath(request.url) !== undefined) return
  const streamed = streamedTypes(request)
  const length = Number(request.headers.get('content-length') ?? 0)
  if (streamed === undefined && length > LARGEST_BODY)
    throw new AppError('too_large', 'The body is too large.')
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const types = streamed ?? ['application/json']
  if (request.body !== null && !types.includes(type ?? ''))
    throw new AppError('unsupported_media_type', `Send ${types.join(', or ')}.`)
}
