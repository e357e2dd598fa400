import { Database as Sqlite } from 'bun:sqlite'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf, StartError } from '../errors'
import { lockInstance } from './instance-lock'
import { migrate } from './migrations'

export type Database = ReturnType<typeof openDatabase>

/** Milliseconds that a statement waits for another process, such as a command-line tool. */
const BUSY_TIMEOUT_MS = 2_000

/**
 * The database at `path` (`:memory:` for tests), created with 0600 in a folder with 0700, migrated.
 * With `exclusive` a second running instance on the same file is refused.
 * @throws {StartError} in one line that names the file.
 */
export function openDatabase(path: string, { exclusive = false } = {}) {
  const releaseLock = exclusive && path !== ':memory:' ? lockInstance(createFile(path)) : undefined
  const sqlite = openFile(path, releaseLock)

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

function openFile(path: string, releaseLock: (() => void) | undefined): Sqlite {
  try {
    if (path !== ':memory:') createFile(path)
    const sqlite = new Sqlite(path, { strict: true, create: true })
    // The busy timeout first: changing the journal mode may itself have to wait.
    sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    sqlite.run('PRAGMA journal_mode = WAL')
    sqlite.run('PRAGMA foreign_keys = ON')
    sqlite.run('PRAGMA synchronous = FULL')
    migrate(sqlite)
    sqlite.run('PRAGMA synchronous = NORMAL')
    return sqlite
  } catch (error) {
    releaseLock?.()
    if (error instanceof StartError) throw error
    throw new StartError(`cannot use the database ${path}: ${reasonOf(error)}`)
  }
}
