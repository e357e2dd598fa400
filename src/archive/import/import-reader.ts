import { AppError } from '../../errors'
import { parseJson } from '../../json'
import { columnsIn, fromCsv } from '../csv'
import { whyTooComplex } from '../json-shape'
import { fromListens, isListenBrainz } from '../listenbrainz'
import { createCsvRows } from './csv-rows'

/**
 * What a line of the file holds, not yet checked to be a record; undefined when it is not even JSON.
 * `problem` says why the line was not read.
 */
export type Candidate = Readonly<{ line: number; value: unknown; problem?: string }>

/** In characters; a line of ListenBrainz may hold a thousand listens. */
const LONGEST_LINE = 2 * 1024 * 1024
/** Of one record; it holds a few texts of 4 KiB, those of older exports more. */
const LONGEST_ROW = 256 * 1024

/** In bytes. */
const SLICE = 64 * 1024

/**
 * Reads the file of an export: JSON lines (of Musakone or ListenBrainz) or CSV. Never more than a line of it
 * is in memory.
 * @throws {AppError} `invalid_request` when it is not CSV, `too_large` when a line is too long.
 */
export function readCandidates(
  body: AsyncIterable<Uint8Array>,
  format: 'csv' | 'jsonl',
): AsyncGenerator<Candidate> {
  return format === 'csv' ? readCsv(body) : readJsonLines(body)
}

async function* readJsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Candidate> {
  let line = 0
  for await (const text of linesOf(body)) {
    line += 1
    if (text.trim() === '') continue
    const problem = whyTooComplex(text)
    const value = problem === undefined ? parseJson(text) : undefined
    if (problem !== undefined) yield { line, value, problem }
    else if (!isListenBrainz(value))
      yield text.length > LONGEST_ROW
        ? { line, value: undefined, problem: 'is too long' }
        : { line, value }
    else for (const listen of fromListens(value)) yield { line, value: listen }
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  // The parts of the line that has not ended. To join them each time would cost the square of their number.
  let parts: string[] = []
  let length = 0
  for await (const bytes of body) {
    const [first = '', ...others] = decoder.decode(bytes, { stream: true }).split('\n')
    parts.push(first)
    length += first.length
    if (length > LONGEST_LINE) throw tooLong()
    const rest = others.pop()
    if (rest === undefined) continue
    yield parts.join('')
    yield* others
    parts = [rest]
    length = rest.length
  }
  const last = parts.join('') + decoder.decode()
  if (last !== '') yield last
}

async function* readCsv(body: AsyncIterable<Uint8Array>): AsyncGenerator<Candidate> {
  const decoder = new TextDecoder()
  const rows = createCsvRows()
  let columns: readonly (string | false)[] | undefined
  let line = 0

  function* candidates(read: Iterable<string[]>): Generator<Candidate> {
    for (const row of read) {
      line += 1
      if (columns === undefined) columns = columnsIn(row)
      else yield { line, value: fromCsv(named(columns, row)) }
    }
  }
  for await (const bytes of slicesOf(body))
    yield* candidates(rows.push(decoder.decode(bytes, { stream: true })))
  yield* candidates(rows.push(decoder.decode()))
  yield* candidates(rows.end())
}

function named(columns: readonly (string | false)[], row: readonly string[]) {
  const known: Record<string, string> = {}
  columns.forEach((name, index) => {
    const text = row[index]
    if (name !== false && text !== undefined) known[name] = text
  })
  return known
}

/** Small parts of the body, with others' turns between them: each column costs some time. */
async function* slicesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of body)
    for (let start = 0; start < bytes.length; start += SLICE) {
      yield bytes.subarray(start, start + SLICE)
      await new Promise((resolve) => setImmediate(resolve))
    }
}

const tooLong = () => new AppError('too_large', 'A line of the file is too long.')
