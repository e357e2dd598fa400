import { LazySqlite } from './lazy-statements'

/** Milliseconds for which a statement waits while another connection, such as `musakone user`, writes. */
const BUSY_TIMEOUT_MS = 2_000
/** One queued track changes counts on some twenty pages of a large database. */
const CACHE_KIB = 8_000

/** Opens a connection on which a commit is on the disk when it returns. Throws SQLite's error. */
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

/** From here on a commit on this connection survives a crash of the process, not a power cut. */
export function speedUp(sqlite: LazySqlite): void {
  // For the case that a statement fails half way, SQLite keeps the old pages, and beyond 64 KiB in a
  // temporary file. Each row that triggers count in many lists exceeds that, so the pages stay in memory.
  // A migration may sort more than fits in memory, so this is set after it.
  sqlite.run('PRAGMA temp_store = MEMORY')
  sqlite.run('PRAGMA synchronous = NORMAL')
}
