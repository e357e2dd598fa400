import type { Clock } from '../clock'
import type { Database } from '../database/database'
import { reasonOf } from '../errors'
import type { Log } from '../log'
import type { MopidyEvent } from '../mopidy/events'
import type { Mopidy } from '../mopidy/mopidy'
import { readTlTrack, type TlTrack } from '../mopidy/track'
import type { Attribution, Cause } from './attribution'

type EndReason = 'finished' | 'skipped' | 'stopped' | 'replaced' | 'lost'

/** The track that is being heard. */
type Play = {
  id: number
  tlTrack: TlTrack
  listenedMs: number
  /** Unix milliseconds since when the sound runs; undefined while paused. */
  runningSince: number | undefined
  /** Where in the track the last anchor was, and how much had been heard by then. */
  anchor: { positionMs: number; listenedMs: number }
}

/** Heard up to so close to its end, a track was heard to its end, in milliseconds. */
const NEARLY_OVER_MS = 2_000

export type Plays = ReturnType<typeof createPlays>
export type PlaysOptions = {
  database: Database
  mopidy: Mopidy
  attribution: Attribution
  clock: Clock
  log: Log
}

/** Keeps a row of `plays` for each track that is heard, from Mopidy's events, whoever caused them. */
export function createPlays({ database, mopidy, attribution, clock, log }: PlaysOptions) {
  let play: Play | undefined

  const insert = database.sqlite.query<{ id: number }, Record<string, string | number | null>>(
    `INSERT INTO plays (tlid, track_uri, track_name, artist, album, length_ms,
                        queued_by, started_by, started_at_ms)
     VALUES ($tlid, $uri, $name, $artist, $album, $lengthMs,
             (SELECT id FROM users WHERE id = $queuedBy),
             (SELECT id FROM users WHERE id = $startedBy), $now)
     RETURNING id`,
  )
  const saveListened = database.sqlite.query<unknown, { id: number; listenedMs: number }>(
    'UPDATE plays SET listened_ms = $listenedMs WHERE id = $id',
  )
  const end = database.sqlite.query<unknown, Record<string, string | number | null>>(
    `UPDATE plays
        SET listened_ms = $listenedMs, end_reason = $reason,
            ended_by = (SELECT id FROM users WHERE id = $endedBy)
      WHERE id = $id`,
  )
  const removeUnheard = database.sqlite.query<unknown, { id: number }>(
    'DELETE FROM plays WHERE id = $id',
  )
  const endLost = database.sqlite.query<unknown, []>(
    `UPDATE plays SET end_reason = 'lost' WHERE end_reason IS NULL`,
  )

  // What was open when the last process ended was not seen to its end.
  endLost.run()

  function hear({ name, data }: MopidyEvent): void {
    switch (name) {
      case 'track_playback_started':
        started(readTlTrack(data.tl_track))
        break
      case 'track_playback_paused':
        halt()
        break
      case 'track_playback_resumed':
        resume()
        break
      case 'seeked':
        if (play !== undefined) anchorAt(play, Number(data.time_position))
        break
      case 'track_playback_ended':
        // After `stop` a stale one comes at the next play; by then nothing is open.
        ended()
        break
      case 'playback_state_changed':
        if (data.new_state === 'stopped') ended()
        break
    }
  }

  function started(tlTrack: TlTrack | undefined): void {
    close('replaced', attribution.cause('play'))
    if (tlTrack === undefined) return
    const { tlid, track } = tlTrack
    const now = clock.now()
    const row = insert.get({
      ...track,
      tlid,
      queuedBy: attribution.queuerOf(tlid),
      startedBy: attribution.cause('play', 'skip', 'previous', 'seek')?.userId ?? null,
      now,
    })
    if (row === null) return
    const anchor = { positionMs: 0, listenedMs: 0 }
    play = { id: row.id, tlTrack, listenedMs: 0, runningSince: now, anchor }
  }

  function ended(): void {
    const skip = attribution.cause('skip', 'previous', 'play', 'seek')
    const stop = attribution.cause('stop', 'queue_clear', 'queue_remove')
    if (nearlyOver()) close('finished', undefined)
    else if (stop !== undefined) close('stopped', stop)
    else if (skip !== undefined) close(skip.action === 'play' ? 'replaced' : 'skipped', skip)
    // Without a command of ours: outsiders skip and stop too, and a stream just ends.
    else close(play?.tlTrack.track.lengthMs === null ? 'finished' : 'skipped', undefined)
  }

  function nearlyOver(): boolean {
    const lengthMs = play?.tlTrack.track.lengthMs
    if (play === undefined || typeof lengthMs !== 'number') return false
    const positionMs = play.anchor.positionMs + heard(play) - play.anchor.listenedMs
    return positionMs >= lengthMs - Math.min(NEARLY_OVER_MS, lengthMs / 10)
  }

  function anchorAt(current: Play, positionMs: number): void {
    current.anchor = { positionMs, listenedMs: heard(current) }
  }

  function heard({ listenedMs, runningSince }: Play): number {
    // A clock that was set back must not take away what was heard.
    return listenedMs + (runningSince === undefined ? 0 : Math.max(0, clock.now() - runningSince))
  }

  function halt(): void {
    if (play === undefined) return
    play.listenedMs = heard(play)
    play.runningSince = undefined
  }

  function resume(): void {
    if (play !== undefined) play.runningSince ??= clock.now()
  }

  function close(reason: EndReason, cause: Cause | undefined): void {
    if (play === undefined) return
    halt()
    const { id, listenedMs } = play
    play = undefined
    if (listenedMs === 0) removeUnheard.run({ id })
    else end.run({ id, listenedMs, reason, endedBy: cause?.userId ?? null })
  }

  // Statistics must never cost anyone the music: what cannot be written is said and left.
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      play = undefined
      log.error({ reason: reasonOf(error) }, 'cannot record a play')
    }
  }

  mopidy.onEvent((event) => guarded(() => hear(event)))
  mopidy.onStatus(({ online }) => {
    if (online) return
    guarded(() => close('lost', undefined))
    attribution.forget()
  })

  return {
    /** Writes down how long the current track has been heard so far. */
    save(): void {
      const current = play
      if (current !== undefined)
        guarded(() => saveListened.run({ id: current.id, listenedMs: heard(current) }))
    },

    close(): void {
      guarded(() => close('lost', undefined))
    },
  }
}
