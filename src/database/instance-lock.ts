import { Database as Sqlite } from 'bun:sqlite'
import { closeSync, openSync, realpathSync } from 'node:fs'
import { reasonOf, StartError } from '../errors'

/**
 * Holds `<path>-lock` for this process; the returned function lets it go.
 * The lock is SQLite's own on an otherwise empty file, which the system drops when a process dies,
 * so that nothing stale is left after a crash, while other programs may still open the database.
 * @throws {StartError} when another process holds it.
 */
export function lockInstance(path: string): () => void {
  try {
    // One lock a database, also where a link leads to it.
    const file = `${realpathSync(path)}-lock`
    closeSync(openSync(file, 'a', 0o600))
    const lock = new Sqlite(file)
    lock.run('PRAGMA journal_mode = MEMORY')
    lock.run('BEGIN EXCLUSIVE')
    return () => lock.close()
  } catch (error) {
    if (/locked|busy/i.test(reasonOf(error)))
      throw new StartError(`another musakone is already running on ${path}`)
    throw new StartError(`cannot lock the database ${path}: ${reasonOf(error)}`)
  }
}
