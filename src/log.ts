import { destination, type Logger, pino } from 'pino'

export type Log = Logger
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
export type LogFormat = 'pretty' | 'json'

export type LogOptions = { level: LogLevel; format: LogFormat }

// Credentials never enter a message; this is the second line of defence, for whole objects.
const SECRET_KEYS = ['password', 'token', 'secret', 'authorization', 'cookie', 'password_hash']
const redact = {
  paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
  censor: '[redacted]',
}

/** A structured log on standard output, one line an event; secrets are replaced by `[redacted]`. */
export async function createLog({ level, format }: LogOptions): Promise<Log> {
  const options = { level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  // Synchronous writes: a line is out before the process can die, and pino's worker threads, which
  // a single executable cannot load, are never started.
  const output = destination({ fd: 1, sync: true })
  if (format === 'json') return pino(options, output)
  // Only people at a terminal need it, and it takes a while to load.
  const { build } = await import('pino-pretty')
  return pino(options, build({ destination: output, translateTime: 'SYS:HH:MM:ss' }))
}
