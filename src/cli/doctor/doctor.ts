import { existsSync, readFileSync } from 'node:fs'
import type { ReadStream } from 'node:tty'
import type { Command } from 'commander'
import { systemClock } from '../../clock'
import { ConfigError, readConfig } from '../../config'
import { Environment, type Variables } from '../../config/environment'
import { GONE_HINT } from '../../database/condition'
import { reasonOf, StartError } from '../../errors'
import { checkDoors } from '../../health/findings/doors'
import { type Finding, ok, reportOf, wrong } from '../../health/findings/finding'
import { isLoopback } from '../../health/findings/listening-sockets'
import { checkMopidy } from '../../health/findings/mopidy-check'
import { closeDoors, MOPIDY_CONF, rewrite } from '../../health/findings/mopidy-conf'
import { type Probe, probe } from '../health'
import { serviceVariables } from '../service/environment'
import { addFooter } from '../terminal/command-tree'
import { databasePathIn } from '../terminal/database-option'
import type { Process } from '../terminal/process'
import { checkClock } from './clock'
import { checkData, checkDatabase, checkDisk, checkSecret } from './files'
import { checkProxy, checkWebClients } from './web-clients'

type Options = {
  json?: true
  fix?: true
  yes?: true
  mopidyConfig: string
  envFile?: string
  database?: string
}

const USAGE = 2
const WRONG_CONFIGURATION = 78

/**
 * Adds the options of `musakone doctor`. `exitWith` gets 0, or 1 when something is wrong, or 78 when it is
 * the configuration.
 */
export function describeDoctor(
  command: Command,
  process: Process,
  exitWith: (code: number) => void,
): void {
  addFooter(command, FOOTER)
  command
    .option('--json', 'as JSON')
    .option(
      '--fix',
      'close what gets past the front door in the configuration of Mopidy; asks first',
    )
    .option('--yes', 'with --fix: do not ask')
    .option('--mopidy-config <file>', 'the configuration of Mopidy', MOPIDY_CONF)
    .option(
      '--env-file <file>',
      'the environment of the service, if not /etc/musakone/musakone.env',
    )
    .option('--database <file>', 'the database, if not that of the service')
    .action(async (options: Options) => {
      const variables = variablesOf(process.variables, options)
      if (options.fix) await fix(variables, options, process)
      const findings = await examine(variables, options)
      const isWell = findings.every(({ mark }) => mark !== 'wrong')
      process.print(
        options.json ? JSON.stringify({ ok: isWell, findings }, null, 2) : reportOf(findings),
      )
      const misconfigured = findings.some(
        ({ check, mark }) => check === 'configuration' && mark === 'wrong',
      )
      exitWith(misconfigured ? WRONG_CONFIGURATION : isWell ? 0 : 1)
    })
}

const FOOTER = `
✓ well, ! worth a look, ✗ wrong, ? cannot be told here. Run it as root or as the user of the service: others
may not see its files. Exit codes: 0 nothing is wrong, 1 something is, 78 the configuration is.`

function variablesOf(given: Variables, { envFile, database }: Options): Variables {
  const variables = serviceVariables(given, envFile)
  return { ...variables, DATABASE_PATH: database ?? databasePathIn(variables) }
}

async function examine(variables: Variables, { mopidyConfig }: Options): Promise<Finding[]> {
  const databasePath = variables.DATABASE_PATH ?? ''
  const mopidyUrl = mopidyUrlIn(variables)
  const port = Number(variables.PORT?.trim() || Environment.properties.PORT.default)
  const [clock, service, mopidy, webClients] = await Promise.all([
    checkClock(new Date(systemClock.now())),
    probe(variables),
    checkMopidy(mopidyUrl),
    checkWebClients(variables),
  ])
  return [
    ...checkConfiguration(variables),
    checkSecret(variables, databasePath),
    checkData(databasePath),
    clock,
    checkDisk(databasePath),
    checkDatabase(databasePath),
    checkService(service),
    mopidy,
    // Where the service does not run, that is what is wrong.
    ...(service.healthy ? [webClients, ...checkProxy(service.untrustedProxy)] : []),
    ...checkDoors({ mopidyUrl, port, conf: mopidyConfig }),
  ]
}

function checkConfiguration(variables: Variables): Finding[] {
  const check = 'configuration'
  try {
    readConfig(variables)
    return [ok(check, 'All variables are right.')]
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map((problem) => wrong(check, `${problem}.`))
    throw error
  }
}

function checkService({ healthy, message, database }: Probe): Finding {
  if (database !== undefined)
    return wrong(
      'service',
      `${message}. ${database}`,
      /deleted or replaced/.test(database) ? GONE_HINT : 'journalctl -u musakone',
    )
  if (healthy) return ok('service', `${message}.`)
  return wrong('service', `${message}.`, 'systemctl status musakone, journalctl -u musakone')
}

/** The address of Mopidy; the default for a wrong variable, which `checkConfiguration` reports. */
function mopidyUrlIn({ MOPIDY_URL = '' }: Variables): string {
  const url = MOPIDY_URL.trim()
  return /^wss?:/.test(url) && URL.canParse(url)
    ? url
    : String(Environment.properties.MOPIDY_URL.default)
}

/** Sets `hostname` to loopback in Mopidy's configuration, after asking. */
async function fix(variables: Variables, options: Options, process: Process): Promise<void> {
  const { mopidyConfig: file } = options
  // With --json, standard output holds one JSON document and nothing else.
  const tell = options.json ? (line: string) => process.write(`${line}\n`) : process.print
  const { hostname } = new URL(mopidyUrlIn(variables))
  if (hostname !== 'localhost' && !isLoopback(hostname))
    throw new StartError(
      `MOPIDY_URL names ${hostname}, where musakone would no longer reach Mopidy: set it to ws://127.0.0.1:6680/mopidy/ws first`,
    )
  if (!existsSync(file))
    throw new StartError(`there is no ${file}: name Mopidy's configuration with --mopidy-config`)
  try {
    const text = readFileSync(file, 'utf8')
    const closed = closeDoors(text)
    if (closed === text) return tell(`${file} keeps Mopidy to itself already`)
    if (!options.yes && !(await agreed(file, process))) return tell('nothing was changed')
    const copy = rewrite(file, closed, new Date(systemClock.now()))
    tell(`${file} now keeps Mopidy to itself; what it was is ${copy}`)
    tell('it holds when Mopidy starts again: sudo systemctl restart mopidy')
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`cannot change ${file}: ${reasonOf(error)}`)
  }
}

async function agreed(file: string, { input, write }: Process): Promise<boolean> {
  const terminal = input()
  if (!terminal.isTTY)
    throw new StartError('there is no terminal to ask on: say --yes if you mean it', USAGE)
  write(`Set hostname = 127.0.0.1 in [http] and [mpd] of ${file}? [y/N] `)
  return /^y(es)?$/i.test(await readLine(terminal))
}

async function readLine(terminal: ReadStream): Promise<string> {
  terminal.setEncoding('utf8')
  for await (const typed of terminal) return String(typed).trim()
  return ''
}
