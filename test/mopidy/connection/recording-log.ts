import { pino } from 'pino'
import type { Log } from '../../../src/log'

export type LogLine = { level: number; msg: string }

/** A log of every level that keeps its lines. */
export function recordingLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = []
  const write = (line: string) => void lines.push(JSON.parse(line) as LogLine)
  return { log: pino({ level: 'trace', base: null }, { write }), lines }
}
