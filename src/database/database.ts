import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf, StartError } from '../errors'
import { createCondition } from './condition'
import { connect, speedUp } from './connection'
import { failureIn } from './failure'
import { firstProblem, isDamage } from './inspection'
import { lockInstance } from './instance-lock'
import type { LazySqlite } from './lazy-statements'
import { migrate } from './migrations/migrations'

export type Database = ReturnType<typeof openDatabase>

/** Up to this size, in bytes, the check for damage takes a fraction of a second and runs at each start. */
const SMALL = 32 * 1024 * 1024

/**
 * Milliseconds that a write of the service waits for a lock: the event loop, and so everybody, waits with
 * it. Other processes of Musakone hold the lock for some five.
 */
const PATIENCE_MS = 250
/** The same while a lock was waited for in vain: many writes must not wait for it one after the other. */
const LITTLE_PATIENCE_MS = 10

/** Exit code (EX_TEMPFAIL) after which the systemd unit starts the service again. */
const TRY_AGAIN = 75

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
  const condition = createCondition(path)
  sqlite.outcomes = exclusive
    ? withPatience(sqlite, condition)
    : { failed: condition.noteFailure, written: condition.noteSuccess }
  const one = sqlite.query('SELECT 1 FROM users LIMIT 1')
  let lastTurn: Promise<unknown> = Promise.resolve()

  return {
    sqlite,

    /** The path, by which a thread opens its own connection; `:memory:` cannot be opened twice. */
    path,

    /** Runs `work` in one transaction that is on the disk when this returns, or not at all. */
    durably<T>(work: () => T): T {
      sqlite.run('PRAGMA synchronous = FULL')
      try {
        return sqlite.together(work)
      } finally {
        sqlite.run('PRAGMA synchronous = NORMAL')
      }
    },

    /** Runs `work` in one transaction that survives a crash of the process, not a power cut. */
    together<T>(work: () => T): T {
      return sqlite.together(work)
    },

    /**
     * Runs one step of a long piece of writing, after the steps that were asked for before. So others write
     * between two steps, also threads. Resolves to the result of the step.
     */
    inTurn<T>(step: () => T | Promise<T>): Promise<T> {
      const turn = lastTurn.then(step)
      lastTurn = turn.catch(() => {})
      return turn
    },

    /** Whether the database answers. */
    ok(): boolean {
      try {
        return one.get() !== undefined
      } catch {
        return false
      }
    },

    /** What is wrong with the file or its disk; undefined when nothing is. */
    problem: condition.problem,

    /** Takes note of an error that a thread had on a connection of its own. */
    noteFailure: condition.noteFailure,

    close(): void {
      sqlite.close()
      releaseLock?.()
    },
  }
}

/**
 * Notes what the service's statements come to, and keeps their waits for a lock short: after a wait in vain
 * the next ones hardly wait, until a write works.
 */
function withPatience(sqlite: LazySqlite, condition: ReturnType<typeof createCondition>) {
  let patienceMs = 0
  const wait = (ms: number) => {
    if (ms === patienceMs) return
    patienceMs = ms
    sqlite.run(`PRAGMA busy_timeout = ${ms}`)
  }
  wait(PATIENCE_MS)
  return {
    failed(error: unknown): void {
      condition.noteFailure(error)
      if (failureIn(error) === 'SQLITE_BUSY') wait(LITTLE_PATIENCE_MS)
    },
    written(): void {
      condition.noteSuccess()
      wait(PATIENCE_MS)
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

function openFile(
  path: string,
  releaseLock: (() => void) | undefined,
  exclusive: boolean,
): LazySqlite {
  try {
    if (path !== ':memory:') createFile(path)
    const isChecked = exclusive && path !== ':memory:' && needsCheck(path)
    const sqlite = connect(path, { create: true })
    const problem = isChecked ? firstProblem(sqlite, 'quick_check') : undefined
    if (problem !== undefined) throw damaged(path, problem)
    migrate(sqlite)
    speedUp(sqlite)
    return sqlite
  } catch (error) {
    releaseLock?.()
    if (error instanceof StartError) throw error
    if (isDamage(error)) throw damaged(path, reasonOf(error))
    // A lock that another program holds may soon be free: systemd is to try again.
    const exitCode = failureIn(error) === 'SQLITE_BUSY' ? TRY_AGAIN : 1
    throw new StartError(`cannot use the database ${path}: ${reasonOf(error)}`, exitCode)
  }
}

/** Whether to check the file for damage at the start: when it is small, or was not closed in order. */
function needsCheck(path: string): boolean {
  if (statSync(path).size <= SMALL) return true
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0
}

function damaged(path: string, reason: string): StartError {
  return new StartError(`the database ${path} is damaged (${reason}): ${INTEGRITY_HINT}`)
}
