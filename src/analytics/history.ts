import type { Database } from '../database/database'
import type { History, HistoryEntry, HistoryQuery } from './model'

type Row = Omit<HistoryEntry, 'metadata'> & { metadata: string | null }
type Parameters = Record<string, string | number | null>

const PAGE = 50
/** A cursor behind everything. */
const END = `${Number.MAX_SAFE_INTEGER}-0`

/** A user's actions, newest first, a page at a time; a page stays the same while rows arrive. */
export function createHistory({ database }: { database: Database }) {
  const find = database.sqlite.query<Row, Parameters>(
    `SELECT id, action_type, track_uri, track_name, artist, position_ms, metadata, timestamp
       FROM user_actions
      WHERE user_id = $userId
        AND timestamp >= $from AND timestamp < $to
        AND (timestamp, id) < ($cursorTime, $cursorId)
        AND ($types IS NULL OR instr($types, ',' || action_type || ',') > 0)
      ORDER BY timestamp DESC, id DESC
      LIMIT $limit`,
  )

  return (userId: number, query: HistoryQuery): History => {
    const limit = query.limit ?? PAGE
    const [cursorTime, cursorId] = (query.cursor ?? END).split('-').map(Number)
    const rows = find.all({
      userId,
      from: query.from ?? 0,
      to: query.to ?? Number.MAX_SAFE_INTEGER,
      cursorTime: cursorTime ?? 0,
      cursorId: cursorId ?? 0,
      types: query.action_type === undefined ? null : `,${query.action_type},`,
      // One more tells whether there is another page.
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      actions: page.map((row) => ({
        ...row,
        metadata: row.metadata === null ? null : JSON.parse(row.metadata),
      })),
      next_cursor:
        rows.length > limit && last !== undefined ? `${last.timestamp}-${last.id}` : null,
    }
  }
}
