import { LazySqlite } from './lazy-statements'

/** Milliseconds that a statement waits for another connection, such as a command-line tool's. */
const BUSY_TIMEOUT_MS = 2_000
/** A track that is queued is counted in some twenty places of a large database. */
const CACHE_KIB = 8_000

/** A connection on which each commit is on the disk when it returns; the file may have to be there. */
export function connect(path: string, { create }: { create: boolean }): LazySqlite {
  const sqlite = new LazySqlite(path, {
    strict: true,
    ...(create ? { create } : { readwrite: true }),
  })
  // The busy timeout first: changing the journal mode may itself have to wait.
  sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  sqlite.run('PRAGMA journal_mode = WAL')
  sqlite.run(`PRAGMA cache_size = -${CACHE_KIB}`)
  sqlite.run('PRAGMA foreign_keys = ON')
  sqlite.run('PRAGMA synchronous = FULL')
  return sqlite
}

/** From here on a commit survives a crash of the process, not a power cut. */
export function speedUp(sqlite: LazySqlite): void {
  // Should a statement fail half way, SQLite needs the pages as they were: beyond 64 KiB of them, which
  // a row that is counted in many lists always changes, it would keep them in a file. Not for a migration,
  // for what that sorts may be too large for memory.
  sqlite.run('PRAGMA temp_store = MEMORY')
  sqlite.run('PRAGMA synchronous = NORMAL')
}
