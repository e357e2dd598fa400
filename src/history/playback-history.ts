import { createUserNames } from '../accounts/users/user-names'
import type { Database } from '../database/database'
import type { PlaybackHistory, PlaybackHistoryQuery, PlayEntry } from './model'
import { pageOf, readCursor, rowsToRead, textFilter } from './pages'

type Row = Omit<PlayEntry, 'queued_by' | 'started_by' | 'ended_by' | 'track'> & {
  uri: string
  name: string | null
  artist: string | null
  album: string | null
  length_ms: number | null
  queuedBy: number | null
  startedBy: number | null
  endedBy: number | null
}
type Parameters = Record<string, number>

const PAGE = 50

const COLUMNS = `id, track_uri AS uri, track_name AS name, artist, album, length_ms,
       queued_by AS queuedBy, started_by AS startedBy, ended_by AS endedBy,
       started_at_ms, listened_ms, end_reason`
const IN_SPAN = `started_at_ms >= $from AND started_at_ms < $to
            AND (started_at_ms, id) < ($time, $id)
      ORDER BY started_at_ms DESC, id DESC LIMIT $most`

/** The plays of the room, or of what one user queued or brought, newest first, a page at a time. */
export function createPlaybackHistory({ database }: { database: Database }) {
  const { sqlite } = database
  const nameOf = createUserNames(database)
  // What people have brought was not heard here.
  const ofAll = sqlite.query<Row, Parameters>(
    `SELECT ${COLUMNS} FROM plays WHERE brought_by IS NULL AND ${IN_SPAN}`,
  )
  const ofUser = sqlite.query<Row, Parameters>(
    `SELECT ${COLUMNS} FROM plays WHERE queued_by = $user AND ${IN_SPAN}`,
  )

  return (query: PlaybackHistoryQuery): PlaybackHistory => {
    const { user, q, end_reason: reason, limit = PAGE } = query
    const cursor = readCursor(query.cursor)
    const to = query.to === undefined ? Number.MAX_SAFE_INTEGER : query.to * 1_000
    const span = {
      from: (query.from ?? 0) * 1_000,
      // SQLite uses only one upper bound to search the index, so it gets the lower of the two.
      to: Math.min(to, cursor.time + 1),
      ...cursor,
      most: rowsToRead(limit, q !== undefined || reason !== undefined),
    }
    const found = user === undefined ? ofAll.iterate(span) : ofUser.iterate({ user, ...span })
    const matches = textFilter(q)
    const { rows, next_cursor } = pageOf(found, {
      limit,
      cursorOf: ({ started_at_ms, id }) => ({ time: started_at_ms, id }),
      passes: ({ name, artist, album, uri, end_reason }) =>
        (reason === undefined || end_reason === reason) && matches(name, artist, album, uri),
    })
    const plays = rows.map((row): PlayEntry => {
      const { id, uri, name, artist, album, length_ms, queuedBy, startedBy, endedBy, ...play } = row
      return {
        id,
        track: { uri, name, artist, album, length_ms },
        ...play,
        queued_by: nameOf(queuedBy),
        started_by: nameOf(startedBy),
        ended_by: nameOf(endedBy),
      }
    })
    return { plays, next_cursor }
  }
}
