import { type AnyElysia, Elysia, ValidationError } from 'elysia'
import { createAuth } from '../accounts/door/auth'
import { registrationRoutes } from '../accounts/invites/registration-routes'
import { inviteRoutes } from '../accounts/invites/routes'
import { keyRoutes } from '../accounts/keys/routes'
import { auditRoutes } from '../accounts/log/routes'
import { roleRoutes } from '../accounts/roles/routes'
import { accountRoutes } from '../accounts/routes'
import { sessionRoutes } from '../accounts/sessions/routes'
import { userRoutes } from '../accounts/users/routes'
import { archiveRoutes } from '../archive/routes'
import { AppError, httpStatus } from '../errors'
import { proxyRoutes, webClientRoutes } from '../gateway/proxy/routes'
import { BUDGETS } from '../gateway/relay/budgets'
import { roomRoutes } from '../gateway/room/routes'
import { gatewayRoutes } from '../gateway/routes'
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
import { LARGEST_STREAM, parseBody, readText } from './body'
import { createCors } from './cors'
import { createHostGuard, createOriginGuard, guardBody } from './guards'
import { createLinkOrigin } from './link-origin'
import { secureCookies, securityHeaders } from './security-headers'

type AppOptions = {
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

export const IDLE_S = 30
/** Of a client that has signed in; the gateway looks at the frames of the others. */
const LARGEST_FRAME = BUDGETS.frame.socket
const LARGEST_BACKLOG = 1024 * 1024

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
  const { accounts, archive, backups, box, clientAddress, gateway } = services
  const { health, history, incognito, listening, measures, metrics, mopidy } = services
  const { nameOf, proxy, statistics } = services
  const { administration, audit, door, invites, inviting, keys } = accounts
  const { ownAccount, registration, roles, sessionList } = accounts
  const auth = createAuth(door)
  const linkOrigin = createLinkOrigin(trustedProxies)
  const features = (): AnyElysia[] => [
    healthRoutes(health),
    metricsRoutes({ auth, door, metrics, clientAddress }),
    boxRoutes({ auth, box, backups, gateway }),
    accountRoutes({ auth, door, ownAccount, clientAddress }),
    sessionRoutes({ auth, sessionList, clientAddress }),
    userRoutes({ auth, administration, sessionList, clientAddress }),
    roleRoutes({ auth, roles, clientAddress }),
    registrationRoutes({ auth, registration, clientAddress }),
    auditRoutes({ auth, audit }),
    keyRoutes({ auth, keys, roles, clientAddress }),
    inviteRoutes({ auth, invites, inviting, clientAddress, linkOrigin }),
    historyRoutes({ auth, roles, history }),
    listeningRoutes({ auth, listening }),
    statisticsRoutes({ auth, roles, administration, statistics }),
    daysRoutes({ auth, roles, statistics }),
    archiveRoutes({ auth, roles, archive, incognito }),
    gatewayRoutes({ door, mopidy, gateway, clientAddress, allowedOrigins }),
    webClientRoutes(auth, proxy),
    roomRoutes({ auth, gateway, incognito, nameOf }),
  ]
  const startedAt = new WeakMap<Request, number>()
  const cors = createCors({ allowedOrigins, development })
  const guardHost = createHostGuard(allowedHosts)
  const guardOrigin = createOriginGuard({ door, allowedOrigins, cors })

  // The proxy's route stands above the parser, which applies to the routes after it: the proxy passes
  // bodies on unread.
  return (
    new Elysia({
      name: 'musakone',
      // Otherwise Elysia finds a wrong path where the host has fewer than four letters.
      handler: { standardHostname: false },
      serve: {
        // Otherwise a second instance would start on the same port and share its traffic.
        reusePort: false,
        // The development error page shows paths.
        development: false,
        maxRequestBodySize: LARGEST_STREAM,
        idleTimeout: idleS,
      },
      websocket: {
        maxPayloadLength: LARGEST_FRAME,
        backpressureLimit: LARGEST_BACKLOG,
        closeOnBackpressureLimit: true,
        idleTimeout: 30,
      },
    })
      .onError({ as: 'global' }, ({ error, code, set, request }) => {
        const known = toAppError(error, code)
        if (known === undefined) log.error({ err: error, path: pathOf(request) }, 'request failed')
        const { code: errorCode, message, retryAfter } = known ?? INTERNAL
        set.status = httpStatus[errorCode]
        if (retryAfter !== undefined) set.headers['retry-after'] = String(retryAfter)
        return { error: errorCode, message }
      })
      .onAfterResponse({ as: 'global' }, ({ request, responseValue, route, set }) => {
        const status = responseValue instanceof Response ? responseValue.status : set.status
        measures.noteRequest({
          method: request.method,
          route,
          status: typeof status === 'number' ? status : 200,
          seconds: (performance.now() - (startedAt.get(request) ?? performance.now())) / 1_000,
        })
      })
      .use(proxyRoutes({ proxy, allowedOrigins, idleS }))
      .onParse({ as: 'global' }, async ({ request, contentType, route }) => {
        if (contentType !== 'application/json') return undefined
        const text = await readText(request)
        // The gateway parses JSON-RPC itself, so that ids keep their exact text.
        return route === '/mopidy/rpc' ? text : parseBody(text)
      })
      .onRequest(({ request, server, set }) => {
        startedAt.set(request, performance.now())
        Object.assign(set.headers, securityHeaders(request), cors.headersFor(request))
        guardHost(request)
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

const INTERNAL = new AppError('internal', 'Something went wrong; the log says what.')

/** The error that the client is told; undefined for one that nobody foresaw, of which nothing is told. */
function toAppError(error: unknown, code: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  if (code === 'NOT_FOUND') return new AppError('not_found', 'There is nothing at this address.')
  // Elysia wraps what `onParse` throws.
  const cause = error instanceof Error ? error.cause : undefined
  if (code === 'PARSE' && cause instanceof AppError) return cause
  if (code === 'PARSE') return new AppError('invalid_request', 'The body is not valid JSON.')
  // A reply that breaks its own schema is our mistake, not the caller's.
  if (error instanceof ValidationError && error.type !== 'response')
    return new AppError('invalid_request', whatIsWrong(error))
  return undefined
}

/** Names the first wrong member, without its value. */
function whatIsWrong(error: ValidationError): string {
  if (error.customError !== undefined) return String(error.customError)
  const [first] = error.all
  if (first === undefined || !('path' in first)) return `The ${error.type} is not valid.`
  const name = String(first.path).slice(1).replaceAll('/', '.')
  const schema = 'schema' in first ? first.schema : undefined
  const missing = first.value === undefined
  if (name === '') return `The ${error.type} must be a JSON object.`
  return missing ? `${name} is required.` : `${name} must be ${mustBe(schema)}.`
}

function mustBe(schema: unknown): string {
  const { type, minLength, maxLength } = (schema ?? {}) as Record<string, unknown>
  if (minLength !== undefined) return `a text of ${minLength} to ${maxLength} characters`
  return type === 'string' ? 'a valid text' : 'valid'
}

function pathOf(request: Request): string {
  // Never the query: it may hold a token.
  return URL.parse(request.url)?.pathname ?? ''
}
