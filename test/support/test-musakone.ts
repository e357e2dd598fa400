import {
  REGISTRATION_LIMITS,
  type RegistrationLimits,
} from '../../src/accounts/invites/registration-rate'
import type { HashingCost } from '../../src/accounts/passwords/passwords'
import { THROTTLE_LIMITS, type ThrottleLimits } from '../../src/accounts/passwords/throttle'
import { TRANSFER_LIMITS, type TransferLimits } from '../../src/archive/transfers'
import type { Clock } from '../../src/clock'
import type { RegistrationPolicy } from '../../src/config'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { GATEWAY_LIMITS, type GatewayLimits } from '../../src/gateway/gateway'
import { PROXY_LIMITS, type ProxyLimits } from '../../src/gateway/proxy/reverse-proxy'
import { createApp } from '../../src/http/app'
import { createClientsApp } from '../../src/http/clients-app'
import { createLog, type Log } from '../../src/log'
import { MOPIDY_LIMITS, type MopidyLimits } from '../../src/mopidy/mopidy'
import { openServices } from '../../src/services'

export const TEST_PASSWORD = 'correct horse battery'
export const TEST_SECRET = 'a-secret-for-tests-of-more-than-32-bytes'

export type TestMusakone = Awaited<ReturnType<typeof startTestMusakone>>
export type TestMusakoneOptions = {
  /** `ws://…` of a Mopidy; without it a demo Mopidy is started, and stopped with it. */
  mopidyUrl?: string
  demo?: NonNullable<Parameters<typeof startDemoMopidy>[0]>
  databasePath?: string
  clock?: Clock
  /** As little as argon2id allows, if not given. */
  hashingCost?: HashingCost
  limits?: {
    mopidy?: Partial<MopidyLimits>
    gateway?: Partial<GatewayLimits>
    proxy?: Partial<ProxyLimits>
    throttle?: Partial<ThrottleLimits>
    registration?: Partial<RegistrationLimits>
    transfers?: Partial<TransferLimits>
  }
  allowedOrigins?: readonly string[]
  trustedProxies?: readonly string[]
  /** In lower case. */
  authHeader?: string
  allowedHosts?: readonly string[]
  /** Where the web clients and the page are, if not at this server's own addresses. */
  clientsAt?: { origin: string; publicOrigin: string }
  development?: boolean
  /** Seconds that a connection may wait for its next request. */
  idleS?: number
  registration?: RegistrationPolicy
  historyDays?: number
  /** Nothing is logged, if not given. */
  log?: Log
}

/** Microseconds instead of tens of milliseconds, in threads that give way to all else on the machine. */
export const CHEAP_HASHING: HashingCost = { memoryCost: 8, timeCost: 1 }

/** For tests that are wrong many times. */
export const UNTHROTTLED: Partial<ThrottleLimits> = {
  free: { account_at_place: 1e6, place: 1e6, account: 1e6 },
}

/** Time that can be set; starts at a Monday noon, UTC. */
export function fixedClock(
  startMs = Date.UTC(2026, 0, 5, 12),
): Clock & { advance(ms: number): void } {
  let now = startMs
  return {
    now: () => now,
    elapsed: () => now,
    advance(ms) {
      now += ms
    },
  }
}

/** The whole program on a free port of loopback, in this process, with an `admin` and a demo Mopidy. */
export async function startTestMusakone(options: TestMusakoneOptions = {}) {
  const demo =
    options.mopidyUrl === undefined ? await startDemoMopidy(options.demo ?? {}) : undefined
  const log = options.log ?? (await createLog({ level: 'silent', format: 'json' }))
  const services = openServices({
    databasePath: options.databasePath ?? ':memory:',
    mopidyUrl: options.mopidyUrl ?? demo?.url ?? '',
    secret: TEST_SECRET,
    sessionDays: 30,
    ...(options.registration && { registration: options.registration }),
    ...(options.historyDays !== undefined && { historyDays: options.historyDays }),
    clientsAt: options.clientsAt,
    ...(options.trustedProxies && { trustedProxies: options.trustedProxies }),
    proxyLogin: options.authHeader
      ? { header: options.authHeader, trustedProxies: options.trustedProxies ?? [] }
      : undefined,
    log,
    ...(options.clock && { clock: options.clock }),
    hashingCost: options.hashingCost ?? CHEAP_HASHING,
    limits: {
      mopidy: { ...MOPIDY_LIMITS, ...options.limits?.mopidy },
      gateway: { ...GATEWAY_LIMITS, ...options.limits?.gateway },
      proxy: { ...PROXY_LIMITS, ...options.limits?.proxy },
      throttle: { ...THROTTLE_LIMITS, ...options.limits?.throttle },
      registration: { ...REGISTRATION_LIMITS, ...options.limits?.registration },
      transfers: { ...TRANSFER_LIMITS, ...options.limits?.transfers },
    },
  })
  await services.accounts.createFirstAdmin(TEST_PASSWORD)
  const appOptions = {
    services,
    allowedOrigins: options.allowedOrigins ?? [],
    allowedHosts: options.allowedHosts ?? [],
    trustedProxies: options.trustedProxies ?? [],
    development: options.development ?? false,
    ...(options.idleS !== undefined && { idleS: options.idleS }),
    log,
  }
  const [server, clientsServer] = [createApp(appOptions), createClientsApp(appOptions)].map(
    (app) => {
      app.listen({ port: 0, hostname: '127.0.0.1' })
      const { server } = app
      if (server === null) throw new Error('the test server does not listen')
      services.onPublished((topic, text) => server.publish(topic, text))
      return server
    },
  ) as [Server, Server]
  services.clientsOrigin.opened({ page: server.port ?? 0, clients: clientsServer.port ?? 0 })
  const origin = `http://127.0.0.1:${server.port}`
  const clientsOrigin = `http://127.0.0.1:${clientsServer.port}`

  async function logIn(username = 'admin', password = TEST_PASSWORD): Promise<string> {
    const { token } = await services.accounts.ownAccount.logIn(
      { username, password },
      { ip: null, userAgent: null },
    )
    return token
  }

  return {
    services,
    origin,
    /** The origin of Mopidy's web clients. */
    clientsOrigin,
    socketUrl: `ws://127.0.0.1:${server.port}/ws`,
    demo,

    /** A fresh token of the admin, or of whoever is named. */
    logIn,

    /** A request to this server; `token` becomes a Bearer header, `json` the body. */
    request: (path: string, init?: TestRequest): Promise<Response> => request(origin + path, init),

    /** The same to the port of the web clients. */
    requestClient: (path: string, init?: TestRequest): Promise<Response> =>
      request(clientsOrigin + path, init),

    /** Resolves when Mopidy is online, or rejects after half a minute. */
    async online(): Promise<void> {
      await until(() => services.mopidy.status().online, 'Mopidy to be online')
    },

    async stop(): Promise<void> {
      services.gateway.close()
      services.proxy.close()
      await Promise.all([server.stop(true), clientsServer.stop(true)])
      await services.close()
      await demo?.stop()
    },
  }
}

type Server = NonNullable<ReturnType<typeof createApp>['server']>
type TestRequest = RequestInit & { token?: string; json?: unknown }

function request(url: string, { token, json, ...init }: TestRequest = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  if (json !== undefined) headers.set('content-type', 'application/json')
  const body = json === undefined ? init.body : JSON.stringify(json)
  const method = init.method ?? (body === undefined || body === null ? 'GET' : 'POST')
  return fetch(url, { ...init, method, headers, ...(body != null && { body }) })
}

/** As long as a busy machine may need; what has to be quicker, a test says or measures itself. */
export const PATIENCE_MS = 30_000

/** Waits until a condition holds, looking often; fails with its name when it never does. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  name: string,
  deadlineMs = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${name}`)
    await Bun.sleep(5)
  }
}
