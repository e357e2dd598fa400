import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { every, guarded } from '../../guard'
import type { Log } from '../../log'
import type { Identity } from './sessions'

/**
 * Between two writes. A socket is always in use: if each use were written, one socket would write a megabyte
 * an hour, and memory cards wear out.
 */
const WRITE_EVERY_MS = 15 * 60_000

export type LastUse = ReturnType<typeof createLastUse>

type LastUseOptions = { database: Database; clock: Clock; log: Log }

/** Keeps `last_seen` right for sessions that are used without a request, such as by a socket. */
export function createLastUse({ database, clock, log }: LastUseOptions) {
  const noted = new Map<number, number>()
  const writing = { what: 'write down when sessions were last used', log }
  const stopWriting = every(WRITE_EVERY_MS, writing, write)

  const update = database.sqlite.query<unknown, { id: number; seen: number }>(
    'UPDATE sessions SET last_seen = $seen WHERE id = $id AND last_seen < $seen',
  )

  function write(): void {
    if (noted.size === 0) return
    database.together(() => {
      for (const [id, seen] of noted) update.run({ id, seen })
    })
    noted.clear()
  }

  // When the disk is full or busy, what was noted stays, and the next round writes it.
  const writeIfPossible = (): void => void guarded(writing, write)

  return {
    /** Notes that the session is used now; as cheap as a look at the clock. */
    note: ({ sessionId }: Identity): void => void noted.set(sessionId, secondsOf(clock)),

    /** Writes what was noted, so that a list shows it; what a full disk refuses is kept for the next time. */
    write: writeIfPossible,

    close(): void {
      stopWriting()
      writeIfPossible()
    },
  }
}
