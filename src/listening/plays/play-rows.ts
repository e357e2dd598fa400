import type { Database } from '../../database/database'
import { cutText } from '../../database/row-texts'
import type { Track } from '../../mopidy/track'
import type { EndReason } from '../end-reason'

/** The row of a play, as it is to be. */
export type PlayRow = {
  /** Set once the row is in the database. */
  id?: number
  readonly tlid: number | null
  readonly track: Track
  readonly queuedBy: number | null
  readonly startedBy: number | null
  /** Unix milliseconds. */
  startedAtMs: number
  listenedMs: number
  /** While the play is open: its place in the track, and when that was written, in Unix milliseconds. */
  positionMs: number
  savedAtMs: number
  end?: Readonly<{ reason: EndReason; endedBy: number | null }>
  /** The totals of the statistics have no place for it. */
  uncounted?: true
}

type Values = Record<string, string | number | null>
type OpenRow = Omit<PlayRow, 'track' | 'end'> & Track

export type PlayRows = ReturnType<typeof createPlayRows>

/** The rows of `plays`. */
export function createPlayRows({ sqlite }: Pick<Database, 'sqlite'>) {
  // A user may have been deleted meanwhile; the row then names nobody.
  const insert = sqlite.query<unknown, Values>(
    `INSERT INTO plays (tlid, track_uri, track_name, artist, album, length_ms,
                        queued_by, started_by, started_at_ms, listened_ms, end_reason, ended_by,
                        position_ms, saved_at_ms, counted)
     VALUES ($tlid, $uri, $name, $artist, $album, $lengthMs,
             (SELECT id FROM users WHERE id = $queuedBy),
             (SELECT id FROM users WHERE id = $startedBy), $startedAtMs, $listenedMs, $reason,
             (SELECT id FROM users WHERE id = $endedBy),
             $positionMs, $savedAtMs, $counted)`,
  )
  const update = sqlite.query<unknown, Values>(
    `UPDATE plays
        SET started_at_ms = $startedAtMs, listened_ms = $listenedMs, end_reason = $reason,
            ended_by = (SELECT id FROM users WHERE id = $endedBy),
            position_ms = $positionMs, saved_at_ms = $savedAtMs, counted = $counted
      WHERE id = $id`,
  )
  const remove = sqlite.query<unknown, { id: number }>('DELETE FROM plays WHERE id = $id')
  const newestOpen = sqlite.query<OpenRow & { id: number }, []>(
    `SELECT id, tlid, track_uri AS uri, track_name AS name, artist, album, length_ms AS lengthMs,
            queued_by AS queuedBy, started_by AS startedBy, started_at_ms AS startedAtMs,
            listened_ms AS listenedMs, position_ms AS positionMs, saved_at_ms AS savedAtMs
       FROM plays WHERE end_reason IS NULL AND saved_at_ms IS NOT NULL
      ORDER BY id DESC LIMIT 1`,
  )
  const endOthers = sqlite.query<unknown, { id: number; counted: number }>(
    `UPDATE plays
        SET end_reason = 'lost', position_ms = NULL, saved_at_ms = NULL, counted = $counted
      WHERE end_reason IS NULL AND id <> $id`,
  )

  return {
    /** Inserts or updates the row; removes that of an ended play of which nothing was heard. */
    write(row: PlayRow): void {
      const { id, track, end, startedAtMs, listenedMs } = row
      const state = {
        startedAtMs,
        listenedMs,
        reason: end?.reason ?? null,
        endedBy: end?.endedBy ?? null,
        positionMs: end === undefined ? row.positionMs : null,
        savedAtMs: end === undefined ? row.savedAtMs : null,
        counted: row.uncounted === true ? 0 : 1,
      }
      if (end !== undefined && listenedMs === 0) {
        if (id !== undefined) remove.run({ id })
      } else if (id !== undefined) update.run({ id, ...state })
      else {
        const { tlid, queuedBy, startedBy } = row
        const values = {
          ...{ tlid, queuedBy, startedBy, lengthMs: track.lengthMs },
          uri: cutText(track.uri),
          name: cutText(track.name),
          artist: cutText(track.artist),
          album: cutText(track.album),
          ...state,
        }
        row.id = Number(insert.run(values).lastInsertRowid)
      }
    },

    /** The newest play that the process before left open. */
    leftOpen(): PlayRow | undefined {
      const found = newestOpen.get() ?? undefined
      if (found === undefined) return undefined
      const { uri, name, artist, album, lengthMs, ...row } = found
      return { ...row, track: { uri, name, artist, album, lengthMs } }
    },

    /** Ends every other open play as lost; with `uncounted` without counting it. */
    loseAllBut: (row: PlayRow | undefined, { uncounted = false } = {}): void =>
      void endOthers.run({ id: row?.id ?? 0, counted: uncounted ? 0 : 1 }),
  }
}
