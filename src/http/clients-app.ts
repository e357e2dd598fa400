import { Elysia } from 'elysia'
import { createClientsEntry } from '../gateway/origin/clients-entry'
import { entryRoutes, proxyRoutes } from '../gateway/proxy/routes'
import { BUDGETS } from '../gateway/relay/budgets'
import { mopidyRoutes } from '../gateway/routes'
import type { AppOptions } from './app'
import { readText } from './body'
import { createBoundary } from './boundary'
import { createCors } from './cors'
import { createHostGuard, createOriginGuard, guardBody, guardCookies } from './guards'
import { createLinkOrigin } from './network/link-origin'
import { secureCookies, securityHeaders } from './security-headers'
import { IDLE_S, serverSettings } from './server-settings'

/**
 * What is served on the port of Mopidy's web clients: their pages, their sockets, and Mopidy's own
 * `/mopidy/ws` and `/mopidy/rpc`. There is no API, no `/ws` and no page of ours.
 */
export function createClientsApp({
  services,
  allowedOrigins,
  allowedHosts,
  trustedProxies = [],
  development = false,
  idleS = IDLE_S,
  log,
}: AppOptions) {
  const { accounts, clientAddress, clientsOrigin, clock, gateway, measures } = services
  const { mopidy, proxy, tickets } = services
  const { door } = accounts
  const entry = createClientsEntry({ door, clientsOrigin, tickets, clock })
  const linkOrigin = createLinkOrigin(trustedProxies)
  const startedAt = new WeakMap<Request, number>()
  const cors = createCors({ allowedOrigins, development })
  const guardHost = createHostGuard(allowedHosts)
  const guardOrigin = createOriginGuard({ door, allowedOrigins, cors })

  return new Elysia({
    name: 'musakone.clients',
    ...serverSettings({ idleS, largestFrame: BUDGETS.frame.socket }),
  })
    .onError({ as: 'global' }, createBoundary(log))
    .onAfterResponse({ as: 'global' }, ({ request, responseValue, route, set }) => {
      const status = responseValue instanceof Response ? responseValue.status : set.status
      measures.noteRequest({
        method: request.method,
        route,
        status: typeof status === 'number' ? status : 200,
        seconds: (performance.now() - (startedAt.get(request) ?? performance.now())) / 1_000,
      })
    })
    .use(proxyRoutes({ proxy, clientsOrigin, allowedOrigins, idleS }))
    .onParse({ as: 'global' }, ({ request, contentType }) =>
      contentType === 'application/json' ? readText(request) : undefined,
    )
    .onRequest(({ request, server, set }) => {
      startedAt.set(request, performance.now())
      Object.assign(set.headers, securityHeaders(request), cors.headersFor(request))
      guardHost(request)
      guardCookies(request, set.headers)
      const preflight = cors.preflight(request)
      if (preflight !== undefined) return preflight
      guardOrigin(request, server)
      guardBody(request)
      return undefined
    })
    .onAfterHandle({ as: 'global' }, ({ request, server, set }) => {
      if (set.headers['set-cookie'] === undefined) return
      if (linkOrigin(request, server).startsWith('https:')) secureCookies(set.headers)
    })
    .use(mopidyRoutes({ door, mopidy, gateway, clientAddress, allowedOrigins }))
    .use(entryRoutes(entry, clientsOrigin))
}
