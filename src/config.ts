import { type Environment, parseEnvironment, type Variables } from './config/environment'
import { readSecret } from './config/secret'
import { StartError } from './errors'
import { isAddressRange } from './http/network/client-address'
import { isExecutable } from './version'

/** Who may make an account: admins only, people with an invite, or everyone. */
export type RegistrationPolicy = Environment['REGISTRATION']

/** The configuration in force; the name of a duration ends with its unit. */
export type Config = Readonly<{
  production: boolean
  port: number
  host: string | undefined
  /** The port of Mopidy's web clients; undefined for the one after `port`, where that is free. */
  clientsPort: number | undefined
  /** Origins of the web clients and of the page, where they are reached by other names than this server's. */
  clientsAt: Readonly<{ origin: string; publicOrigin: string }> | undefined
  databasePath: string
  mopidyUrl: string
  /** Undefined only in development, where a secret is generated beside the database. */
  jwtSecret: string | undefined
  adminPassword: string | undefined
  sessionDays: number
  /** Days for which actions and plays are kept; 0 keeps them for ever. */
  historyDays: number
  registration: RegistrationPolicy
  allowedOrigins: readonly string[]
  /** Addresses and CIDRs of reverse proxies. */
  trustedProxies: readonly string[]
  /** The header in which a trusted proxy names the user who has logged in there. */
  authHeader: string | undefined
  sockets: Readonly<{ inAll: number; perUser: number; perAddress: number }>
  allowedHosts: readonly string[]
  logLevel: Environment['LOG_LEVEL']
  logFormat: 'pretty' | 'json' | 'journal'
}>

// Clients send these headers themselves, so they cannot name a user.
const HEADERS_OF_OTHERS = /^(authorization|cookie|forwarded|host|origin|x-forwarded-.*)$/i

/** A wrong configuration, with all its problems; the process exits with 78 (EX_CONFIG). */
export class ConfigError extends StartError {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'), 78)
  }
}

/**
 * The configuration that the variables give, frozen. Without `NODE_ENV` the `mode` counts: an executable is
 * production, the sources are development.
 * @throws {ConfigError} that lists all problems at once and contains no secret.
 */
export function readConfig(
  variables: Variables,
  { terminal = false, mode = isExecutable ? 'production' : 'development' } = {},
): Config {
  const { environment, problems } = parseEnvironment(variables)
  const production = (environment.NODE_ENV ?? mode) === 'production'
  const jwtSecret = readSecret(environment, production, problems)
  const adminPassword = environment.ADMIN_PASSWORD
  if (production && adminPassword !== undefined && adminPassword.length < 8)
    problems.push('ADMIN_PASSWORD must have at least 8 characters')
  const allowedOrigins = listOf(environment.ALLOWED_ORIGINS)
  for (const origin of allowedOrigins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      problems.push(
        'ALLOWED_ORIGINS must be origins like https://radio.example, with commas between',
      )
  const trustedProxies = listOf(environment.TRUSTED_PROXIES)
  if (!trustedProxies.every(isAddressRange))
    problems.push('TRUSTED_PROXIES must be addresses or CIDRs like 10.0.0.0/8, with commas between')
  if (HEADERS_OF_OTHERS.test(environment.AUTH_HEADER ?? ''))
    problems.push('AUTH_HEADER must be a header of its own, such as Remote-User')
  if (environment.AUTH_HEADER !== undefined && trustedProxies.length === 0)
    problems.push('AUTH_HEADER needs TRUSTED_PROXIES: anyone could send that header')
  const clientsAt = clientsAtOf(environment, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze({
    production,
    port: environment.PORT,
    host: environment.HOST,
    clientsPort: environment.CLIENTS_PORT,
    clientsAt,
    databasePath: environment.DATABASE_PATH,
    mopidyUrl: environment.MOPIDY_URL,
    jwtSecret,
    adminPassword,
    sessionDays: environment.SESSION_DAYS,
    historyDays: environment.HISTORY_DAYS,
    registration: environment.REGISTRATION,
    allowedOrigins,
    trustedProxies,
    authHeader: environment.AUTH_HEADER?.toLowerCase(),
    sockets: {
      inAll: environment.MAX_SOCKETS,
      perUser: environment.MAX_SOCKETS_PER_USER,
      perAddress: environment.MAX_SOCKETS_PER_ADDRESS,
    },
    allowedHosts: [
      ...listOf(environment.ALLOWED_HOSTS).map((host) => host.toLowerCase()),
      ...Object.values(clientsAt ?? {}).map((origin) => new URL(origin).hostname),
    ],
    logLevel: environment.LOG_LEVEL,
    logFormat: environment.LOG_FORMAT ?? (terminal ? 'pretty' : 'json'),
  })
}

function clientsAtOf(
  { CLIENTS_ORIGIN: origin, CLIENTS_PORT, PORT, PUBLIC_URL: publicOrigin }: Environment,
  problems: string[],
): Config['clientsAt'] {
  if (CLIENTS_PORT !== undefined && CLIENTS_PORT !== 0 && CLIENTS_PORT === PORT)
    problems.push('CLIENTS_PORT must differ from PORT: the web clients have an origin of their own')
  if (origin === undefined) return undefined
  if (publicOrigin === undefined) {
    problems.push('CLIENTS_ORIGIN needs PUBLIC_URL: where people come from and log in')
    return undefined
  }
  if (origin === publicOrigin) problems.push('CLIENTS_ORIGIN must differ from PUBLIC_URL')
  if (publicOrigin.startsWith('https:') && origin.startsWith('http:'))
    problems.push('CLIENTS_ORIGIN must begin with https:// as PUBLIC_URL does')
  return { origin, publicOrigin }
}

function listOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
