import { statSync } from 'node:fs'
import { failureIn } from './failure'

/** Milliseconds after which a failure is past, when no write has been tried since. */
const PAST_MS = 60_000

/** What to do about a database whose file is gone. */
export const GONE_HINT =
  'what is written now is lost when the service stops: stop it and put a backup in its place, with: sudo systemctl stop musakone && sudo musakone restore FILE'

/** What is wrong with a database, in a sentence. `gone` needs a person, the others may pass. */
type Problem = Readonly<{ kind: 'gone' | 'failing'; message: string }>

const GONE: Problem = {
  kind: 'gone',
  message: 'The database’s file was deleted or replaced while it is in use.',
}
const LOCKED = 'Another program holds the lock of the database.'
const MESSAGES: Readonly<Record<string, string>> = {
  SQLITE_BUSY: LOCKED,
  SQLITE_LOCKED: LOCKED,
  SQLITE_FULL: 'The disk of the database is full.',
  SQLITE_READONLY: 'The database cannot be written.',
}

/**
 * Knows what is wrong with the database at `path` (`:memory:` for tests): by what its statements came to,
 * and by whether its files are still those that were opened.
 */
export function createCondition(path: string) {
  const files = path === ':memory:' ? [] : [path, `${path}-wal`]
  const opened = files
    .map((file) => ({ file, was: identityOf(file) }))
    .filter(({ was }) => was !== undefined)
  let failed: { message: string; at: number } | undefined

  return {
    /** Takes note of an error; those that are mistakes in a statement do not count. */
    noteFailure(error: unknown): void {
      const failure = failureIn(error)
      if (failure === undefined) return
      const message = MESSAGES[failure] ?? 'The database cannot be read or written.'
      failed = { message, at: performance.now() }
    },

    /** Takes note that a write has worked. */
    noteSuccess(): void {
      failed = undefined
    },

    /** What is wrong now; undefined when nothing is. It costs a look at the folder. */
    problem(): Problem | undefined {
      if (opened.some(({ file, was }) => identityOf(file) !== was)) return GONE
      if (failed === undefined || performance.now() - failed.at > PAST_MS) return undefined
      return { kind: 'failing', message: failed.message }
    },
  }
}

/** The device and number of a file; undefined when there is none. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? undefined : `${found.dev} ${found.ino}`
}
