import { isUpgrade } from '../../accounts/door/credentials'
import { AppError } from '../../errors'
import { isArt, isPicture } from '../proxy/endpoint-rules'
import { nothingHere } from '../proxy/mopidy-site'
import { isNavigation } from '../proxy/page-origin'
import { proxiedPath } from '../proxy/proxied-path'
import type { ReverseProxy } from '../proxy/reverse-proxy'
import type { ClientsEntry } from './clients-entry'
import type { ClientsOrigin } from './clients-origin'
import farewell from './web-client-farewell.js' with { type: 'text' }

type PagePortOptions = {
  proxy: ReverseProxy
  clientsOrigin: ClientsOrigin
  entry: ClientsEntry
  allowedOrigins: readonly string[]
  idleS: number
}
type Server = Parameters<ReverseProxy['handle']>[1]

/**
 * Answers the addresses that web clients had on the page's own port before they got an origin of their
 * own: pictures, which the page shows, and redirections to that origin.
 */
export function createPagePort(options: PagePortOptions) {
  const { proxy, clientsOrigin, entry, allowedOrigins, idleS } = options

  /** @throws {AppError} `not_found`, `unavailable` when the web clients' port is not open. */
  return async (request: Request, server: Server): Promise<Response | undefined> => {
    const path = proxiedPath(request.url)
    if (path === undefined) throw nothingHere()
    if (isServiceWorker(request) && !isArt(path.client)) return farewellReply()
    if (isPicture(request.method, path) && !isUpgrade(request))
      return proxy.handle(request, server, {
        allowedOrigins,
        idleS,
        loginOrigin: '',
        onlyPictures: true,
      })
    const offered = path.client === 'mopidy' || (await proxy.offers(path.client))
    if (isArt(path.client) || offered === false) throw nothingHere()
    const problem = clientsOrigin.problem()
    if (problem !== undefined) throw new AppError('unavailable', problem)
    if (!isNavigation(request) || isUpgrade(request))
      throw new AppError(
        'not_found',
        `Mopidy's web clients have an address of their own: ${clientsOrigin.forBrowser(request, server)}`,
      )
    const location = await entry.addressFor(request, server, path.path + path.query)
    return new Response(null, { status: 302, headers: { location, 'cache-control': 'no-store' } })
  }
}

export type PagePort = ReturnType<typeof createPagePort>

/** Whether a browser asks for the script of a service worker; it follows no redirection there. */
function isServiceWorker(request: Request): boolean {
  const { headers } = request
  return (
    headers.get('service-worker') === 'script' || headers.get('sec-fetch-dest') === 'serviceworker'
  )
}

/** A service worker that takes the place of one that a web client left here, and removes itself. */
function farewellReply(): Response {
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'",
  }
  return new Response(farewell, { headers })
}
