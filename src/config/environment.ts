import { type Static, type TSchema, Type as t } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { DEFAULT_PORT } from '../http/network/listen-address'

/** The schema of a variable with `mustBe`, which completes the sentence `PORT must be …`. */
const variable = <S extends TSchema>(schema: S, mustBe: string): S => ({ ...schema, mustBe })

const LogLevels = t.Union(
  (['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const).map((l) =>
    t.Literal(l),
  ),
)

const Registrations = t.Union([t.Literal('closed'), t.Literal('invite'), t.Literal('open')])
/** An origin: no path, no user, no slash at the end. */
const ORIGIN = { pattern: '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$' }
const Modes = t.Union([t.Literal('production'), t.Literal('development'), t.Literal('test')])

/** Every environment variable that Musakone reads. */
export const Environment = t.Object({
  NODE_ENV: t.Optional(variable(Modes, 'production, development or test')),
  PORT: variable(
    t.Integer({ minimum: 0, maximum: 65_535, default: DEFAULT_PORT }),
    'a port number from 0 to 65535 (0: any free one)',
  ),
  HOST: t.Optional(
    variable(t.String({ pattern: '^[0-9A-Za-z.:_-]+$' }), 'an address or host name to listen on'),
  ),
  PUBLIC_URL: t.Optional(variable(t.String(ORIGIN), 'an origin like https://radio.example')),
  CLIENTS_PORT: t.Optional(
    variable(
      t.Integer({ minimum: 0, maximum: 65_535 }),
      'a port number from 0 to 65535 (0: any free one)',
    ),
  ),
  CLIENTS_ORIGIN: t.Optional(
    variable(t.String(ORIGIN), 'an origin like https://clients.radio.example'),
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
    t.Integer({ minimum: 1, maximum: 1_000_000, default: 64 }),
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
export type Variables = Readonly<Record<string, string | undefined>>

/** The variables as values of their types, with defaults, and a sentence for each that is wrong. */
export function parseEnvironment(variables: Variables) {
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
  const problems = [...wrong].map((name) =>
    name === 'NODE_ENV'
      ? `NODE_ENV must be ${mustBe(name)}: ${didYouMean(variables.NODE_ENV)}`
      : `${name} must be ${mustBe(name)}`,
  )
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

/** A question that names the mode which the text is nearest to: `did you mean production?` */
function didYouMean(text = ''): string {
  const given = text.trim().toLowerCase()
  const modes = Modes.anyOf.map((mode) => mode.const)
  const alike = (mode: string) => {
    const difference = [...mode].findIndex((letter, index) => letter !== given[index])
    return difference === -1 ? mode.length : difference
  }
  // What is like none of them is most likely a machine that others use, such as `live` or `staging`.
  const nearest = modes.reduce((best, mode) => (alike(mode) > alike(best) ? mode : best))
  return `did you mean ${nearest}?`
}
