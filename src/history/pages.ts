/** A place between two rows that are ordered by a time and, within it, by their id. */
export type Cursor = Readonly<{ time: number; id: number }>

/** A cursor behind everything. */
const END: Cursor = { time: Number.MAX_SAFE_INTEGER, id: 0 }

/** Rows that are looked at for one page where a filter may let few of them through. */
const MOST_LOOKED_AT = 5_000

/** How many rows a page has to read: one more than it shows tells whether there is another page. */
export function rowsToRead(limit: number, isFiltered: boolean): number {
  return (isFiltered ? MOST_LOOKED_AT : limit) + 1
}

export type Page<Row> = { rows: Row[]; next_cursor: string | null }

/** Reads `time-id`; the end of the list where none is given. */
export function readCursor(text: string | undefined): Cursor {
  if (text === undefined) return END
  const [time = 0, id = 0] = text.split('-').map(Number)
  return { time, id }
}

/**
 * The first `limit` of the rows that pass, of as many as `rowsToRead` says. So as not to hold anybody up
 * no more are looked at: a page may be short, even empty, while its cursor says that there is more.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  options: { limit: number; cursorOf: (row: Row) => Cursor; passes: (row: Row) => boolean },
): Page<Row> {
  const { limit, cursorOf, passes } = options
  const page: Row[] = []
  let looked = 0
  let before: Row | undefined
  for (const row of rows) {
    // Seen one further, there is another page; it goes on behind the one before.
    if (before !== undefined && (page.length === limit || looked === MOST_LOOKED_AT)) {
      const { time, id } = cursorOf(before)
      return { rows: page, next_cursor: `${time}-${id}` }
    }
    if (passes(row)) page.push(row)
    looked += 1
    before = row
  }
  return { rows: page, next_cursor: null }
}

/** Whether one of the texts holds the words asked for; upper and lower case are the same. */
export function textFilter(words: string | undefined): (...texts: (string | null)[]) => boolean {
  if (words === undefined) return () => true
  const wanted = words.toLowerCase()
  return (...texts) => texts.some((text) => text?.toLowerCase().includes(wanted) === true)
}
