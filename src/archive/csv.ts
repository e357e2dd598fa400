import { isRecord } from '../json'
import type { ActionRecord, PlayRecord } from './record'

type Column = keyof ActionRecord | keyof PlayRecord

/** Of both kinds of records; those of the other kind stay empty. */
export const columns: readonly Column[] = [
  'record',
  'timestamp',
  'started_at_ms',
  'action_type',
  'track_uri',
  'track_name',
  'artist',
  'album',
  'length_ms',
  'position_ms',
  'listened_ms',
  'end_reason',
  'queued_by_me',
  'started_by_me',
  'ended_by_me',
  'metadata',
]

const OF_ACTIONS: ReadonlySet<string> = new Set<keyof ActionRecord>([
  'record',
  'timestamp',
  'action_type',
  'track_uri',
  'track_name',
  'artist',
  'position_ms',
  'metadata',
])
const NUMBERS: ReadonlySet<string> = new Set<Column>([
  'timestamp',
  'started_at_ms',
  'length_ms',
  'position_ms',
  'listened_ms',
])
const FLAGS: ReadonlySet<string> = new Set<Column>(['queued_by_me', 'started_by_me', 'ended_by_me'])

/** A line of CSV (RFC 4180). */
export function csvRow(values: readonly unknown[]): string {
  return `${values.map(field).join(',')}\r\n`
}

function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = isRecord(value) ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}

/** The record that a row of CSV, read by the names of its columns, may be; whether it is will be checked. */
export function fromCsv(row: Readonly<Record<string, string>>): unknown {
  const names = row.record === 'action' ? columns.filter((name) => OF_ACTIONS.has(name)) : columns
  const wanted = row.record === 'action' ? names : names.filter((name) => !ONLY_ACTIONS.has(name))
  return Object.fromEntries(wanted.map((name) => [name, valueIn(name, row[name] ?? '')]))
}

const ONLY_ACTIONS: ReadonlySet<string> = new Set([
  'timestamp',
  'action_type',
  'position_ms',
  'metadata',
])

function valueIn(name: string, text: string): unknown {
  if (FLAGS.has(name)) return text === 'true'
  if (text === '') return null
  if (NUMBERS.has(name)) return Number(text)
  return name === 'metadata' ? jsonOf(text) : text
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
