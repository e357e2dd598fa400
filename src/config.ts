import { readFileSync } from 'node:fs'
import { type Static, type TSchema, Type as t } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { StartError } from './errors'
import { isAddressRange } from './http/client-address'
import { DEFAULT_PORT } from './http/listen-address'

/** The schema of a variable with `mustBe`, which completes the sentence `PORT must be …`. */
const variable = <S extends TSchema>(schema: S, mustBe: string): S => ({ ...schema, mustBe })

const LogLevels = t.Union(
  (['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const).map((l) =>
    t.Literal(l),
  ),
)

const Registrations = t.Union([t.Literal('closed'), t.Literal('invite'), t.Literal('open')])
/** Who may make an account: admins only, people with an invite, or everyone. */
export type RegistrationPolicy = Static<typeof Registrations>

/** Every environment variable that Musakone reads. */
export const Environment = t.Object({
  NODE_ENV: t.Optional(t.String()),
  PORT: variable(
    t.Integer({ minimum: 0, maximum: 65_535, default: DEFAULT_PORT }),
    'a port number from 0 to 65535 (0: any free one)',
  ),
  HOST: t.Optional(
    variable(t.String({ pattern: '^[0-9A-Za-z.:_-]+$' }), 'an address or host name to listen on'),
  ),
  DATABASE_PATH: variable(t.String({ default: './data/musakone.db' }), 'a file path'),
  MOPIDY_URL: variable(
    t.String({ pattern: '^wss?://[^/]+/.+', default: 'ws://127.0.0.1:6680/mopidy/ws' }),
    'a WebSocket address like ws://127.0.0.1:6680/mopidy/ws',
  ),
  JWT_SECRET: t.Optional(t.String()),
  JWT_SECRET_FILE: t.Optional(t.String()),
  ADMIN_PASSWORD: t.Optional(variable(t.String({ maxLength: 256 }), 'at most 256 characters')),
  SESSION_DAYS: variable(
    t.Integer({ minimum: 1, maximum: 3650, default: 30 }),
    'a number of days from 1 to 3650',
  ),
  HISTORY_DAYS: variable(
    t.Integer({ minimum: 0, maximum: 36_500, default: 0 }),
    'a number of days from 0 to 36500 (0: keep everything)',
  ),
  REGISTRATION: variable(Registrations, 'closed, invite or open') as typeof Registrations,
  ALLOWED_ORIGINS: t.Optional(t.String()),
  ALLOWED_HOSTS: t.Optional(t.String()),
  TRUSTED_PROXIES: t.Optional(t.String()),
  AUTH_HEADER: t.Optional(
    variable(
      t.String({
        pattern: '^[A-Za-z][A-Za-z0-9-]*$',
      }),
      'the name of a header of its own, such as Remote-User',
    ),
  ),
  MAX_SOCKETS: variable(
    t.Integer({ minimum: 1, maximum: 1_000_000, default: 10_000 }),
    'a number of WebSockets from 1 to 1000000',
  ),
  MAX_SOCKETS_PER_USER: variable(
    t.Integer({ minimum: 1, maximum: 1_000_000, default: 6_000 }),
    'a number of WebSockets from 1 to 1000000',
  ),
  MAX_SOCKETS_PER_ADDRESS: variable(
    t.Integer({ minimum: 1, maximum: 1_000_000, default: 8_000 }),
    'a number of WebSockets from 1 to 1000000',
  ),
  LOG_LEVEL: variable(
    LogLevels,
    'one of trace, debug, info, warn, error, fatal, silent',
  ) as typeof LogLevels,
  LOG_FORMAT: t.Optional(
    variable(
      t.Union([t.Literal('pretty'), t.Literal('json'), t.Literal('journal')]),
      'pretty, json or journal',
    ),
  ),
})

export type Environment = Static<typeof Environment>
type Variables = Readonly<Record<string, string | undefined>>

/** The configuration in force; the name of a duration ends with its unit. */
export type Config = Readonly<{
  production: boolean
  port: number
  host: string | undefined
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
 * The configuration that the variables give, frozen.
 * @throws {ConfigError} that lists all problems at once and contains no secret.
 */
export function readConfig(variables: Variables, { terminal = false } = {}): Config {
  const { environment, problems } = parseEnvironment(variables)
  const production = environment.NODE_ENV === 'production'
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
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze({
    production,
    port: environment.PORT,
    host: environment.HOST,
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
    allowedHosts: listOf(environment.ALLOWED_HOSTS).map((host) => host.toLowerCase()),
    logLevel: environment.LOG_LEVEL,
    logFormat: environment.LOG_FORMAT ?? (terminal ? 'pretty' : 'json'),
  })
}

function parseEnvironment(variables: Variables) {
  // An empty variable counts as not set: `PORT=` in an environment file means the default.
  const given = Object.entries(Environment.properties)
    .map(([name, schema]) => [name, schema, variables[name]?.trim() ?? ''] as const)
    .filter(([, , value]) => value !== '')
    .map(([name, schema, value]) => [name, parsed(schema, value)])
  const environment = Value.Default(Environment, {
    LOG_LEVEL: 'info',
    REGISTRATION: 'closed',
    ...Object.fromEntries(given),
  }) as Environment
  const wrong = new Set(
    [...Value.Errors(Environment, environment)].map(({ path }) => path.slice(1)),
  )
  const problems = [...wrong].map((name) => `${name} must be ${mustBe(name)}`)
  return { environment, problems }
}

// TypeBox's own conversion would read 80.5 as 80 and 1e9 as 1.
function parsed(schema: TSchema, text: string): string | number {
  return schema.type === 'integer' && /^\d+$/.test(text) ? Number(text) : text
}

function mustBe(name: string): string {
  const schema: TSchema | undefined = Environment.properties[name as keyof Environment]
  return String(schema?.mustBe ?? 'valid')
}

// Values from documentation, compose files and tutorials.
const EXAMPLE_SECRET =
  /change|your[-_ ]|example|placeholder|replace|(super|string|jwt)[-_ ]?secret|secret[-_ ]?key|do[-_ ]?not[-_ ]?use/i

function readSecret(environment: Environment, production: boolean, problems: string[]) {
  const { JWT_SECRET: direct, JWT_SECRET_FILE: file } = environment
  if (direct !== undefined && file !== undefined)
    problems.push('JWT_SECRET and JWT_SECRET_FILE are both set: keep one')
  const secret = direct ?? (file === undefined ? undefined : readSecretFile(file, problems))
  const name = direct === undefined && file !== undefined ? 'JWT_SECRET_FILE' : 'JWT_SECRET'
  const hint = 'make one with: openssl rand -base64 48'
  if (!production) {
    if (secret === '') problems.push(`${name} is empty; ${hint}`)
    return secret
  }
  if (secret === undefined) {
    if (file === undefined)
      problems.push(`JWT_SECRET or JWT_SECRET_FILE is required in production; ${hint}`)
  } else if (Buffer.byteLength(secret) < 32)
    problems.push(`${name} must have 32 bytes or more; ${hint}`)
  else if (EXAMPLE_SECRET.test(secret) || isRepetition(secret))
    problems.push(`${name} is an example value that anyone can guess; ${hint}`)
  return secret
}

/** Whether the secret has under 8 different characters, or repeats a shorter text. */
function isRepetition(secret: string): boolean {
  if (new Set(secret).size < 8) return true
  for (let period = 8; period <= secret.length / 2; period += 1)
    if (secret.startsWith(secret.slice(period))) return true
  return false
}

function readSecretFile(file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    problems.push(`JWT_SECRET_FILE cannot be read: ${file}`)
    return undefined
  }
}

function listOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
