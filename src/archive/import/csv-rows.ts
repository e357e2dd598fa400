import { AppError } from '../../errors'

/** In characters; a record holds a few texts of 4 KiB, those of older exports more. */
const LONGEST_ROW = 256 * 1024
/** Fields that are kept of a row. */
const MOST_FIELDS = 101

const COMMA = 44
const NEWLINE = 10
const QUOTE = 34
const PLAIN = /[^,"\n]+/y

/**
 * Takes CSV (RFC 4180) in pieces and gives its rows, in time that grows with the length of the text alone:
 * of a very wide row only the first fields are kept.
 * @throws {AppError} `invalid_request` when a quote stands where none may, `too_large` for a long row.
 */
export function createCsvRows() {
  let row: string[] = []
  let field = ''
  let rowLength = 0
  let rows = 0
  /** Where in a field the text is; `closing` is after a quote that ends the field or is half of two. */
  let place: 'begin' | 'plain' | 'quoted' | 'closing' = 'begin'

  function add(text: string): void {
    rowLength += text.length
    if (rowLength > LONGEST_ROW) throw new AppError('too_large', 'A line of the file is too long.')
    field += text
  }

  function endField(): void {
    if (row.length < MOST_FIELDS) row.push(field)
    field = ''
    rowLength += 1
    place = 'begin'
  }

  function endRow(): string[] {
    if (place === 'plain' && field.endsWith('\r')) field = field.slice(0, -1)
    endField()
    const ended = row
    row = []
    rowLength = 0
    rows += 1
    return ended
  }

  /** The length of the text from `at` on that stands within quotes. */
  function quotedLength(text: string, at: number): number {
    const end = text.indexOf('"', at)
    return (end === -1 ? text.length : end) - at
  }

  function plainLength(text: string, at: number): number {
    PLAIN.lastIndex = at
    return PLAIN.exec(text)?.[0].length ?? 0
  }

  const notCsv = () =>
    new AppError('invalid_request', `This is not CSV: line ${rows + 1} cannot be read.`)

  return {
    /** The rows that end in this piece. */
    *push(text: string): Generator<string[]> {
      for (let at = 0; at < text.length; ) {
        const sign = text.charCodeAt(at)
        if (place === 'quoted') {
          const length = quotedLength(text, at)
          add(text.slice(at, at + length))
          at += length
          if (at === text.length) return
          place = 'closing'
          at += 1
        } else if (sign === QUOTE) {
          if (place === 'plain') throw notCsv()
          if (place === 'closing') add('"')
          place = 'quoted'
          at += 1
        } else if (sign === COMMA) {
          endField()
          at += 1
        } else if (sign === NEWLINE) {
          yield endRow()
          at += 1
        } else {
          const length = plainLength(text, at)
          const plain = text.slice(at, at + length)
          if (place === 'closing' && plain !== '\r') throw notCsv()
          if (place === 'begin') place = 'plain'
          if (place === 'plain') add(plain)
          at += length
        }
      }
    },

    /** The last row, when the text does not end with a line's end. */
    *end(): Generator<string[]> {
      if (place === 'quoted') throw notCsv()
      if (row.length > 0 || field !== '' || place !== 'begin') yield endRow()
    },
  }
}
