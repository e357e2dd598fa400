import type { Database } from '../database/database'

/** Runs `work` in a transaction that is on the disk when it returns, then closes what `work` ended. */
export type Change = <T>(work: () => T) => T

/** Tells of changes of accounts, whichever process made them. */
export function createAccountChanges({ sqlite }: Database) {
  const read = sqlite.query<{ count: number }, []>('SELECT count FROM account_changes')
  let seen = read.get()?.count

  return {
    /**
     * Whether accounts have changed since the last call. False while the database cannot be read: the
     * first call that can read it tells of those changes.
     */
    any(): boolean {
      try {
        const before = seen
        seen = read.get()?.count
        return seen !== before
      } catch {
        return false
      }
    },

    /** The next call of `any` is to tell of the last changes once more. */
    again(): void {
      seen = undefined
    },
  }
}
