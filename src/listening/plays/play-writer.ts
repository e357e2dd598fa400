import { reasonOf } from '../../errors'
import type { Log } from '../../log'
import type { PlayRow, PlayRows } from './play-rows'

/** While the disk refuses writes, so many plays wait in memory; beyond that the oldest are dropped. */
const MOST_WAITING = 10_000
const COMPLAINT_EVERY_MS = 60_000

export type PlayWriter = ReturnType<typeof createPlayWriter>

/** Writes the rows of plays at once; a row that the disk refuses is kept and written later. */
export function createPlayWriter({ rows, log }: { rows: PlayRows; log: Log }) {
  const waiting = new Set<PlayRow>()
  let dropped = 0
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

  function flush(): void {
    tried(() => {
      for (const row of waiting) {
        rows.write(row)
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
      tried(() => rows.loseAllBut(row))
      return row
    },
  }
}
