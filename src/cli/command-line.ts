import { Command, CommanderError } from 'commander'
import { type Config, readConfig } from '../config'
import { createLog, type Log } from '../log'
import { commit, version } from '../version'
import { describeConfig } from './config'
import { probe } from './health'
import { type Running, serve } from './serve'

/** What the process gives to a command. */
export type Process = {
  variables: Readonly<Record<string, string | undefined>>
  terminal: boolean
  print(line: string): void
  /** Starts it, and stops it when the process is told to. Rejects when it does not start. */
  untilStopped(start: () => Promise<Running>, log: Log): Promise<void>
}

/** Exit code of a command line that nobody understands. */
const USAGE = 2

const FOOTER = `
Musakone is configured by environment variables; the README lists them, and
musakone config prints what is in force.

Exit codes: 0 fine, 1 cannot start or unhealthy, ${USAGE} wrong command line, 78 wrong configuration.`

/**
 * Runs the command that the arguments name; none means `serve`. Resolves to the exit code.
 * @throws {StartError} in one line that says what is in the way.
 */
export async function runCommandLine(args: readonly string[], process: Process): Promise<number> {
  const { variables, terminal, print } = process
  let exitCode = 0
  const configured = async (): Promise<{ config: Config; log: Log }> => {
    const config = readConfig(variables, { terminal })
    return { config, log: await createLog({ level: config.logLevel, format: config.logFormat }) }
  }

  const program = new Command('musakone')
    .description('The front door of a shared Mopidy box.')
    .version(`musakone ${version} (${commit})`, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--health', 'the same as the command health')
    .addHelpText('after', FOOTER)
    .exitOverride()

  program
    .command('serve')
    .description('run the service (what musakone does without a command)')
    .action(async () => {
      const { config, log } = await configured()
      await process.untilStopped(() => serve(config, log), log)
    })
  program
    .command('demo')
    .description('run the service on a simulated Mopidy with a made-up library')
    .action(async () => {
      const { demo } = await import('./demo')
      const { config, log } = await configured()
      const path = variables.DATABASE_PATH || ':memory:'
      await process.untilStopped(() => demo(config, path, log), log)
    })
  program
    .command('health')
    .description('ask the running service how it is: exit code 0 or 1, within 2.5 seconds')
    .action(async () => {
      const { healthy, message } = await probe(variables)
      print(message)
      exitCode = healthy ? 0 : 1
    })
  program
    .command('config')
    .description('print the configuration in force, secrets masked')
    .action(() => print(describeConfig(readConfig(variables, { terminal }))))

  try {
    await program.parseAsync(args.length === 0 ? ['serve'] : args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    throw error
  }
}
