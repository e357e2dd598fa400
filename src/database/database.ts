import type { Database as Sqlite } from 'bun:sqlite'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf, StartError } from '../errors'
import { firstProblem, isDamage } from './inspection'
import { lockInstance } from './instance-lock'
import { LazySqlite } from './lazy-statements'
import { migrate } from './migrations'

export type Database = ReturnType<typeof openDatabase>

/** Milliseconds that a statement waits for another process, such as a command-line tool. */
const BUSY_TIMEOUT_MS = 2_000
/** A track that is queued is counted in some twenty places of a large database. */
const CACHE_KIB = 8_000
/** A database up to this size, in bytes, is looked through in less than a moment at each start. */
const SMALL = 32 * 1024 * 1024

/** What to do about a database that is damaged. */
export const INTEGRITY_HINT =
  'put a backup in its place with: musakone restore FILE, or move it away to start anew'

/**
 * The database at `path` (`:memory:` for tests), created with 0600 in a folder with 0700, migrated.
 * With `exclusive` a second running instance on the same file is refused.
 * @throws {StartError} in one line that names the file.
 */
export function openDatabase(path: string, { exclusive = false } = {}) {
  const releaseLock = exclusive && path !== ':memory:' ? lockInstance(createFile(path)) : undefined
  const sqlite = openFile(path, releaseLock, exclusive)
  const dataVersion = sqlite.query<{ data_version: number }, []>('PRAGMA data_version')
  const currentVersion = () => dataVersion.get()?.data_version
  let seenVersion = currentVersion()

  return {
    sqlite,

    /** Runs `work` in one transaction that is on the disk when this returns, or not at all. */
    durably<T>(work: () => T): T {
      sqlite.run('PRAGMA synchronous = FULL')
      try {
        return sqlite.transaction(work).immediate()
      } finally {
        sqlite.run('PRAGMA synchronous = NORMAL')
      }
    },

    /** Runs `work` in one transaction that survives a crash of the process, not a power cut. */
    together<T>(work: () => T): T {
      return sqlite.transaction(work).immediate()
    },

    /** Whether another process has written to it since this was last asked. */
    changedOutside(): boolean {
      const before = seenVersion
      seenVersion = currentVersion()
      return seenVersion !== before
    },

    /** Whether the database answers. */
    ok(): boolean {
      try {
        return sqlite.query('SELECT 1 FROM users LIMIT 1').get() !== undefined
      } catch {
        return false
      }
    },

    close(): void {
      sqlite.close()
      releaseLock?.()
    },
  }
}

function createFile(path: string): string {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    if (!existsSync(path)) {
      closeSync(openSync(path, 'a', 0o600))
      chmodSync(path, 0o600)
    }
    return path
  } catch (error) {
    throw new StartError(`cannot create the database ${path}: ${reasonOf(error)}`)
  }
}

function openFile(path: string, releaseLock: (() => void) | undefined, exclusive: boolean): Sqlite {
  try {
    if (path !== ':memory:') createFile(path)
    const isSuspect = exclusive && path !== ':memory:' && isWorthALook(path)
    const sqlite = new LazySqlite(path, { strict: true, create: true })
    // The busy timeout first: changing the journal mode may itself have to wait.
    sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    sqlite.run('PRAGMA journal_mode = WAL')
    sqlite.run(`PRAGMA cache_size = -${CACHE_KIB}`)
    sqlite.run('PRAGMA foreign_keys = ON')
    sqlite.run('PRAGMA synchronous = FULL')
    const problem = isSuspect ? firstProblem(sqlite, 'quick_check') : undefined
    if (problem !== undefined) throw damaged(path, problem)
    migrate(sqlite)
    // Should a statement fail half way, SQLite needs the pages as they were: beyond 64 KiB of them, which
    // a row that is counted in many lists always changes, it would keep them in a file. Only now, for what
    // a migration sorts may be too large for memory.
    sqlite.run('PRAGMA temp_store = MEMORY')
    sqlite.run('PRAGMA synchronous = NORMAL')
    return sqlite
  } catch (error) {
    releaseLock?.()
    if (error instanceof StartError) throw error
    if (isDamage(error)) throw damaged(path, reasonOf(error))
    throw new StartError(`cannot use the database ${path}: ${reasonOf(error)}`)
  }
}

/** Whether to look through it before it is used: when that is quick, or it was not closed in order. */
function isWorthALook(path: string): boolean {
  if (statSync(path).size <= SMALL) return true
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0
}

function damaged(path: string, reason: string): StartError {
  return new StartError(`the database ${path} is damaged (${reason}): ${INTEGRITY_HINT}`)
}
