import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { AppError } from '../errors'
import { isRecord, parseJson } from '../json'
import { fromCsv } from './csv'
import { fromListens, isListenBrainz } from './listenbrainz'

/** What a line of the file holds, not yet checked to be a record; undefined when it is not even JSON. */
export type Candidate = Readonly<{ line: number; value: unknown }>

/** In characters; a line of ListenBrainz may hold a thousand listens. */
const LONGEST_LINE = 4 * 1024 * 1024

/**
 * Reads the file of an export: JSON lines (of Musakone or ListenBrainz) or CSV. Never more than a line of it
 * is in memory.
 * @throws {AppError} `invalid_request` when it is not CSV, `too_large` when a line is too long.
 */
export function readCandidates(
  body: ReadableStream<Uint8Array>,
  format: 'csv' | 'jsonl',
): AsyncGenerator<Candidate> {
  return format === 'csv' ? readCsv(body) : readJsonLines(body)
}

async function* readJsonLines(body: ReadableStream<Uint8Array>): AsyncGenerator<Candidate> {
  let line = 0
  for await (const text of linesOf(body)) {
    line += 1
    if (text.trim() === '') continue
    const value = parseJson(text)
    if (!isListenBrainz(value)) yield { line, value }
    else for (const listen of fromListens(value)) yield { line, value: listen }
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/)
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw tooLong()
    yield* lines
  }
  if (rest !== '') yield rest
}

async function* readCsv(body: ReadableStream<Uint8Array>): AsyncGenerator<Candidate> {
  const rows = Readable.fromWeb(body as never).pipe(
    parse({ columns: true, bom: true, relax_column_count: true, max_record_size: LONGEST_LINE }),
  )
  let line = 1
  try {
    for await (const row of rows) {
      line += 1
      yield { line, value: isRecord(row) ? fromCsv(row as Record<string, string>) : undefined }
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new AppError('invalid_request', `This is not CSV: line ${line + 1} cannot be read.`)
    throw error
  }
}

const tooLong = () => new AppError('too_large', 'A line of the file is too long.')
