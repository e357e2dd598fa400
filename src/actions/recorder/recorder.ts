import type { Database } from '../../database/database'
import { reasonOf } from '../../errors'
import type { Log } from '../../log'
import type { Action } from '../classify'
import { type ActionRow, createRowWriter } from './action-rows'
import { createWriterThread, type WriterThread } from './writer-thread'

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
/** What is written at once at most, if the time allows. */
const ROWS_A_GROUP = 64
/** More than the time allowed before, to see whether it allows more by now. */
const MORE_ROWS = 4
/** More than these wait only where many do something at once, or somebody queues a long list. */
const MOST_HERE = 16
/** While the disk refuses, this many rows are kept in memory; older ones are dropped and counted. */
const MOST_WAITING = 20_000
const COMPLAINT_EVERY_MS = 60_000

/**
 * Writes actions down in groups, one at a time, so that recording holds nobody up for long. A few are written
 * here and now. As soon as there are many a thread writes them, from then on all: it costs memory, which a
 * box that never has many keeps.
 */
export function createRecorder({ database, log }: { database: Database; log: Log }) {
  const waiting = new Set<Entry>()
  /** Of those that wait, what is being written. */
  let group: ReadonlySet<Entry> = new Set()
  /** Of the group, what has changed since. */
  const amended = new Set<Entry>()
  const writeHere = createRowWriter(database.sqlite)
  let rowsAGroup = ROWS_A_GROUP
  let thread: WriterThread | undefined
  let mayHaveThread = database.path !== ':memory:'
  let inFlight: Promise<number> | undefined
  let timer: Timer | undefined
  let closing = false
  let dropped = 0
  let complainedAt = Number.NEGATIVE_INFINITY

  function writerThread(): WriterThread | undefined {
    const isNeeded = waiting.size > MOST_HERE && mayHaveThread && !closing
    if (thread !== undefined || !isNeeded) return thread
    try {
      thread = createWriterThread(database.path, withoutThread)
    } catch (error) {
      withoutThread(reasonOf(error))
    }
    return thread
  }

  function withoutThread(reason: string): void {
    log.error({ reason }, 'actions are recorded without a thread of their own')
    thread = undefined
    mayHaveThread = false
  }

  /** Writes the first of what waits; how many, none if the disk refuses. */
  async function writeGroup(): Promise<number> {
    const entries = [...waiting.values().take(rowsAGroup)]
    group = new Set(entries)
    amended.clear()
    const rows = entries.map(rowOf)
    const { ids, problem } = await database.inTurn(
      async () => (await writerThread()?.write(rows)) ?? writeHere(rows),
    )
    entries.slice(0, ids.length).forEach((entry, index) => {
      const id = ids[index]
      if (id !== undefined) entry.id = id
      waiting.delete(entry)
      // Once more, after those who have waited longer.
      if (amended.has(entry)) waiting.add(entry)
    })
    group = new Set()
    if (problem !== undefined) complain(problem)
    else if (ids.length < rows.length) rowsAGroup = ids.length + MORE_ROWS
    else rowsAGroup = Math.min(rowsAGroup + MORE_ROWS, ROWS_A_GROUP)
    return ids.length
  }

  /** Writes one group, or waits for the one that is being written; how many that were. */
  function flushGroup(): Promise<number> {
    if (waiting.size === 0) return Promise.resolve(0)
    inFlight ??= writeGroup().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  /** Writes what waits now, in groups between which others have their turn, or until the disk refuses. */
  async function flush(): Promise<void> {
    let left = waiting.size
    while (left > 0) {
      const written = await flushGroup()
      if (written === 0) return
      left -= written
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  function flushSoon(): void {
    if (closing) return
    timer ??= setTimeout(async () => {
      await flush()
      timer = undefined
      if (waiting.size > 0) flushSoon()
    }, FLUSH_MS)
  }

  function complain(reason: string): void {
    if (performance.now() - complainedAt < COMPLAINT_EVERY_MS) return
    complainedAt = performance.now()
    log.error({ reason, waiting: waiting.size, dropped }, 'cannot record actions')
  }

  function dropOldest(): void {
    for (const entry of waiting) {
      // What is being written may be in the database by now.
      if (group.has(entry)) continue
      waiting.delete(entry)
      dropped += 1
      return
    }
  }

  return {
    /** Queues an entry, new or amended. */
    record(entry: Entry): void {
      if (waiting.size >= MOST_WAITING && !waiting.has(entry)) dropOldest()
      waiting.add(entry)
      if (group.has(entry)) amended.add(entry)
      flushSoon()
    },

    /** Resolves when all that was recorded before is written, or the disk has refused. */
    async flushed(): Promise<void> {
      // Of that group, some may have changed since.
      if (inFlight !== undefined) await inFlight
      await flush()
    },

    /** Rows that are not in the database yet. */
    waiting: (): number => waiting.size,

    /** Rows that a full disk has cost since the start. */
    dropped: (): number => dropped,

    /** Writes what waits, and ends the thread. */
    async close(): Promise<void> {
      closing = true
      clearTimeout(timer)
      while ((await flushGroup()) > 0);
      await thread?.stop()
      thread = undefined
    },
  }
}

function rowOf({ action, userId, timestamp, id }: Entry): ActionRow {
  return {
    ...(id !== undefined && { id }),
    userId,
    type: action.type,
    uri: action.track?.uri ?? null,
    name: action.track?.name ?? null,
    artist: action.track?.artist ?? null,
    positionMs: action.positionMs,
    metadata: action.metadata === null ? null : JSON.stringify(action.metadata),
    timestamp,
  }
}
