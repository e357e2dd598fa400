import { probe } from './cli/health'
import { serviceVariables } from './cli/service/environment'
import type { Running } from './cli/service/running'
import type { Log } from './log'

/** Exit code after an unexpected error (EX_SOFTWARE), after which systemd restarts the service. */
const CRASHED = 70

main()

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  try {
    process.exitCode = await run(args)
  } catch (error) {
    const { StartError } = await import('./errors')
    if (!(error instanceof StartError)) throw error
    for (const line of error.message.split('\n')) printError(`musakone: ${line}`)
    // Setting the exit code is not enough: an open socket or timer would keep the process alive.
    process.exit(error.exitCode)
  }
}

async function run(args: string[]): Promise<number> {
  // The probe runs every few seconds, so it loads none of the other modules.
  if (args.length === 1 && args[0] === '--health') {
    const { healthy, message } = await probe(serviceVariables(process.env))
    print(message)
    return healthy ? 0 : 1
  }
  const { runCommandLine } = await import('./cli/command-line')
  return runCommandLine(args, {
    variables: process.env,
    terminal: process.stdout.isTTY === true,
    print,
    write: (text) => void process.stderr.write(text),
    input: () => process.stdin,
    inputText: () => Bun.stdin.text(),
    untilStopped,
  })
}

/** Starts the service, and stops it in order on a signal, also on one that arrives during the start. */
async function untilStopped(start: () => Promise<Running>, log: Log): Promise<void> {
  const starting = Promise.withResolvers<Running | undefined>()
  const manager = await serviceManager(log)
  let stopping = false
  const stop = async () => {
    stopping = true
    manager?.stopping()
    const running = await starting.promise
    await running?.stop()
  }
  const stopOn = async (signal: string) => {
    if (stopping) return
    log.info({ signal }, 'stopping')
    await stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void stopOn(signal))
  // An unexpected error leaves an unknown state: log it, write the actions and plays that wait, and let
  // the service manager restart the process.
  const fail = async (error: unknown) => {
    log.fatal({ err: error }, 'unexpected error')
    if (stopping) return
    try {
      await stop()
    } finally {
      process.exit(CRASHED)
    }
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  try {
    const running = await start()
    // After a signal during the start, systemd must not hear that the service is ready.
    if (!stopping) manager?.ready(running.condition)
    starting.resolve(running)
  } catch (error) {
    starting.resolve(undefined)
    throw error
  }
}

/** The reports to systemd; undefined when systemd has not started this process. */
async function serviceManager(log: Log) {
  if (!process.env.NOTIFY_SOCKET) return undefined
  const { createServiceManager } = await import('./cli/service/manager')
  return createServiceManager({ variables: process.env, pid: process.pid, log })
}

function print(line: string): void {
  // A reader such as `head` may close the pipe early, which is no error.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', failUnlessUnread)
  process.stdout.write(`${line}\n`)
}

function failUnlessUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`)
}
