import type { Database } from '../../database/database'
import { cutText, metadataText } from '../../database/row-texts'
import { reasonOf } from '../../errors'
import { guarded } from '../../guard'
import type { Log } from '../../log'
import type { Action } from '../classify'
import { type ActionRow, createRowWriter } from './action-rows'
import { cutAction } from './cut'
import { createWriterThread, type WriterThread } from './writer-thread'

/** A row of `user_actions`; it may be amended after it was recorded. */
export type Entry = {
  userId: number
  action: Action
  /** Unix seconds. */
  timestamp: number
  /** Known once it is in the database. */
  id?: number
  /** About what it takes up in memory; known once it was recorded. */
  bytes?: number
}

export type Recorder = ReturnType<typeof createRecorder>

/** Rows wait at most this long for others to share a transaction with. */
const FLUSH_MS = 250
/** Rows in one group at most; fewer where the disk is slow. */
const ROWS_A_GROUP = 64
/** A group has so many rows more than the last transaction had time for: the disk may be faster now. */
const MORE_ROWS = 4
/** More rows wait only when many people act at once, or one queues a long list: then a thread writes. */
const MOST_HERE = 16
/** While the disk refuses, this many rows are kept in memory; older ones are dropped and counted. */
const MOST_WAITING = 20_000
/** The same for the characters of their texts. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024
const COMPLAINT_EVERY_MS = 60_000

/**
 * Writes actions in groups, one at a time, so that recording holds nobody up for long. A few rows are
 * written on the main thread. The first time that many wait a thread is started, and writes all rows from
 * then on: a box on which there are never many saves the thread's memory.
 */
export function createRecorder({ database, log }: { database: Database; log: Log }) {
  const waiting = new Set<Entry>()
  /** Those of `waiting` that are being written. */
  let group: ReadonlySet<Entry> = new Set()
  /** Those of `group` that were amended after it was given to be written. */
  const amended = new Set<Entry>()
  const recording = { what: 'write down actions', log }
  const writeHere = createRowWriter(database.sqlite)
  let rowsAGroup = ROWS_A_GROUP
  let thread: WriterThread | undefined
  let mayHaveThread = database.path !== ':memory:'
  let inFlight: Promise<number> | undefined
  let timer: Timer | undefined
  let closing = false
  let dropped = 0
  let waitingBytes = 0
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

  /** Writes the first rows that wait; how many it wrote, 0 if the disk refuses. */
  async function writeGroup(): Promise<number> {
    const entries = [...waiting.values().take(rowsAGroup)]
    group = new Set(entries)
    amended.clear()
    const rows = entries.map(rowOf)
    const { ids, problem, code } = await database.inTurn(
      async () => (await writerThread()?.write(rows)) ?? writeHere(rows),
    )
    entries.slice(0, ids.length).forEach((entry, index) => {
      const id = ids[index]
      if (id !== undefined) entry.id = id
      leave(entry)
      // It is written once more, after the rows that have waited longer.
      if (!amended.has(entry)) return
      waitingBytes += bytesOf(entry)
      waiting.add(entry)
    })
    group = new Set()
    if (problem !== undefined) {
      complain(problem)
      database.noteFailure({ code })
    } else if (ids.length < rows.length) rowsAGroup = ids.length + MORE_ROWS
    else rowsAGroup = Math.min(rowsAGroup + MORE_ROWS, ROWS_A_GROUP)
    return ids.length
  }

  /** Writes one group, or waits for the one that is being written; the number of rows written. */
  function flushGroup(): Promise<number> {
    if (waiting.size === 0) return Promise.resolve(0)
    inFlight ??= writeGroup().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  /** Writes all rows that wait now, group by group, and stops when the disk refuses. */
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
      await guarded(recording, flush)
      timer = undefined
      if (waiting.size > 0) flushSoon()
    }, FLUSH_MS)
  }

  function complain(reason: string): void {
    if (performance.now() - complainedAt < COMPLAINT_EVERY_MS) return
    complainedAt = performance.now()
    log.error({ reason, waiting: waiting.size, dropped }, 'cannot record actions')
  }

  /** Drops the oldest rows until this one fits. */
  function makeRoomFor(newest: Entry): void {
    waitingBytes += bytesOf(newest)
    for (const entry of waiting) {
      if (waiting.size < MOST_WAITING && waitingBytes <= MOST_WAITING_BYTES) return
      // A row that is being written may be in the database by now.
      if (group.has(entry)) continue
      leave(entry)
      dropped += 1
    }
  }

  function leave(entry: Entry): void {
    if (waiting.delete(entry)) waitingBytes -= bytesOf(entry)
  }

  return {
    /** Queues an entry, new or amended. */
    record(entry: Entry): void {
      entry.action = cutAction(entry.action)
      if (!waiting.has(entry)) makeRoomFor(entry)
      waiting.add(entry)
      if (group.has(entry)) amended.add(entry)
      flushSoon()
    },

    /** Resolves when all that was recorded before is written, or the disk has refused. */
    async flushed(): Promise<void> {
      // Rows of the group in flight may have been amended since, and wait again.
      if (inFlight !== undefined) await inFlight
      await flush()
    },

    /** Rows that are not in the database yet. */
    waiting: (): number => waiting.size,

    /** Rows that a full disk has cost since the start. */
    dropped: (): number => dropped,

    /** Writes all rows that wait, and ends the thread. */
    async close(): Promise<void> {
      closing = true
      clearTimeout(timer)
      while ((await flushGroup()) > 0);
      await thread?.stop()
      thread = undefined
    },
  }
}

/** About what a row takes up; it stays the same, also when the row is amended. */
function bytesOf(entry: Entry): number {
  entry.bytes ??= JSON.stringify(entry.action).length
  return entry.bytes
}

function rowOf({ action, userId, timestamp, id }: Entry): ActionRow {
  return {
    ...(id !== undefined && { id }),
    userId,
    type: action.type,
    uri: cutText(action.track?.uri ?? null),
    name: cutText(action.track?.name ?? null),
    artist: cutText(action.track?.artist ?? null),
    positionMs: action.positionMs,
    metadata: metadataText(action.metadata),
    timestamp,
  }
}
