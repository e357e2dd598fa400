import { Argument, Command, CommanderError } from 'commander'
import { type Config, readConfig } from '../config'
import { createLog, type Log } from '../log'
import { commit, date, version } from '../version'
import { describeConfig } from './config'
import { probe } from './health'
import { serve } from './serve'
import { serviceVariables } from './service/environment'
import type { Process } from './terminal/process'

/** Exit code of an unknown command, a wrong option or a missing argument. */
const USAGE = 2

const FOOTER = `
Musakone is configured by environment variables; the README lists them, and
musakone config prints what is in force.

Exit codes: 0 fine, 1 cannot start, unhealthy or something wrong,
${USAGE} wrong command line, 70 unexpected error, 75 the address is not there yet,
78 wrong configuration.`

/**
 * Runs the command that the arguments name, `serve` without any. Resolves to the exit code.
 * @throws {StartError} with a message for the person at the terminal.
 */
export async function runCommandLine(args: readonly string[], process: Process): Promise<number> {
  const { variables, terminal, print } = process
  let exitCode = 0
  const configured = async (mode?: 'development'): Promise<{ config: Config; log: Log }> => {
    const config = readConfig(variables, { terminal, ...(mode && { mode }) })
    return { config, log: await createLog({ level: config.logLevel, format: config.logFormat }) }
  }

  const program = new Command('musakone')
    .description('The front door of a shared Mopidy box.')
    .version(
      `musakone ${version} (${[commit, date].filter(Boolean).join(', ')})`,
      '-v, --version',
      'print the version',
    )
    .helpOption('-h, --help', 'print this help')
    .option('--health', 'the same as the command health')
    .addHelpText('after', FOOTER)
    .configureOutput({ writeOut: (text) => print(text.replace(/\n$/, '')) })
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
      // Made-up music needs no secret of one's own.
      const { config, log } = await configured('development')
      const path = variables.DATABASE_PATH || ':memory:'
      await process.untilStopped(() => demo(config, path, log), log)
    })
  program
    .command('health')
    .description('ask the running service how it is: exit code 0 or 1, within 2.5 seconds')
    .action(async () => {
      const { healthy, message } = await probe(serviceVariables(variables))
      print(message)
      exitCode = healthy ? 0 : 1
    })
  program
    .command('config')
    .description('print the configuration in force, secrets masked')
    .action(() => print(describeConfig(readConfig(serviceVariables(variables), { terminal }))))

  const user = program
    .command('user')
    .description('list, add and change users, also while the service runs')
  // A command's modules load only when it is named, and for `man` and `completion`, which list all.
  const describesAll = args[0] === 'man' || args[0] === 'completion'
  const loads = (name: string) => describesAll || args.includes(name)
  // The manual must not depend on the machine; a command takes its defaults from the machine's service.
  const given = { ...process, variables: describesAll ? {} : serviceVariables(variables) }
  if (loads('user')) (await import('./user')).addUserCommands(user, given)
  const invite = program
    .command('invite')
    .description('make links and QR codes by which people make accounts, and end them')
  if (loads('invite')) (await import('./invite')).addInviteCommands(invite, given)
  const backup = program
    .command('backup')
    .description('copy the database, also while the service runs')
  if (loads('backup')) (await import('./backup')).describeBackup(backup, given)
  const restore = program
    .command('restore')
    .description('put a backup in the place of the database; the service must be stopped')
  if (loads('restore')) (await import('./restore')).describeRestore(restore, given)
  const doctor = program
    .command('doctor')
    .description('look for what is wrong, and for what gets past the front door')
  if (loads('doctor'))
    (await import('./doctor/doctor')).describeDoctor(doctor, process, (code) => {
      exitCode = code
    })
  program
    .command('man')
    .description('print the manual page, for man -l -')
    .action(async () => {
      const [{ manPage }, { treeOf }] = await Promise.all([
        import('./man'),
        import('./terminal/command-tree'),
      ])
      print(manPage(treeOf(program)).trimEnd())
    })
  program
    .command('completion')
    .description('print a script by which a shell completes this command line')
    .addArgument(new Argument('<shell>', 'whose').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const [{ completionScript }, { treeOf }] = await Promise.all([
        import('./completion'),
        import('./terminal/command-tree'),
      ])
      print(completionScript(shell, treeOf(program)).trimEnd())
    })

  try {
    await program.parseAsync(args.length === 0 ? ['serve'] : args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has already printed the error or the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    throw error
  }
}
