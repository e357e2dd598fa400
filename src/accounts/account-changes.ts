import type { Database } from '../database/database'

/** What changes of accounts there have been since somebody last asked, whoever made them. */
export function createAccountChanges({ sqlite }: Database) {
  const read = sqlite.query<{ count: number }, []>('SELECT count FROM account_changes')
  let seen = read.get()?.count

  return {
    /** None either while the database cannot be read: they are seen once it can. */
    any(): boolean {
      try {
        const before = seen
        seen = read.get()?.count
        return seen !== before
      } catch {
        return false
      }
    },
  }
}
