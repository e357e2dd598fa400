import { type AnyElysia, Elysia } from 'elysia'
import { createAuth } from '../accounts/door/auth'
import { registrationRoutes } from '../accounts/invites/registration-routes'
import { inviteRoutes } from '../accounts/invites/routes'
import { keyRoutes } from '../accounts/keys/routes'
import { auditRoutes } from '../accounts/log/routes'
import { roleRoutes } from '../accounts/roles/routes'
import { accountRoutes } from '../accounts/routes'
import { sessionRoutes } from '../accounts/sessions/routes'
import { userRoutes } from '../accounts/users/routes'
import { broughtRoutes } from '../archive/brought-routes'
import { archiveRoutes } from '../archive/routes'
import { createClientsEntry } from '../gateway/origin/clients-entry'
import { createPagePort } from '../gateway/origin/page-port'
import { pagePortRoutes, webClientRoutes } from '../gateway/proxy/routes'
import { BUDGETS } from '../gateway/relay/budgets'
import { roomRoutes } from '../gateway/room/routes'
import { mopidyRoutes, ownSocketRoutes } from '../gateway/routes'
import { boxRoutes } from '../health/box/routes'
import { metricsRoutes } from '../health/metrics/routes'
import { healthRoutes } from '../health/routes'
import { historyRoutes } from '../history/routes'
import { listeningRoutes } from '../listening/routes'
import type { Log } from '../log'
import type { Services } from '../services'
import { daysRoutes } from '../statistics/days/routes'
import { statisticsRoutes } from '../statistics/routes'
import { joinRoutes } from '../web/join/join'
import { loginRoutes } from '../web/login/login'
import { pageRoutes } from '../web/page'
import { swaggerRoutes } from '../web/swagger'
import { parseBody, readText } from './body'
import { createBoundary } from './boundary'
import { createCors } from './cors'
import {
  createClientsGuard,
  createHostGuard,
  createOriginGuard,
  guardBody,
  guardCookies,
} from './guards'
import { createLinkOrigin } from './network/link-origin'
import { secureCookies, securityHeaders } from './security-headers'
import { IDLE_S, serverSettings } from './server-settings'

export type AppOptions = {
  services: Services
  allowedOrigins: readonly string[]
  allowedHosts: readonly string[]
  /** Addresses and CIDRs of proxies whose word counts. */
  trustedProxies?: readonly string[]
  /** Whether pages of this machine, on any port, may ask: who writes a web client serves it there. */
  development?: boolean
  /** Seconds that a connection may wait for its next request. */
  idleS?: number
  log: Log
}

/** The HTTP surface: the error boundary and the guards first, then each feature. */
export function createApp({
  services,
  allowedOrigins,
  allowedHosts,
  trustedProxies = [],
  development = false,
  idleS = IDLE_S,
  log,
}: AppOptions) {
  const { accounts, archive, backups, box, clientAddress, clientsOrigin, clock } = services
  const { gateway, health, history, incognito, listening, measures, metrics, mopidy } = services
  const { nameOf, proxy, proxySigns, statistics, tickets } = services
  const { administration, audit, door, invites, inviting, keys } = accounts
  const { confirming, ownAccount, registration, roles, securityLog, sessionList } = accounts
  const auth = createAuth(door)
  const entry = createClientsEntry({ door, clientsOrigin, tickets, clock })
  const linkOrigin = createLinkOrigin(trustedProxies)
  const features = (): AnyElysia[] => [
    healthRoutes(health),
    metricsRoutes(auth, metrics),
    boxRoutes({ auth, box, backups, gateway }),
    accountRoutes({ auth, door, ownAccount, confirming, clientAddress, clock }),
    sessionRoutes({ auth, sessionList, clientAddress }),
    userRoutes({ auth, administration, sessionList, clientAddress }),
    roleRoutes({ auth, roles, clientAddress }),
    registrationRoutes({ auth, registration, clientAddress, clock }),
    auditRoutes({ auth, audit }),
    keyRoutes({ auth, door, keys, roles, clientAddress }),
    inviteRoutes({ auth, door, invites, inviting, clientAddress, linkOrigin }),
    historyRoutes({ auth, roles, history }),
    listeningRoutes({ auth, listening }),
    statisticsRoutes({ auth, roles, administration, statistics }),
    daysRoutes({ auth, roles, statistics }),
    archiveRoutes({ auth, door, roles, archive, incognito }),
    broughtRoutes({ auth, administration, archive, securityLog, clientAddress }),
    ownSocketRoutes({ door, gateway, clientAddress, allowedOrigins }),
    mopidyRoutes({ door, mopidy, gateway, clientAddress, allowedOrigins }),
    webClientRoutes({ auth, proxy, clientsOrigin, entry }),
    roomRoutes({ auth, gateway, incognito, nameOf }),
  ]
  const startedAt = new WeakMap<Request, number>()
  const cors = createCors({ allowedOrigins, development })
  const guardClients = createClientsGuard(clientsOrigin)
  const guardHost = createHostGuard(allowedHosts)
  const guardOrigin = createOriginGuard({ door, allowedOrigins, cors })

  // The proxy's route stands above the parser, which applies to the routes after it: the proxy passes
  // bodies on unread.
  return (
    new Elysia({
      name: 'musakone',
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
      .use(pagePortRoutes(createPagePort({ proxy, clientsOrigin, entry, allowedOrigins, idleS })))
      .onParse({ as: 'global' }, async ({ request, contentType, route }) => {
        if (contentType !== 'application/json') return undefined
        const text = await readText(request)
        // The gateway parses JSON-RPC itself, so that ids keep their exact text.
        return route === '/mopidy/rpc' ? text : parseBody(text)
      })
      .onRequest(({ request, server, set }) => {
        startedAt.set(request, performance.now())
        Object.assign(set.headers, securityHeaders(request), cors.headersFor(request))
        proxySigns.look(request, server)
        guardHost(request)
        guardClients(request)
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
      // Not together in one plugin: Elysia sets every route up once more for each level of plugins.
      .use(features())
      .use(swaggerRoutes(features))
      .use(loginRoutes())
      .use(joinRoutes())
      .use(pageRoutes())
  )
}
