import type { Command } from '../actions/actions'
import { type Clock, secondsOf } from '../clock'
import type { Database } from '../database/database'
import { reasonOf } from '../errors'
import type { Log } from '../log'
import { readTlTracks, type TlTrack } from '../mopidy/track'

/** Who queued a track, and when in Unix seconds. */
export type QueueEntry = Readonly<{ uri: string; userId: number; addedAt: number }>

/** One that is private counts as its queuer's, and is told to nobody. */
type Entry = QueueEntry & Readonly<{ isPrivate: boolean }>
type Row = QueueEntry & { tlid: number; isPrivate: number }

/** After so long it is tried again to write what the disk has refused, in milliseconds. */
const AGAIN_MS = 10_000
/** Tracks that are remembered; a tracklist has at most 10,000. */
const MOST_KEPT = 30_000

export type Queuers = ReturnType<typeof createQueuers>
export type QueuersOptions = { database: Database; clock: Clock; log: Log }

/**
 * Who queued what: bound to the tlids that each `add` returned, and kept over restarts. What is not
 * here came from outside.
 */
export function createQueuers({ database, clock, log }: QueuersOptions) {
  const { sqlite } = database
  const entries = new Map<number, Entry>()
  /** The tlids of each user that are not known to have left the tracklist. */
  const queued = new Map<number, Set<number>>()
  /** What is not in the database yet: the rows of another life are still there, and these are not. */
  let outdated = false
  const unwritten = new Map<number, Row | undefined>()
  let trying: Timer | undefined
  /** What was added while nobody knew yet whether Mopidy's tlids still mean what they meant. */
  let early: Command[] | undefined

  const insert = sqlite.query<unknown, Row>(
    `INSERT OR REPLACE INTO queue_entries (tlid, track_uri, user_id, added_at, private)
     VALUES ($tlid, $uri, (SELECT id FROM users WHERE id = $userId), $addedAt, $isPrivate)`,
  )
  const remove = sqlite.query<unknown, { tlid: number }>(
    'DELETE FROM queue_entries WHERE tlid = $tlid',
  )
  const removeAll = sqlite.query<unknown, []>('DELETE FROM queue_entries')
  const all = sqlite.query<Row, []>(
    `SELECT tlid, track_uri AS uri, user_id AS userId, added_at AS addedAt,
            private AS isPrivate
       FROM queue_entries WHERE user_id IS NOT NULL ORDER BY tlid`,
  )
  for (const { tlid, isPrivate, ...entry } of all.all())
    keep(tlid, { ...entry, isPrivate: isPrivate === 1 })

  function keep(tlid: number, entry: Entry): void {
    entries.set(tlid, entry)
    const own = queued.get(entry.userId)
    if (own === undefined) queued.set(entry.userId, new Set([tlid]))
    else own.add(tlid)
  }

  function bind({ userId, isPrivate, result }: Command): void {
    const addedAt = secondsOf(clock)
    const rows = readTlTracks(result).map(({ tlid, track }) => ({ tlid, uri: track.uri }))
    for (const { tlid, uri } of rows) {
      keep(tlid, { uri, userId, addedAt, isPrivate })
      unwritten.set(tlid, { tlid, uri, userId, addedAt, isPrivate: Number(isPrivate) })
    }
    forgetOldest()
    write()
  }

  function forgetOldest(): void {
    for (const [tlid, { userId }] of entries) {
      if (entries.size <= MOST_KEPT) return
      entries.delete(tlid)
      queued.get(userId)?.delete(tlid)
      unwritten.set(tlid, undefined)
    }
  }

  // Attribution must never cost anyone the music: what cannot be written is said, and tried again.
  function write(): void {
    clearTimeout(trying)
    try {
      database.together(() => {
        if (outdated) removeAll.run()
        for (const [tlid, row] of unwritten)
          row === undefined ? remove.run({ tlid }) : insert.run(row)
      })
      outdated = false
      unwritten.clear()
    } catch (error) {
      log.error({ reason: reasonOf(error) }, 'cannot write down who queued what')
      trying = setTimeout(write, AGAIN_MS)
      trying.unref()
    }
  }

  return {
    /** To be told of every command that worked: what an `add` has returned is its caller's. */
    note(command: Command): void {
      if (command.call.method.action !== 'queue_add') return
      if (early === undefined) bind(command)
      else early.push(command)
    },

    /** Who queued that track; undefined when it came from outside, or is not to be told. */
    entryOf(tlid: number): QueueEntry | undefined {
      const entry = entries.get(tlid)
      return entry?.isPrivate ? undefined : entry
    },

    /** The tlids that the user queued, without those that are known to have left the tracklist. */
    queuedFor: (userId: number): number[] => [...(queued.get(userId) ?? [])],

    /** These have left the tracklist; who queued them is remembered, for one may still be playing. */
    noteGone(userId: number, tlids: Iterable<number>): void {
      for (const tlid of tlids) queued.get(userId)?.delete(tlid)
    },

    /** Whether these tracks are what is known of their tlids: otherwise they are another Mopidy's. */
    agreeWith: (tlTracks: readonly TlTrack[]): boolean =>
      tlTracks.every(({ tlid, track }) => (entries.get(tlid)?.uri ?? track.uri) === track.uri),

    /** Whether one of these is known. */
    knowSome: (tlTracks: readonly TlTrack[]): boolean =>
      tlTracks.some(({ tlid, track }) => entries.get(tlid)?.uri === track.uri),

    /** Mopidy has come back, perhaps as another one: what is added waits until `release`. */
    hold(): void {
      early ??= []
    },

    /** It is known now whether it is the same Mopidy, or one whose tlids count from 1 again. */
    release(sameTlids: boolean): void {
      if (!sameTlids) {
        entries.clear()
        queued.clear()
        unwritten.clear()
        outdated = true
        write()
      }
      const waiting = early ?? []
      early = undefined
      waiting.forEach(bind)
    },

    /** Tries a last time to write what the disk has refused. */
    close(): void {
      if (outdated || unwritten.size > 0) write()
      clearTimeout(trying)
    },
  }
}
