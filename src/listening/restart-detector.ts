import type { Database } from '../database/database'
import { reasonOf } from '../errors'
import type { Log } from '../log'
import type { TlTrack } from '../mopidy/track'
import type { Queuers } from './queuers'

/** What tells one life of Mopidy from the next. */
export type Evidence = Readonly<{
  tracklistVersion: number
  tlTracks: readonly TlTrack[]
  /** When it started each track, in its own Unix milliseconds, newest first. */
  startsMs: readonly number[]
}>

type Row = { startedTrackMs: number | null; tracklistVersion: number }

/** Mopidy keeps its last 500 starts over a restart: one of them has to be known. */
const HISTORY_EVERY_STARTS = 100

export type RestartDetector = ReturnType<typeof createRestartDetector>
export type RestartDetectorOptions = { database: Database; queuers: Queuers; log: Log }

/**
 * Tells whether Mopidy has been restarted since it was last seen: then its tlids count from 1 again and
 * mean other tracks. One that restores its state goes on where it was, with the same tlids and history.
 */
export function createRestartDetector({ database, queuers, log }: RestartDetectorOptions) {
  const { sqlite } = database
  const find = sqlite.query<Row, []>(
    `SELECT started_track_ms AS startedTrackMs, tracklist_version AS tracklistVersion
       FROM mopidy_life WHERE id = 1`,
  )
  const save = sqlite.query<unknown, Row>(
    `INSERT OR REPLACE INTO mopidy_life (id, started_track_ms, tracklist_version)
     VALUES (1, $startedTrackMs, $tracklistVersion)`,
  )
  let known = find.get()
  let startsSinceHistory = 0

  function remember(row: Row): void {
    known = row
    try {
      save.run(row)
    } catch (error) {
      log.error({ reason: reasonOf(error) }, 'cannot write down which mopidy this is')
    }
  }

  function isSame({ startedTrackMs, tracklistVersion }: Row, evidence: Evidence): boolean {
    if (!queuers.agreeWith(evidence.tlTracks)) return false
    // A start that it remembers is its own: no two lives start a track in the same millisecond.
    if (startedTrackMs !== null) return evidence.startsMs.includes(startedTrackMs)
    // The version counts from 0 again, also when the tracklist is restored.
    return evidence.tracklistVersion >= tracklistVersion || queuers.knowSome(evidence.tlTracks)
  }

  return {
    /** Mopidy has come back; whether as the same is about to be seen. */
    hold: (): void => queuers.hold(),

    /**
     * Takes note of what is seen; whether it is the life that was seen before, and, if so, whether it is
     * restored.
     */
    examine(evidence: Evidence): { sameTlids: boolean; restored: boolean } {
      const sameTlids = known !== null && isSame(known, evidence)
      queuers.release(sameTlids)
      startsSinceHistory = 0
      const { tracklistVersion, startsMs } = evidence
      const restored = sameTlids && tracklistVersion < (known?.tracklistVersion ?? 0)
      remember({ startedTrackMs: startsMs[0] ?? null, tracklistVersion })
      return { sameTlids, restored }
    },

    /** A track has started; whether the life wants a new name from Mopidy's history. */
    needsHistory(): boolean {
      startsSinceHistory += 1
      return known?.startedTrackMs === null || startsSinceHistory >= HISTORY_EVERY_STARTS
    },

    /** The tracklist has a new version. */
    noteTracklistChange(): void {
      if (known === null) return
      remember({ ...known, tracklistVersion: known.tracklistVersion + 1 })
    },

    /** Notes the starts that Mopidy's history tells of, newest first. */
    noteHistory(startsMs: readonly number[]): void {
      const [startedTrackMs = null] = startsMs
      if (known === null || startedTrackMs === null) return
      startsSinceHistory = 0
      remember({ ...known, startedTrackMs })
    },
  }
}
