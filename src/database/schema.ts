import { Database as Sqlite } from 'bun:sqlite'
import { migrate } from './migrations/migrations'

type Entry = { type: string; name: string; tbl_name: string; sql: string | null }

/** What SQLite itself adds to a schema. */
const TABLES_OF_SQLITE = ['sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4']

/**
 * Names the first thing in the schema of a database that no migration up to that version makes, such as
 * `trigger "grab"`; undefined without one. A trigger of a stranger runs whenever the service writes.
 */
export function foreignPart(sqlite: Sqlite, version: number): string | undefined {
  const ours = new Set(entriesOfVersion(version).map(textOf))
  const foreign = entriesOf(sqlite).find((entry) => !isSqlites(entry) && !ours.has(textOf(entry)))
  return foreign && `${foreign.type} "${foreign.name.replace(/[^\w ]/g, '?').slice(0, 64)}"`
}

function entriesOfVersion(version: number): Entry[] {
  const made = new Sqlite(':memory:')
  try {
    migrate(made, version)
    return entriesOf(made)
  } finally {
    made.close()
  }
}

function entriesOf(sqlite: Sqlite): Entry[] {
  return sqlite.query<Entry, []>('SELECT type, name, tbl_name, sql FROM sqlite_schema').all()
}

function isSqlites({ type, name, sql }: Entry): boolean {
  if (type === 'index') return name.startsWith('sqlite_autoindex_') && sql === null
  return type === 'table' && TABLES_OF_SQLITE.includes(name)
}

const textOf = ({ type, name, tbl_name, sql }: Entry) => JSON.stringify([type, name, tbl_name, sql])
