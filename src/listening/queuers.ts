import type { Command } from '../actions/actions'
import { type Clock, secondsOf } from '../clock'
import type { Database } from '../database/database'
import { guarded } from '../guard'
import type { Log } from '../log'
import { readTlTracks, type TlTrack } from '../mopidy/track'

/** The user who queued a track, and when, in Unix seconds. */
type QueueEntry = Readonly<{ uri: string; userId: number; addedAt: number }>

/** A private entry (queued while incognito) counts for its user's limits, and is told to nobody. */
type Entry = QueueEntry & Readonly<{ isPrivate: boolean }>
type Row = QueueEntry & { tlid: number; isPrivate: number }

/** What the disk has refused is written again after so many milliseconds. */
const AGAIN_MS = 10_000
/** Tracks that are remembered; Mopidy's tracklist has at most 10,000. */
const MOST_KEPT = 30_000

export type Queuers = ReturnType<typeof createQueuers>
type QueuersOptions = { database: Database; clock: Clock; log: Log }

/**
 * Remembers the user who queued each track, by the tlids that each `add` returned, over restarts too. A
 * track that is not here was queued by an outsider.
 */
export function createQueuers({ database, clock, log }: QueuersOptions) {
  const { sqlite } = database
  const entries = new Map<number, Entry>()
  /** The tlids of each user that are not known to have left the tracklist. */
  const queued = new Map<number, Set<number>>()
  /** The rows in the database are those of tlids that no longer hold, and are still to be deleted. */
  let outdated = false
  /** Rows that are still to be written, or, where undefined, to be deleted. */
  const unwritten = new Map<number, Row | undefined>()
  let trying: Timer | undefined
  /** Commands that wait until it is known whether Mopidy's tlids still mean the same tracks. */
  let early: Command[] | undefined

  const insert = sqlite.query<unknown, Row>(
    `INSERT OR REPLACE INTO queue_entries (tlid, track_uri, user_id, added_at, private)
     VALUES ($tlid, $uri, (SELECT id FROM users WHERE id = $userId), $addedAt, $isPrivate)`,
  )
  const findGuests = sqlite.query<{ id: number }, { inviteId: number }>(
    'SELECT id FROM users WHERE invite_id = $inviteId',
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

  // An error here must not reach the code that relays Mopidy's answers: it is logged, and tried again.
  function write(): void {
    clearTimeout(trying)
    const isWritten = guarded({ what: 'write down who queued what', log }, () =>
      database.together(() => {
        if (outdated) removeAll.run()
        for (const [tlid, row] of unwritten)
          row === undefined ? remove.run({ tlid }) : insert.run(row)
      }),
    )
    if (isWritten) {
      outdated = false
      unwritten.clear()
    } else {
      trying = setTimeout(write, AGAIN_MS)
      trying.unref()
    }
  }

  return {
    /** Takes note of a command that Mopidy has carried out: an `add` binds its tlids to its caller. */
    note(command: Command): void {
      if (command.call.method.action !== 'queue_add') return
      if (early === undefined) bind(command)
      else early.push(command)
    },

    /**
     * The entry of a track; undefined when an outsider queued it, or somebody incognito did, and as long as
     * it is not known whether Mopidy was restarted: its tlids may then belong to other tracks.
     */
    entryOf(tlid: number, uri: string): QueueEntry | undefined {
      const entry = entries.get(tlid)
      const isKnown = early === undefined && entry?.uri === uri && !entry.isPrivate
      return isKnown ? entry : undefined
    },

    /** The tlids that the user queued, without those that are known to have left the tracklist. */
    queuedFor: (userId: number): number[] => [...(queued.get(userId) ?? [])],

    /** The same of all the guests of an invite, by user. */
    queuedByInvite(inviteId: number): Map<number, number[]> {
      const guests = findGuests.all({ inviteId })
      return new Map(guests.map(({ id }) => [id, [...(queued.get(id) ?? [])]]))
    },

    /** These have left the tracklist; their entries are kept, for one of them may still be playing. */
    noteGone(userId: number, tlids: Iterable<number>): void {
      for (const tlid of tlids) queued.get(userId)?.delete(tlid)
    },

    /** Whether no track has another address than is known of its tlid: else Mopidy was restarted. */
    agreeWith: (tlTracks: readonly TlTrack[]): boolean =>
      tlTracks.every(({ tlid, track }) => (entries.get(tlid)?.uri ?? track.uri) === track.uri),

    /** Whether one of these tracks is known by its tlid and address. */
    knowSome: (tlTracks: readonly TlTrack[]): boolean =>
      tlTracks.some(({ tlid, track }) => entries.get(tlid)?.uri === track.uri),

    /** Mopidy is back, perhaps restarted: tracks that are added from now on wait until `release`. */
    hold(): void {
      early ??= []
    },

    /**
     * It is known now whether tlids still mean the same tracks; if not, all entries are forgotten. Then
     * the tracks that waited are bound.
     */
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
