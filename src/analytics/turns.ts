/** So many rows are read, or a few milliseconds of work done, before others have their turn. */
const ROWS_AT_ONCE = 5_000

/** Lets others have their turn now and then while many rows are read. */
export function createTurns(): (rows: number) => Promise<void> | undefined {
  let since = 0
  return (rows) => {
    since += rows
    if (since < ROWS_AT_ONCE) return undefined
    since = 0
    return new Promise((resolve) => setImmediate(resolve))
  }
}
