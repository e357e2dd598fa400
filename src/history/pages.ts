/** A place between two rows that are ordered by a time and, within it, by their id. */
export type Cursor = Readonly<{ time: number; id: number }>

/** A cursor after all rows. */
const END: Cursor = { time: Number.MAX_SAFE_INTEGER, id: 0 }

/** Rows that are read for one page when a filter may let few of them through. */
const MOST_LOOKED_AT = 5_000
/** Characters of the texts of such rows: a few have long ones. */
const MOST_TEXT = 2 * 1024 * 1024

/** The number of rows to read for a page: one more than it looks at, which shows that there is more. */
export function rowsToRead(limit: number, isFiltered: boolean): number {
  return (isFiltered ? MOST_LOOKED_AT : limit) + 1
}

type Page<Row> = { rows: Row[]; next_cursor: string | null }

/** Reads a cursor from `time-id`; the end of the list when none is given. */
export function readCursor(text: string | undefined): Cursor {
  if (text === undefined) return END
  const [time = 0, id = 0] = text.split('-').map(Number)
  return { time, id }
}

/**
 * The first `limit` of the rows that pass the filter. A page looks at no more rows than `rowsToRead` says, nor
 * at much more text than `MOST_TEXT`, which bounds its time: it may be short, even empty, while its cursor
 * says that there is more.
 */
export function pageOf<Row extends object>(
  rows: Iterable<Row>,
  options: { limit: number; cursorOf: (row: Row) => Cursor; passes: (row: Row) => boolean },
): Page<Row> {
  const { limit, cursorOf, passes } = options
  const page: Row[] = []
  let looked = 0
  let text = 0
  let before: Row | undefined
  for (const row of rows) {
    // This row is one more than the page takes: the next page goes on after the row before it.
    const isFull = page.length === limit || looked === MOST_LOOKED_AT || text >= MOST_TEXT
    if (before !== undefined && isFull) {
      const { time, id } = cursorOf(before)
      return { rows: page, next_cursor: `${time}-${id}` }
    }
    if (passes(row)) page.push(row)
    looked += 1
    text += lengthOf(row)
    before = row
  }
  return { rows: page, next_cursor: null }
}

function lengthOf(row: object): number {
  let length = 0
  for (const value of Object.values(row)) if (typeof value === 'string') length += value.length
  return length
}

/** A filter: whether one of the texts contains `words`, in upper or lower case. */
export function textFilter(words: string | undefined): (...texts: (string | null)[]) => boolean {
  if (words === undefined) return () => true
  const wanted = words.toLowerCase()
  return (...texts) => texts.some((text) => text?.toLowerCase().includes(wanted) === true)
}
