import { isDiskTrouble } from '../../database/disk-trouble'
import { reasonOf } from '../../errors'
import type { Log } from '../../log'
import type { PlayRow, PlayRows } from './play-rows'

/** While the disk refuses writes, so many plays wait in memory; beyond that the oldest are dropped. */
const MOST_WAITING = 10_000
const COMPLAINT_EVERY_MS = 60_000

export type PlayWriter = ReturnType<typeof createPlayWriter>

/**
 * Writes the rows of plays at once; a row that the disk refuses is kept and written later. A row whose totals
 * cannot be written, as when a sum overflows, is written without them.
 */
export function createPlayWriter({ rows, log }: { rows: PlayRows; log: Log }) {
  const waiting = new Set<PlayRow>()
  let dropped = 0
  let uncounted = 0
  let complainedAt = Number.NEGATIVE_INFINITY

  function tried<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (performance.now() - complainedAt < COMPLAINT_EVERY_MS) return undefined
      complainedAt = performance.now()
      const details = { reason: reasonOf(error), waiting: waiting.size, dropped }
      log.error(details, 'cannot record plays')
      return undefined
    }
  }

  /** Does `counting`, or when a total cannot be written `plainly`. @throws what the disk refuses with. */
  function withOrWithoutTotals(counting: () => void, plainly: () => void): void {
    try {
      counting()
    } catch (error) {
      if (isDiskTrouble(error)) throw error
      plainly()
      uncounted += 1
      log.error({ reason: reasonOf(error) }, 'a play is recorded, but its totals cannot be written')
    }
  }

  function write(row: PlayRow): void {
    withOrWithoutTotals(
      () => rows.write(row),
      () => {
        row.uncounted = true
        rows.write(row)
      },
    )
  }

  function flush(): void {
    tried(() => {
      for (const row of waiting) {
        try {
          write(row)
        } catch (error) {
          // A row that no disk would take must not hold up all that come after it.
          if (isDiskTrouble(error)) throw error
          dropped += 1
          log.error({ reason: reasonOf(error), dropped }, 'a play cannot be recorded')
        }
        waiting.delete(row)
      }
    })
  }

  return {
    /** Writes the row; if that fails, it is written later as it is by then. */
    write(row: PlayRow): void {
      const [oldest] = waiting
      if (oldest !== undefined && waiting.size >= MOST_WAITING && !waiting.has(row)) {
        waiting.delete(oldest)
        dropped += 1
      }
      waiting.add(row)
      flush()
    },

    /** Tries again to write the rows that wait. */
    flush,

    /** The play that the process before left open, if any; every other open one is ended as lost. */
    takeUp(): PlayRow | undefined {
      const row = tried(rows.leftOpen)
      tried(() =>
        withOrWithoutTotals(
          () => rows.loseAllBut(row),
          () => rows.loseAllBut(row, { uncounted: true }),
        ),
      )
      return row
    },

    /** Plays since the start that no statistics count, because a total could not be written. */
    uncounted: (): number => uncounted,
  }
}
