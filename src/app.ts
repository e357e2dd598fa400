import { hostname } from 'node:os'
import { Elysia, ValidationError } from 'elysia'
import { fromOwnPage } from './accounts/credentials'
import { accountRoutes } from './accounts/routes'
import { analyticsRoutes } from './analytics/routes'
import { AppError, httpStatus } from './errors'
import { proxiedPath } from './gateway/proxied-path'
import { clientRoutes, proxyRoutes } from './gateway/proxy-routes'
import { gatewayRoutes } from './gateway/routes'
import { healthRoutes } from './health/routes'
import type { Log } from './log'
import type { Services } from './services'
import { loginRoutes } from './web/login'
import { swaggerRoutes } from './web/swagger'

export type AppOptions = {
  services: Services
  allowedOrigins: readonly string[]
  allowedHosts: readonly string[]
  log: Log
}

export type App = ReturnType<typeof createApp>

const LARGEST_BODY = 64 * 1024
// What Bun itself refuses, without a word: above the size that is answered with an error in JSON.
const LARGEST_READ = 1024 * 1024
const LARGEST_FRAME = 64 * 1024
const LARGEST_BACKLOG = 1024 * 1024

/** The HTTP surface: the error boundary and the guards first, then each feature. */
export function createApp({ services, allowedOrigins, allowedHosts, log }: AppOptions) {
  const { accounts, analytics, gateway, health, mopidy, proxy } = services
  const features = () =>
    new Elysia({ name: 'features' })
      .use(healthRoutes(health))
      .use(accountRoutes(accounts))
      .use(analyticsRoutes(accounts, analytics))
      .use(gatewayRoutes({ accounts, mopidy, gateway, allowedOrigins }))
      .use(clientRoutes(accounts, proxy))
  const hosts = new Set([...allowedHosts, 'localhost', hostname().toLowerCase()])

  // The proxy answers what no other route does; it stands above the parser, which takes bodies away.
  return new Elysia({
    name: 'musakone',
    serve: {
      // Otherwise a second instance would start on the same port and share its traffic.
      reusePort: false,
      // The development error page shows paths.
      development: false,
      maxRequestBodySize: LARGEST_READ,
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
    .use(proxyRoutes({ proxy, allowedOrigins }))
    .onParse({ as: 'global' }, async ({ request, contentType, route }) => {
      // JSON-RPC is read as it stands.
      if (contentType !== 'application/json' || route === '/mopidy/rpc') return undefined
      return parseBody(await request.text())
    })
    .onRequest(({ request, set }) => {
      set.headers['x-content-type-options'] = 'nosniff'
      guardHost(request, hosts)
      guardUnsafe(request, allowedOrigins)
    })
    .use(features())
    .use(swaggerRoutes(features))
    .use(loginRoutes())
}

const INTERNAL = new AppError('internal', 'Something went wrong; the log says what.')

/** What may be told of an error; undefined when it is not known and nothing may. */
function toAppError(error: unknown, code: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  if (code === 'NOT_FOUND') return new AppError('not_found', 'There is nothing at this address.')
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

function guardHost(request: Request, hosts: ReadonlySet<string>): void {
  // Against DNS rebinding: a foreign name that was pointed at this address is not ours.
  const host = request.headers.get('host') ?? new URL(request.url).host
  const name = host.toLowerCase().replace(/:\d*$/, '')
  const literal = /^\d{1,3}(\.\d{1,3}){3}$|^\[[0-9a-f:.]+\]$/.test(name)
  if (literal || hosts.has(name) || name.endsWith('.local')) return
  throw new AppError('wrong_host', 'This server does not answer to that name: see ALLOWED_HOSTS.')
}

function guardUnsafe(request: Request, allowedOrigins: readonly string[]): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return
  if (!fromOwnPage(request, allowedOrigins))
    throw new AppError('foreign_origin', 'Other sites may not do this.')
  // What goes to Mopidy's web clients is for them to read.
  if (proxiedPath(request.url) !== undefined) return
  const length = Number(request.headers.get('content-length') ?? 0)
  if (length > LARGEST_BODY) throw new AppError('too_large', 'The body is too large.')
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (request.body !== null && type !== 'application/json')
    throw new AppError('unsupported_media_type', 'Send application/json.')
}

// Elysia puts a refused value into its message, and fails, with a 500, on an object that brings a
// `toString` of its own. Nothing that is asked for has such a member.
function parseBody(text: string): unknown {
  // Its length was not announced, or the guard would have refused it.
  if (text.length > LARGEST_BODY) throw new AppError('too_large', 'The body is too large.')
  return JSON.parse(text, (key, value) =>
    key === 'toString' || key === 'valueOf' ? undefined : value,
  )
}

function pathOf(request: Request): string {
  // Never the query: it may hold a token.
  return new URL(request.url).pathname
}
