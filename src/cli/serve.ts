import { developmentSecret, randomSecret } from '../accounts/sessions/secret'
import type { Config } from '../config'
import { failureIn } from '../database/failure'
import { reasonOf, StartError } from '../errors'
import { GATEWAY_LIMITS } from '../gateway/gateway'
import { createApp } from '../http/app'
import { createClientsApp } from '../http/clients-app'
import type { Log } from '../log'
import { openServices, type Services } from '../services'
import { commit, version } from '../version'
import { withoutCredentials } from './config'
import type { Condition, Running } from './service/running'

/** Milliseconds for which a stop waits until Mopidy has answered the calls that it has. */
const FINISH_CALLS_MS = 1_000
/** Milliseconds for which a stop waits until clients have closed their sockets. */
const CLOSE_SOCKETS_MS = 1_000
/** Milliseconds for which a stop waits until actions and plays are on the disk. */
const CLOSE_DATABASE_MS = 3_000
/** Milliseconds after which nothing that only the start needs is in use any more. */
const SETTLED_MS = 2_000
/** Exit code (EX_TEMPFAIL) after which the systemd unit starts the service again; after 1 it does not. */
const TRY_AGAIN = 75
/** Random bytes in the first password in production. */
const PASSWORD_BYTES = 15

/**
 * Starts the service; resolves when it listens.
 * @throws {StartError} in one line that says what is in the way.
 */
export async function serve(config: Config, log: Log): Promise<Running> {
  const services = open(config, log)
  try {
    await createFirstAdmin(config, services, log)
    return listen(config, services, log)
  } catch (error) {
    await services.close()
    throw error
  }
}

/** Opens the services. What fails in SQLite may pass, so systemd is to try again. */
function open(config: Config, log: Log): Services {
  try {
    return openServices(optionsOf(config, log))
  } catch (error) {
    if (failureIn(error) === undefined) throw error
    const reason = reasonOf(error)
    throw new StartError(`cannot use the database ${config.databasePath}: ${reason}`, TRY_AGAIN)
  }
}

function optionsOf(config: Config, log: Log): Parameters<typeof openServices>[0] {
  return {
    databasePath: config.databasePath,
    mopidyUrl: config.mopidyUrl,
    secret: config.jwtSecret ?? developmentSecret(config.databasePath),
    sessionDays: config.sessionDays,
    historyDays: config.historyDays,
    registration: config.registration,
    proxyLogin: proxyLoginOf(config),
    trustedProxies: config.trustedProxies,
    clientsAt: config.clientsAt,
    limits: { gateway: { ...GATEWAY_LIMITS, sockets: config.sockets } },
    log,
  }
}

function proxyLoginOf({ authHeader, trustedProxies }: Config) {
  return authHeader === undefined ? undefined : { header: authHeader, trustedProxies }
}

async function createFirstAdmin(config: Config, { accounts }: Services, log: Log): Promise<void> {
  if (accounts.hasUsers()) return
  // `musakone user add` may make the first account meanwhile: then nothing is created or logged here.
  if (config.adminPassword !== undefined) {
    if (await accounts.createFirstAdmin(config.adminPassword))
      log.info('created the first account, admin, with the password in ADMIN_PASSWORD')
  } else if (config.production) {
    const password = randomSecret(PASSWORD_BYTES)
    if (await accounts.createFirstAdmin(password, { mustChangePassword: true }))
      log.warn(`first start: log in as admin with ${password} and change it; it is not shown again`)
  } else if (await accounts.createFirstAdmin('admin'))
    log.warn('development: log in as admin with the password admin')
}

function listen(config: Config, services: Services, log: Log): Running {
  const { allowedOrigins, allowedHosts, trustedProxies, production, host } = config
  const options = {
    services,
    allowedOrigins,
    allowedHosts,
    trustedProxies,
    development: !production,
    log,
  }
  const server = openPort(createApp(options), config.port, host, 'PORT')
  const port = server.port ?? config.port
  const clientsServer = openClients(createClientsApp(options), port, config, services, log)
  const servers = clientsServer === undefined ? [server] : [server, clientsServer]
  for (const one of servers) services.onPublished((topic, text) => one.publish(topic, text))
  const clientsPort = clientsServer?.port
  if (clientsPort !== undefined) services.clientsOrigin.opened({ page: port, clients: clientsPort })
  log.info(
    { version, commit, port, clientsPort, mopidy: withoutCredentials(config.mopidyUrl) },
    'musakone is listening',
  )
  setTimeout(giveMemoryBack, SETTLED_MS).unref()

  return {
    port,
    condition: () => conditionOf(services),
    async stop() {
      // Accepts no new connections from here on.
      const stopped = Promise.all(servers.map((one) => one.stop()))
      await within(FINISH_CALLS_MS, services.mopidy.idle())
      services.gateway.close()
      services.proxy.close()
      await within(CLOSE_SOCKETS_MS, stopped)
      await within(CLOSE_SOCKETS_MS, Promise.all(servers.map((one) => one.stop(true))))
      await within(CLOSE_DATABASE_MS, services.close())
      log.info('musakone has stopped')
    },
  }
}

type App = {
  listen(options: { port: number; hostname?: string }): unknown
  readonly server: Server | null
}
type Server = NonNullable<ReturnType<typeof createApp>['server']>

/** @throws {StartError} that names the variable of the port. */
function openPort(app: App, port: number, host: string | undefined, variable: string): Server {
  try {
    app.listen({ port, ...(host !== undefined && { hostname: host }) })
  } catch (error) {
    // At boot the network may not have assigned the address yet.
    const exitCode = codeOf(error) === 'EADDRNOTAVAIL' ? TRY_AGAIN : 1
    throw new StartError(whyNotListening(error, port, host, variable), exitCode)
  }
  if (app.server === null) throw new StartError(`cannot listen on port ${port}`)
  return app.server
}

/**
 * Opens the port of the web clients. Where nobody has chosen that port and it is taken, the rest runs
 * without: undefined, a warning in the log, and degraded health.
 * @throws {StartError} when CLIENTS_PORT is set and cannot be had.
 */
function openClients(
  app: App,
  pagePort: number,
  { port, clientsPort, host }: Config,
  { clientsOrigin }: Services,
  log: Log,
): Server | undefined {
  if (clientsPort !== undefined) return openPort(app, clientsPort, host, 'CLIENTS_PORT')
  try {
    return openPort(app, port === 0 ? 0 : pagePort + 1, host, 'CLIENTS_PORT')
  } catch (error) {
    clientsOrigin.failed(`Mopidy's web clients cannot be opened: ${reasonOf(error)}.`)
    log.warn(`the web clients of Mopidy cannot be opened: ${reasonOf(error)}`)
    return undefined
  }
}

/** Returns the memory to the system that only the start needed: two megabytes of sixty-five. */
function giveMemoryBack(): void {
  Bun.gc(true)
  Bun.shrink()
}

function conditionOf({ gateway, health, mopidy }: Services): Condition {
  const clients = gateway.connectionCount()
  const status = `Mopidy ${mopidy.status().online ? 'online' : 'offline'}, ${clients} ${clients === 1 ? 'client' : 'clients'}`
  try {
    health.check()
    return { alive: true, status }
  } catch {
    return { alive: false, status: `${status}, the database does not answer` }
  }
}

function whyNotListening(
  error: unknown,
  port: number,
  host: string | undefined,
  variable: string,
): string {
  const reason = reasonOf(error)
  const code = codeOf(error)
  if (code === 'EADDRINUSE' || /in use/i.test(reason))
    return `port ${port} is already in use: stop what listens there, or set ${variable}`
  if (code === 'EACCES')
    return `port ${port} may not be used by this user: set ${variable} to 1024 or more`
  return `cannot listen on ${host ?? 'all interfaces'}, port ${port}: ${reason}`
}

const codeOf = (error: unknown) => (error as { code?: string }).code

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms))])
}
