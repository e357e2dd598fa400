import { destination, type Logger, pino } from 'pino'
import { build as prettyStream } from 'pino-pretty'

export type Log = Logger
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
export type LogFormat = 'pretty' | 'json'

// Credentials never enter a message; this is the second line of defence, for whole objects.
const SECRET_KEYS = ['password', 'token', 'secret', 'authorization', 'cookie', 'password_hash']
const redact = {
  paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
  censor: '[redacted]',
}

/** A structured log on standard output, one line an event; secrets are replaced by `[redacted]`. */
export function createLog({ level, format }: { level: LogLevel; format: LogFormat }): Log {
  const options = { level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  // Synchronous writes: a line is out before the process can die, and pino's worker threads, which
  // a single executable cannot load, are never started.
  if (format === 'json') return pino(options, destination({ fd: 1, sync: true }))
  return pino(
    options,
    prettyStream({
      destination: destination({ fd: 1, sync: true }),
      translateTime: 'SYS:HH:MM:ss',
    }),
  )
}
