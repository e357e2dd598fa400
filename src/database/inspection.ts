import { Database as Sqlite } from 'bun:sqlite'
import { statSync } from 'node:fs'
import { reasonOf, StartError } from '../errors'
import { SCHEMA_VERSION } from './migrations/migrations'

export type Inspection = Readonly<{ schema: number; users: number; bytes: number }>

/** Milliseconds for which an inspection waits while another process writes. */
const BUSY_TIMEOUT_MS = 10_000

/**
 * Opens an existing database file, runs `work` on it and closes it. SQLite may create its own files beside
 * it.
 * @throws {StartError} in one line that names the file.
 */
export function withFile<T>(path: string, work: (sqlite: Sqlite) => T): T {
  let sqlite: Sqlite | undefined
  try {
    if (!statSync(path).isFile()) throw new StartError(`${path} is not a file`)
    sqlite = new Sqlite(path, { readwrite: true, create: false, strict: true })
    sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return work(sqlite)
  } catch (error) {
    if (error instanceof StartError) throw error
    const { code } = error as { code?: string }
    if (code === 'ENOENT') throw new StartError(`there is no file ${path}`)
    if (isDamage(error))
      throw new StartError(`${path} is damaged or no database: ${reasonOf(error)}`)
    throw new StartError(`cannot use ${path}: ${reasonOf(error)}`)
  } finally {
    sqlite?.close()
  }
}

/** Whether SQLite's error means that the file is damaged or is not a database. */
export function isDamage(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT') === true
}

/**
 * The number of the schema of a musakone database.
 * @throws {StartError} when it is another program's, or comes from a newer version.
 */
export function identify(path: string, sqlite: Sqlite): number {
  const { user_version: schema } = sqlite
    .query<{ user_version: number }, []>('PRAGMA user_version')
    .get() ?? { user_version: 0 }
  if (schema < 1 || !hasOurTables(sqlite))
    throw new StartError(`${path} is not a database of musakone`)
  if (schema > SCHEMA_VERSION)
    throw new StartError(
      `${path} has schema ${schema}, which is newer than this version's ${SCHEMA_VERSION}: install a newer musakone`,
    )
  return schema
}

/**
 * Checks a musakone database for damage, and returns its schema, its number of users and its size.
 * @throws {StartError} when it is another program's, is damaged, or comes from a newer version.
 */
export function inspect(path: string, sqlite: Sqlite, { thorough = false } = {}): Inspection {
  const schema = identify(path, sqlite)
  const problem = firstProblem(sqlite, thorough ? 'integrity_check' : 'quick_check')
  if (problem !== undefined) throw new StartError(`${path} is damaged: ${problem}`)
  const users = sqlite.query<{ n: number }, []>('SELECT COUNT(*) AS n FROM users').get()?.n ?? 0
  // The size of the file would leave out what is still in the write-ahead log.
  const [[bytes = 0] = []] = sqlite
    .query<{ bytes: number }, []>(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
    )
    .values() as number[][]
  return { schema, users, bytes }
}

/** The first problem that SQLite finds, in one line; undefined without one. */
export function firstProblem(
  sqlite: Sqlite,
  check: 'integrity_check' | 'quick_check',
): string | undefined {
  const result = String(sqlite.query(`PRAGMA ${check}(1)`).values()[0]?.[0])
  return result === 'ok' ? undefined : result.replace(/\s+/g, ' ').trim()
}

function hasOurTables(sqlite: Sqlite): boolean {
  const found = sqlite
    .query<{ n: number }, []>(
      `SELECT COUNT(*) AS n FROM sqlite_schema
        WHERE type = 'table' AND name IN ('users', 'sessions')`,
    )
    .get()
  return found?.n === 2
}
