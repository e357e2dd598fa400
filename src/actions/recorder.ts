import type { Database } from '../database/database'
import { reasonOf } from '../errors'
import type { Log } from '../log'
import type { Action } from './classify'

/** A row of `user_actions`; it may be amended after it was recorded. */
export type Entry = {
  userId: number
  action: Action
  /** Unix seconds. */
  timestamp: number
  /** Known once it is in the database. */
  id?: number
}

export type Recorder = ReturnType<typeof createRecorder>

/** Rows wait at most this long for others to share a transaction with. */
const FLUSH_MS = 250
// While it writes nothing else runs, and a row that is counted in many lists takes up to half a
// millisecond on a slow disk.
const MOST_MS_A_TRANSACTION = 5
/** While the disk refuses, this many rows are kept in memory; older ones are dropped and counted. */
const MOST_WAITING = 20_000
const COMPLAINT_EVERY_MS = 60_000

/** Writes actions down in groups, so that recording never holds a relay up. */
export function createRecorder({ database, log }: { database: Database; log: Log }) {
  const waiting = new Set<Entry>()
  let timer: Timer | undefined
  let dropped = 0
  let complainedAt = Number.NEGATIVE_INFINITY

  // The user may have been deleted while the row waited: the row stays, without the name.
  const insert = database.sqlite.query<unknown, Record<string, string | number | null>>(
    `INSERT INTO user_actions
       (user_id, action_type, track_uri, track_name, artist, position_ms, metadata, timestamp)
     VALUES ((SELECT id FROM users WHERE id = $userId),
             $type, $uri, $name, $artist, $positionMs, $metadata, $timestamp)`,
  )
  const update = database.sqlite.query<unknown, { id: number; metadata: string | null }>(
    'UPDATE user_actions SET metadata = $metadata WHERE id = $id',
  )

  function write(entry: Entry): void {
    const { action, userId, timestamp } = entry
    const metadata = action.metadata === null ? null : JSON.stringify(action.metadata)
    if (entry.id !== undefined) {
      update.run({ id: entry.id, metadata })
      return
    }
    const { lastInsertRowid } = insert.run({
      userId,
      type: action.type,
      uri: action.track?.uri ?? null,
      name: action.track?.name ?? null,
      artist: action.track?.artist ?? null,
      positionMs: action.positionMs,
      metadata,
      timestamp,
    })
    entry.id = Number(lastInsertRowid)
  }

  /** Writes one group; whether there may be more to write now. */
  function flushGroup(): boolean {
    if (waiting.size === 0) return false
    const written: Entry[] = []
    const isNew: Entry[] = []
    try {
      database.together(() => {
        const end = performance.now() + MOST_MS_A_TRANSACTION
        for (const entry of waiting) {
          if (entry.id === undefined) isNew.push(entry)
          write(entry)
          written.push(entry)
          if (performance.now() >= end) break
        }
      })
    } catch (error) {
      for (const entry of isNew) delete entry.id
      complain(error)
      return false
    }
    for (const entry of written) waiting.delete(entry)
    return waiting.size > 0
  }

  function flushSoon(delayMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined
      if (flushGroup()) flushSoon(0)
      else if (waiting.size > 0) flushSoon(FLUSH_MS)
    }, delayMs)
  }

  function complain(error: unknown): void {
    if (performance.now() - complainedAt < COMPLAINT_EVERY_MS) return
    complainedAt = performance.now()
    log.error({ reason: reasonOf(error), waiting: waiting.size, dropped }, 'cannot record actions')
  }

  return {
    /** Queues an entry, new or amended. */
    record(entry: Entry): void {
      if (waiting.size >= MOST_WAITING) {
        const [oldest] = waiting
        if (oldest !== undefined) waiting.delete(oldest)
        dropped += 1
      }
      waiting.add(entry)
      flushSoon(FLUSH_MS)
    },

    /** Writes what waits, in groups, all at once. */
    flush(): void {
      while (flushGroup());
    },

    /** Writes what waits now, in groups between which others have their turn. */
    async flushed(): Promise<void> {
      const asked = [...waiting]
      while (asked.some((entry) => waiting.has(entry)) && flushGroup())
        await new Promise((resolve) => setImmediate(resolve))
    },

    /** Rows that are not in the database yet. */
    waiting: (): number => waiting.size,

    /** Rows that a full disk has cost since the start. */
    dropped: (): number => dropped,

    close(): void {
      this.flush()
      clearTimeout(timer)
      timer = undefined
    },
  }
}
