import type { Database } from '../../database/database'
import { guarded } from '../../guard'
import type { Log } from '../../log'
import type { TlTrack } from '../../mopidy/track'
import type { Queuers } from '../queuers'

/** What Mopidy says by which a restart is recognised. */
type Evidence = Readonly<{
  tracklistVersion: number
  tlTracks: readonly TlTrack[]
  /** When Mopidy started each track, in its own Unix milliseconds, newest first. */
  startsMs: readonly number[]
}>

type Row = { startedTrackMs: number | null; tracklistVersion: number }

/** Mopidy's history keeps 500 starts, also over a restart, and the known one has to be among them. */
const HISTORY_EVERY_STARTS = 100

export type RestartDetector = ReturnType<typeof createRestartDetector>
type RestartDetectorOptions = { database: Database; queuers: Queuers; log: Log }

/**
 * Tells whether Mopidy has been restarted since it was last seen: its tlids then count from 1 again and
 * mean other tracks. A Mopidy that restores its state has the same tlids and history after a restart.
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
    guarded({ what: 'write down which mopidy this is', log }, () => save.run(row))
  }

  function isSame({ startedTrackMs, tracklistVersion }: Row, evidence: Evidence): boolean {
    if (!queuers.agreeWith(evidence.tlTracks)) return false
    // No two processes of Mopidy start a track in the same millisecond, so a known start is proof.
    if (startedTrackMs !== null) return evidence.startsMs.includes(startedTrackMs)
    // The version counts from 0 again after a restart, also when the tracklist is restored.
    return evidence.tracklistVersion >= tracklistVersion || queuers.knowSome(evidence.tlTracks)
  }

  return {
    /** Mopidy is back; tracks that are added from now on wait until `examine`. */
    hold: (): void => queuers.hold(),

    /**
     * Whether tlids still mean the same tracks, and, if so, whether Mopidy was restarted and has restored
     * its state. Remembers the evidence for the next time.
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

    /** To be asked at each start of a track: whether Mopidy's history is to be read again. */
    needsHistory(): boolean {
      startsSinceHistory += 1
      return known?.startedTrackMs === null || startsSinceHistory >= HISTORY_EVERY_STARTS
    },

    /** The tracklist has a new version. */
    noteTracklistChange(): void {
      if (known === null) return
      remember({ ...known, tracklistVersion: known.tracklistVersion + 1 })
    },

    /** Takes note of the starts in Mopidy's history, newest first. */
    noteHistory(startsMs: readonly number[]): void {
      const [startedTrackMs = null] = startsMs
      if (known === null || startedTrackMs === null) return
      startsSinceHistory = 0
      remember({ ...known, startedTrackMs })
    },
  }
}
