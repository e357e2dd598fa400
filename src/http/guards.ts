import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { fromOwnPage, isAmbient, isUpgrade } from '../accounts/door/credentials'
import type { Door } from '../accounts/door/door'
import { AppError } from '../errors'
import { proxiedPath } from '../gateway/proxy/proxied-path'
import { LARGEST_BODY, streamedTypes } from './body'
import type { RequestServer } from './client-address'
import type { Cors } from './cors'

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']
// A name, an IPv4 address or an IPv6 address in brackets, then perhaps a port: nothing else that a
// `Host` may hold, such as a user, a path or a second host, means the same to everyone.
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*))(?::\d{1,5})?$/

/**
 * Lets requests pass that ask for this server by one of its names: an address, localhost, the name of
 * the machine, `*.local`, or one of `allowedHosts`. Against DNS rebinding: a foreign name that was
 * pointed at this address is not ours.
 */
export function createHostGuard(allowedHosts: readonly string[]): (request: Request) => void {
  const hosts = new Set([...allowedHosts, 'localhost', hostname().toLowerCase()])

  return (request) => {
    // Without the header, as in HTTP/1.0, the address has no host either.
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

export type OriginGuardOptions = {
  door: Pick<Door, 'presented'>
  allowedOrigins: readonly string[]
  cors: Cors
}

/**
 * Lets requests pass that change something only when no page of another site made them. A page that
 * only CORS lets ask must bring a token of its own: a browser would add the cookie by itself.
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

/**
 * Lets bodies pass that are JSON and not too large. A form or a plain text is what a page of another
 * site can send without asking.
 */
export function guardBody(request: Request): void {
  if (SAFE_METHODS.includes(request.method)) return
  // What goes to Mopidy's web clients is for them to read.
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
