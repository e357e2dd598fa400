import { createUserNames } from '../accounts/users/user-names'
import type { Database } from '../database/database'
import type { ActionEntry, ActionHistory, ActionHistoryQuery } from './model'
import { type Cursor, pageOf, readCursor, rowsToRead, textFilter } from './pages'

type Row = Omit<ActionEntry, 'metadata' | 'user'> & {
  metadata: string | null
  userId: number | null
}
type Parameters = Record<string, string | number | null>

const PAGE = 50

const COLUMNS = `id, user_id AS userId, action_type, track_uri, track_name, artist, position_ms,
       metadata, timestamp`
const IN_SPAN = `timestamp >= $from AND timestamp < $to AND (timestamp, id) < ($time, $id)
      ORDER BY timestamp DESC, id DESC LIMIT $most`

/** Actions, newest first, a page at a time; rows that arrive later do not move a page. */
export function createActionHistory({ database }: { database: Database }) {
  const { sqlite } = database
  const nameOf = createUserNames(database)
  const ofUser = sqlite.query<Row, Parameters>(
    `SELECT ${COLUMNS} FROM user_actions WHERE user_id = $userId AND ${IN_SPAN}`,
  )
  const ofUserAndKind = sqlite.query<Row, Parameters>(
    `SELECT ${COLUMNS} FROM user_actions
      WHERE user_id = $userId AND action_type = $kind AND ${IN_SPAN}`,
  )
  const ofAll = sqlite.query<Row, Parameters>(
    `SELECT ${COLUMNS} FROM user_actions WHERE brought_by IS NULL AND ${IN_SPAN}`,
  )

  // The recorder's thread may write rows between two queries.
  const atOnce = sqlite.transaction((read: () => Row[]) => read())

  function find(
    userId: number | 'all',
    query: ActionHistoryQuery,
    kinds: readonly string[],
  ): Iterable<Row> {
    const { q, from = 0, to = Number.MAX_SAFE_INTEGER } = query
    const limit = query.limit ?? PAGE
    const cursor = readCursor(query.cursor)
    // SQLite uses only one upper bound to search the index, so it gets the lower of the two.
    const span = { from, to: Math.min(to, cursor.time + 1), ...cursor }
    // Each kind is read by its own index, so that a rare kind is found at once.
    if (userId !== 'all' && kinds.length > 0 && q === undefined) {
      const most = rowsToRead(limit, false)
      const rows = atOnce(() =>
        kinds.flatMap((kind) => ofUserAndKind.all({ userId, kind, ...span, most })),
      )
      return rows.sort(isNewer).slice(0, most)
    }
    const most = rowsToRead(limit, q !== undefined || kinds.length > 0)
    return userId === 'all'
      ? ofAll.iterate({ ...span, most })
      : ofUser.iterate({ userId, ...span, most })
  }

  /** One user's actions, or with `all` everybody's. */
  return (userId: number | 'all', query: ActionHistoryQuery): ActionHistory => {
    const kinds = [...new Set(query.action_type?.split(','))]
    const matches = textFilter(query.q)
    const { rows, next_cursor } = pageOf(find(userId, query, kinds), {
      limit: query.limit ?? PAGE,
      cursorOf,
      passes: ({ action_type, track_name, artist, track_uri, metadata }) =>
        (kinds.length === 0 || kinds.includes(action_type)) &&
        matches(track_name, artist, track_uri, metadata),
    })
    return {
      actions: rows.map(({ userId, metadata, ...row }) => ({
        ...row,
        user: nameOf(userId),
        metadata: metadata === null ? null : JSON.parse(metadata),
      })),
      next_cursor,
    }
  }
}

const cursorOf = ({ timestamp: time, id }: Row): Cursor => ({ time, id })

const isNewer = (one: Row, other: Row) => other.timestamp - one.timestamp || other.id - one.id
