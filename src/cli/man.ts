import type { Argument, Option } from 'commander'
import { Environment } from '../config/environment'
import { version } from '../version'
import { ENVIRONMENT_FILE, INSTALLED_DATABASE } from './service/environment'
import { type Node, nodesOf } from './terminal/command-tree'

/** The manual page musakone(1), as roff. */
export function manPage(program: Node): string {
  const commands = nodesOf(program).filter(({ path }) => path.length > 0)
  return [
    `.TH MUSAKONE 1 "" "musakone ${text(version)}" "User Commands"`,
    '.SH NAME',
    'musakone \\- the front door of a shared Mopidy box',
    '.SH SYNOPSIS',
    '.B musakone',
    '.RI [ command ]',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    ...paragraphs(DESCRIPTION),
    '.SH COMMANDS',
    ...commands.filter(({ children }) => children.length === 0).flatMap(commandSection),
    '.SH OPTIONS',
    ...program.options.flatMap(optionEntry),
    '.SH ENVIRONMENT',
    ...Object.entries(Environment.properties).flatMap(variableEntry),
    '.SH FILES',
    ...FILES.flatMap(([file, what]) => ['.TP', `.I ${text(file)}`, text(what)]),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, what]) => ['.TP', `.B ${code}`, text(what)]),
    '.SH SEE ALSO',
    '.BR mopidy (1),',
    '.BR systemctl (1),',
    '.BR journalctl (1)',
    '',
  ].join('\n')
}

const DESCRIPTION = `
Musakone stands in front of Mopidy: people log in, control the music over a WebSocket, and can see
afterwards what they did and what was heard. Without a command it runs the service, which is configured
by environment variables; musakone config prints what is in force.`

const FILES: readonly (readonly [string, string])[] = [
  [ENVIRONMENT_FILE, 'The environment variables of the service, where the package is installed.'],
  [INSTALLED_DATABASE, 'Its database: users, sessions, actions and plays.'],
  ['/etc/mopidy/mopidy.conf', 'The configuration of Mopidy, which musakone doctor --fix changes.'],
]

const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, 'Fine.'],
  [1, 'It cannot start, is unhealthy, or something is wrong.'],
  [2, 'The command line is wrong.'],
  [70, 'An unexpected error: worth another start.'],
  [75, 'The address of HOST is not there yet: worth another start.'],
  [78, 'The configuration is wrong.'],
]

function commandSection({ path, description, footer, ...node }: Node): string[] {
  const usage = ['musakone', ...path].join(' ')
  return [
    `.SS ${quoted([usage, ...node.arguments.map(termOf)].join(' '))}`,
    ...paragraphs(sentence(description)),
    ...node.arguments.flatMap(argumentEntry),
    // Every command has this one.
    ...node.options.filter(({ long }) => long !== '--help').flatMap(optionEntry),
    ...paragraphs(footer, { isFurther: true }),
  ]
}

function termOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

function argumentEntry(argument: Argument): string[] {
  return ['.TP', `.I ${text(argument.name())}`, text(describe(argument))]
}

function optionEntry(option: Option): string[] {
  return ['.TP', `.B ${text(option.flags)}`, text(describe(option))]
}

function describe(one: Argument | Option): string {
  const choices = one.argChoices?.join(', ')
  const byDefault = one.defaultValueDescription ?? one.defaultValue
  const notes = [
    choices === undefined ? undefined : `one of ${choices}`,
    byDefault === undefined ? undefined : `default ${byDefault}`,
  ].filter((note) => note !== undefined)
  const end = notes.length === 0 ? '' : ` (${notes.join('; ')})`
  return `${sentence(one.description).replace(/\.$/, '')}${end}.`
}

function variableEntry([name, schema]: [string, { mustBe?: string; default?: unknown }]): string[] {
  const what = MEANINGS[name as keyof typeof MEANINGS]
  const rule = schema.mustBe === undefined ? '' : ` Must be ${schema.mustBe}.`
  const byDefault = schema.default === undefined ? '' : ` Default: ${schema.default}.`
  return ['.TP', `.B ${name}`, text(`${what}.${rule}${byDefault}`)]
}

/** What each variable means. The type requires an entry for each variable of the schema. */
const MEANINGS: Readonly<Record<keyof typeof Environment.properties, string>> = {
  NODE_ENV:
    'With production it wants a real secret and does not use the password admin; without it the executable is production, the sources are development',
  PORT: 'The port to listen on',
  HOST: 'The address to listen on; without it all interfaces',
  PUBLIC_URL: 'Where people reach it from outside; with CLIENTS_ORIGIN',
  CLIENTS_PORT:
    "The port of Mopidy's web clients; without it the one after PORT, where that is free",
  CLIENTS_ORIGIN:
    "Where a proxy serves Mopidy's web clients, a name or port of their own; with PUBLIC_URL",
  DATABASE_PATH: 'The SQLite file',
  MOPIDY_URL: "Mopidy's WebSocket",
  JWT_SECRET: 'Signs the tokens; in production this or JWT_SECRET_FILE is required',
  JWT_SECRET_FILE: 'A file that holds the secret',
  ADMIN_PASSWORD: 'The password of the first account, admin; read only while there is no account',
  SESSION_DAYS: 'How long a login lasts',
  HISTORY_DAYS: 'How long actions and plays are kept',
  REGISTRATION: 'Who may make an account',
  ALLOWED_ORIGINS: 'Origins of web pages served elsewhere that may use this server',
  ALLOWED_HOSTS: 'Further names that this server is reached by',
  TRUSTED_PROXIES: 'Reverse proxies whose X-Forwarded-For is believed',
  AUTH_HEADER: 'The header in which a trusted proxy names who has logged in there',
  MAX_SOCKETS: 'WebSockets at once',
  MAX_SOCKETS_PER_USER: 'WebSockets at once of a user',
  MAX_SOCKETS_PER_ADDRESS: 'WebSockets at once from an address',
  LOG_LEVEL: 'How much is logged',
  LOG_FORMAT: 'How it is logged; pretty on a terminal, else json; journal is json for systemd',
}

function paragraphs(words: string, { isFurther = false } = {}): string[] {
  return words
    .trim()
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph !== '')
    .flatMap((paragraph, index) => [
      // After a heading, roff begins a paragraph by itself.
      ...(index === 0 && !isFurther ? [] : ['.PP']),
      text(paragraph.replace(/\s+/g, ' ')),
    ])
}

function sentence(description: string): string {
  const whole = description.charAt(0).toUpperCase() + description.slice(1)
  return /[.:]$/.test(whole) ? whole : `${whole}.`
}

function quoted(words: string): string {
  return `"${text(words).replaceAll('"', '\\(dq')}"`
}

/** The words with roff's escapes: a plain `-` prints as a hyphen, and a dot begins a request. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll('…', '\\&...')
    .replace(/^([.'])/gm, '\\&$1')
}
