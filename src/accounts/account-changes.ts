import type { Database } from '../database/database'

/** What changes of accounts there have been since somebody last asked, whoever made them. */
export function createAccountChanges({ sqlite }: Database) {
  const read = sqlite.query<{ count: number }, []>('SELECT count FROM account_changes')
  const current = () => read.get()?.count
  let seen = current()

  return {
    any(): boolean {
      const before = seen
      seen = current()
      return seen !== before
    },
  }
}
