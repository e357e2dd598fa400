import type { Database } from '../database/database'
import { reasonOf } from '../errors'
import type { Log } from '../log'
import type { ActionRow, Written } from './action-rows'
import type { Action } from './classify'
import { createWriterHere, createWriterThread, type WriterThread } from './group-writer'

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
/** More than were written of the group before, to see whether the time allows more by now. */
const MORE_ROWS = 4
/** More than these wait only where many do something at once, or somebody queues a long list. */
const MOST_HERE = 16
/** While the disk refuses, this many rows are kept in memory; older ones are dropped and counted. */
const MOST_WAITING = 20_000
const COMPLAINT_EVERY_MS = 60_000

/**
 * Writes actions down in groups, one at a time, so that recording never holds a relay up. A few are written
 * here and now. As soon as there are many a thread writes them, from then on all: it costs memory, which a
 * box that never has many keeps.
 */
export function createRecorder({ database, log }: { database: Database; log: Log }) {
  const waiting = new Set<Entry>()
  /** Of the group that is being written, what has changed since. */
  const amended = new Set<Entry>()
  const writeHere = createWriterHere(database)
  let rowsAGroup = ROWS_A_GROUP
  let thread: WriterThread | undefined
  let mayHaveThread = database.path !== ':memory:'
  let inFlight: Promise<boolean> | undefined
  let timer: Timer | undefined
  let closed = false
  let dropped = 0
  let complainedAt = Number.NEGATIVE_INFINITY

  function nextGroup(): Entry[] {
    const group: Entry[] = []
    for (const entry of waiting) {
      if (group.push(entry) === rowsAGroup) break
    }
    return group
  }

  /** Takes note of what became of a group; whether there may be more to write now. */
  function note(group: readonly Entry[], { ids, problem }: Written): boolean {
    ids.forEach((id, index) => {
      const entry = group[index]
      if (entry === undefined) return
      entry.id = id
      // One that was given up for want of room has found it after all.
      if (!amended.has(entry) && !waiting.delete(entry)) dropped -= 1
    })
    if (problem !== undefined) complain(problem)
    else rowsAGroup = Math.min(ids.length + MORE_ROWS, ROWS_A_GROUP)
    return problem === undefined && waiting.size > 0
  }

  function writerThread(): WriterThread | undefined {
    if (!mayHaveThread || (thread === undefined && waiting.size <= MOST_HERE)) return thread
    try {
      thread ??= createWriterThread(database, withoutThread)
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

  async function writeGroup(): Promise<boolean> {
    const group = nextGroup()
    amended.clear()
    const rows = group.map(rowOf)
    const write = writerThread()?.write ?? writeHere
    return note(group, await database.inTurn(() => write(rows)))
  }

  /** Writes one group, or waits for the one that is being written; whether there may be more to write. */
  function flushGroup(): Promise<boolean> {
    if (waiting.size === 0) return Promise.resolve(false)
    inFlight ??= writeGroup().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  /** Writes groups, between which others have their turn, until that is so or the disk refuses. */
  async function flushUntil(isOver: () => boolean): Promise<void> {
    while (!isOver() && (await flushGroup())) await new Promise((resolve) => setImmediate(resolve))
  }

  function flushSoon(): void {
    if (closed) return
    timer ??= setTimeout(async () => {
      await flushUntil(() => closed)
      timer = undefined
      if (waiting.size > 0) flushSoon()
    }, FLUSH_MS)
  }

  function complain(reason: string): void {
    if (performance.now() - complainedAt < COMPLAINT_EVERY_MS) return
    complainedAt = performance.now()
    log.error({ reason, waiting: waiting.size, dropped }, 'cannot record actions')
  }

  return {
    /** Queues an entry, new or amended. */
    record(entry: Entry): void {
      if (waiting.size >= MOST_WAITING && !waiting.has(entry)) {
        const [oldest] = waiting
        if (oldest !== undefined) waiting.delete(oldest)
        dropped += 1
      }
      waiting.add(entry)
      amended.add(entry)
      flushSoon()
    },

    /** Resolves when what waits now is written, or the disk has refused. */
    async flushed(): Promise<void> {
      const asked = new Set(waiting)
      await flushUntil(() => {
        // They are written in this order.
        for (const entry of asked) {
          if (waiting.has(entry)) return false
          asked.delete(entry)
        }
        return true
      })
    },

    /** Rows that are not in the database yet. */
    waiting: (): number => waiting.size,

    /** Rows that a full disk has cost since the start. */
    dropped: (): number => dropped,

    /** Writes what waits. */
    async close(): Promise<void> {
      closed = true
      clearTimeout(timer)
      while (await flushGroup());
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
