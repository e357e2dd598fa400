import { AppError } from '../errors'
import { isRecord, parseJson } from '../json'
import { whyTooComplex } from './json-shape'
import { ActionRecord, columns, type FieldKind, PlayRecord } from './record'

type Column = keyof typeof columns

const NAMES = Object.keys(columns) as Column[]
const NAMES_OF_ACTIONS = Object.keys(ActionRecord.properties) as Column[]
const NAMES_OF_PLAYS = Object.keys(PlayRecord.properties) as Column[]

/** The line of CSV that names the columns: those of both kinds of records. */
export const csvHead = csvLine(NAMES)

/** A record as a line of CSV; the columns of the other kind of record stay empty. */
export function toCsv(record: Readonly<Record<string, unknown>>): string {
  return csvLine(NAMES.map((name) => record[name]))
}

/** A file has a column for each name; other programs may add some of their own. */
const MOST_COLUMNS = 100

/**
 * The known columns in the first line of a file of CSV, and `false` in the place of each other one.
 * @throws {AppError} `invalid_request` when there are very many.
 */
export function columnsIn(head: readonly string[]): (string | false)[] {
  if (head.length > MOST_COLUMNS)
    throw new AppError('invalid_request', `A file may have at most ${MOST_COLUMNS} columns.`)
  return head.map((name) => Object.hasOwn(columns, name) && name)
}

/** The record that a row of CSV, by the names of its columns, may be; nothing of it is checked. */
export function fromCsv(row: Readonly<Record<string, string>>): unknown {
  const names = row.record === 'action' ? NAMES_OF_ACTIONS : NAMES_OF_PLAYS
  return Object.fromEntries(names.map((name) => [name, valueIn(columns[name].field, row[name])]))
}

/** By RFC 4180. */
function csvLine(values: readonly unknown[]): string {
  return `${values.map(field).join(',')}\r\n`
}

function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = isRecord(value) ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}

function valueIn(kind: FieldKind, text = ''): unknown {
  if (kind === 'flag') return text === 'true'
  if (text === '') return null
  if (kind === 'number') return Number(text)
  if (kind === 'text') return text
  return whyTooComplex(text) === undefined ? parseJson(text) : undefined
}
