import { destination, type Logger, levels, pino, symbols } from 'pino'

export type Log = Logger
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
type LogFormat = 'pretty' | 'json' | 'journal'

type LogOptions = { level: LogLevel; format: LogFormat }

// No message contains a credential; this catches one in an object that is logged as a whole.
const SECRET_KEYS = ['password', 'token', 'secret', 'authorization', 'cookie', 'password_hash']
const redact = {
  paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
  censor: '[redacted]',
}

/** A structured log on standard output, one line for each event; `[redacted]` replaces secrets. */
export async function createLog({ level, format }: LogOptions): Promise<Log> {
  const options = { level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  // Synchronous writes: a line is written before the process can die, and pino starts no worker threads,
  // which a single executable cannot load.
  const output = destination({ fd: 1, sync: true })
  if (format === 'json') return pino(options, output)
  if (format === 'journal')
    return pino(
      options,
      withPriorities((line) => output.write(line)),
    )
  // Loads slowly, and only people at a terminal need it.
  const { build } = await import('pino-pretty')
  return pino(options, build({ destination: output, translateTime: 'SYS:HH:MM:ss' }))
}

/** Puts the priority before each line as the journal reads it, see sd-daemon(3). */
function withPriorities(write: (line: string) => void) {
  return {
    [symbols.needsMetadataGsym]: true,
    // Pino sets this before it writes a line.
    lastLevel: levels.values.info ?? 30,
    write(line: string): void {
      write(`<${priorityOf(this.lastLevel)}>${line}`)
    },
  }
}

function priorityOf(level: number): number {
  const { fatal = 60, error = 50, warn = 40, info = 30 } = levels.values
  if (level >= fatal) return Priority.critical
  if (level >= error) return Priority.error
  if (level >= warn) return Priority.warning
  return level >= info ? Priority.information : Priority.debug
}

/** The numbers of syslog(3). */
const Priority = { critical: 2, error: 3, warning: 4, information: 6, debug: 7 } as const
