import { Database as Sqlite } from 'bun:sqlite'
import { closeSync, openSync, realpathSync } from 'node:fs'
import { reasonOf, StartError } from '../errors'

/**
 * Locks `<path>-lock` for this process; the returned function unlocks it. It is SQLite's lock on an empty
 * file of its own: the system releases it when the process dies, so a crash leaves no stale lock, and
 * other programs may still open the database.
 * @throws {StartError} when another process holds it.
 */
export function lockInstance(path: string): () => void {
  try {
    // A link to the database must lead to the same lock.
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
