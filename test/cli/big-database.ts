import { Database as Sqlite } from 'bun:sqlite'

/** Adds so many actions and plays to a database that a copy or a migration of it takes seconds. */
export function fill(path: string, rows: number): void {
  const file = new Sqlite(path)
  file.run('PRAGMA synchronous = OFF')
  file.run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
     INSERT INTO plays (tlid, track_uri, track_name, started_at_ms, listened_ms, end_reason)
     SELECT i, 'local:track:' || i || '.ogg', 'Track ' || i, 1700000000000 + i * 60000, 60000, 'finished'
       FROM n`,
  )
  file.run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
     INSERT INTO user_actions (user_id, action_type, track_uri, track_name, timestamp)
     SELECT 1, 'queue_add', 'local:track:' || i || '.ogg', 'Track ' || i, 1700000000 + i FROM n`,
  )
  file.close()
}

export function integrityOf(path: string): unknown {
  const file = new Sqlite(path, { readonly: true })
  const found = file.query('PRAGMA integrity_check').values()
  file.close()
  return found[0]?.[0]
}

export function valueIn(path: string, sql: string): unknown {
  const file = new Sqlite(path, { readonly: true })
  const value = file.query(sql).values()[0]?.[0]
  file.close()
  return value
}
