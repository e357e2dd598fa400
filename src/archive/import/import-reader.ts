import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { AppError } from '../../errors'
import { isRecord, parseJson } from '../../json'
import { columnsIn, fromCsv } from '../csv'
import { whyTooComplex } from '../json-shape'
import { fromListens, isListenBrainz } from '../listenbrainz'

/**
 * What a line of the file holds, not yet checked to be a record; undefined when it is not even JSON.
 * `problem` says why the line was not read.
 */
export type Candidate = Readonly<{ line: number; value: unknown; problem?: string }>

/** In characters; a line of ListenBrainz may hold a thousand listens. */
const LONGEST_LINE = 2 * 1024 * 1024
/** Of one record; it holds a few texts of 4 KiB, those of older exports more. */
const LONGEST_ROW = 256 * 1024

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
  const parser = parse({
    // A function that throws ends the reading with what it throws.
    columns: columnsIn,
    bom: true,
    relax_column_count: true,
    max_record_size: LONGEST_ROW,
  })
  // An error on either side reaches the loop below, and ends both.
  const rows = pipeline(Readable.from(body), parser, () => {})
  let line = 1
  try {
    for await (const row of rows) {
      line += 1
      yield { line, value: isRecord(row) ? fromCsv(row as Record<string, string>) : undefined }
    }
  } catch (error) {
    if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE') throw tooLong()
    if (error instanceof CsvError)
      throw new AppError('invalid_request', `This is not CSV: line ${line + 1} cannot be read.`)
    throw error
  }
}

const tooLong = () => new AppError('too_large', 'A line of the file is too long.')
