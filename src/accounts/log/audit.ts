import type { Database } from '../../database/database'
import type { Audit, AuditEntry, AuditQuery } from './model'

type Row = Pick<AuditEntry, 'id' | 'event_type' | 'ip' | 'timestamp'> & {
  details: string | null
  userId: number | null
  username: string | null
  subjectId: number | null
  subjectName: string | null
}

const PAGE = 50

/**
 * The security log, newest first, a page at a time; a page stays the same while rows arrive. The order is
 * that in which things happened, whatever the clock said.
 */
export function createAudit({ database }: { database: Database }) {
  const find = database.sqlite.query<Row, Record<string, string | number | null>>(
    `SELECT e.id, e.event_type, e.ip, e.details, e.timestamp,
            u.id AS userId, u.username, s.id AS subjectId, s.username AS subjectName
       FROM security_events e
       LEFT JOIN users u ON u.id = e.user_id
       LEFT JOIN users s ON s.id = e.subject_id
      WHERE e.id < $cursor
        AND e.timestamp >= $from AND e.timestamp < $to
        AND ($types IS NULL OR instr($types, ',' || e.event_type || ',') > 0)
        AND ($user IS NULL OR e.user_id = $user OR e.subject_id = $user)
      ORDER BY e.id DESC
      LIMIT $limit`,
  )

  return (query: AuditQuery): Audit => {
    const limit = query.limit ?? PAGE
    const rows = find.all({
      cursor: Number(query.cursor ?? Number.MAX_SAFE_INTEGER),
      from: query.from ?? 0,
      to: query.to ?? Number.MAX_SAFE_INTEGER,
      types: query.event_type === undefined ? null : `,${query.event_type},`,
      user: query.user ?? null,
      // One more tells whether there is another page.
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      events: page.map(entryOf),
      next_cursor: rows.length > limit && last !== undefined ? String(last.id) : null,
    }
  }
}

function entryOf({ userId, username, subjectId, subjectName, ...row }: Row): AuditEntry {
  return {
    ...row,
    user: named(userId, username),
    subject: named(subjectId, subjectName),
    details: row.details === null ? null : JSON.parse(row.details),
  }
}

function named(id: number | null, username: string | null): AuditEntry['user'] {
  return id === null || username === null ? null : { id, username }
}
