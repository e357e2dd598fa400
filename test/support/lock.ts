import { Database } from 'bun:sqlite'

const LONGEST_WAIT_MS = 15 * 60_000

/** Does `work` while no other process holds the lock of this file; waits for those that do. */
export function underLock<Result>(file: string, work: () => Result): Result {
  // The kernel gives SQLite's lock back when its process dies, however it dies.
  const lock = new Database(file)
  try {
    lock.run(`PRAGMA busy_timeout = ${LONGEST_WAIT_MS}`)
    lock.run('BEGIN EXCLUSIVE')
    return work()
  } finally {
    lock.close()
  }
}
