import type { Database } from '../database/database'
import type { Piece, Span } from './time/spans'

/** The id of the user whose figures are meant, or `ROOM`. */
export type Subject = number
export const ROOM: Subject = 0

/** Equal actions and their number, which is negative when they are to be subtracted. */
export type EdgeAction = {
  action_type: string
  track_uri: string | null
  track_name: string | null
  artist: string | null
  searched: string | null
  count: number
}

export type EdgePlay = {
  /** 1, or -1 when the play is to be subtracted. */
  sign: number
  owner: number | null
  track_uri: string
  track_name: string | null
  artist: string | null
  /** Title and artist, as the roll-ups have them. */
  album: string | null
  started_at_ms: number
  listened_ms: number
  finished: number
  queued: number
  skipped: number
  skipped_by_self: number
}

type Asked = Span & { subject: Subject }

const PLAY = 'started_at_ms, listened_ms, track_uri, track_name, artist'
const IN_SPAN = 'started_at_ms >= $from * 1000 AND started_at_ms < $to * 1000'

/** Reads the rows that the roll-ups do not cover: at the edges of a span, and the play that is open. */
export function createEdgeRows({ sqlite }: Pick<Database, 'sqlite'>) {
  const actions = sqlite.query<EdgeAction, Asked>(
    `SELECT action_type, iif(action_type = 'queue_add', track_uri, NULL) AS track_uri,
            MAX(track_name) AS track_name, iif(action_type = 'queue_add', artist, NULL) AS artist,
            searched, COUNT(*) AS count
       FROM countable_actions
      WHERE subject = $subject AND timestamp >= $from AND timestamp < $to
      GROUP BY 1, 2, 4, 5`,
  )
  const ended = sqlite.query<EdgePlay, Asked>(
    `SELECT 1 AS sign, owner, ${PLAY}, album, end_reason = 'finished' AS finished, queued, skipped,
            skipped_by_self
       FROM countable_plays
      WHERE subject = $subject AND ${IN_SPAN}`,
  )
  const open = sqlite.query<EdgePlay, Asked>(
    `SELECT 1 AS sign, owner_id AS owner, ${PLAY},
            iif(album IS NULL, NULL, json_array(album, artist)) AS album, 0 AS finished,
            $subject = 0 OR queued_by IS owner_id AS queued, 0 AS skipped, 0 AS skipped_by_self
       FROM plays INDEXED BY plays_open
      WHERE end_reason IS NULL AND iif($subject = 0, brought_by IS NULL, owner_id = $subject)
        AND ${IN_SPAN}`,
  )

  return {
    actions: (subject: Subject, pieces: readonly Piece[]): EdgeAction[] =>
      pieces.flatMap(({ sign, from, to }) =>
        actions.all({ subject, from, to }).map((row) => ({ ...row, count: sign * row.count })),
      ),

    ended: (subject: Subject, pieces: readonly Piece[]): EdgePlay[] =>
      pieces.flatMap(({ sign, from, to }) =>
        ended.all({ subject, from, to }).map((row) => ({ ...row, sign })),
      ),

    open: (subject: Subject, { from, to }: Span): EdgePlay[] => open.all({ subject, from, to }),
  }
}

export type EdgeRows = ReturnType<typeof createEdgeRows>
