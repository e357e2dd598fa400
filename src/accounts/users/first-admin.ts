import type { Database } from '../../database/database'
import type { Passwords } from '../passwords/passwords'
import type { Users } from './users'

export type FirstAdminOptions = { database: Database; users: Users; passwords: Passwords }

/** The account `admin`, which the first start makes. */
export function createFirstAdmin({ database, users, passwords }: FirstAdminOptions) {
  return {
    hasUsers: (): boolean => users.count() > 0,

    /** Creates the account `admin` when there is no account yet; whether it did. */
    async createFirstAdmin(
      password: string,
      { mustChangePassword = false } = {},
    ): Promise<boolean> {
      if (users.count() > 0) return false
      const passwordHash = await passwords.hash(password)
      return database.durably(() => {
        // The command line, in another process, may have made an account meanwhile.
        if (users.count() > 0) return false
        users.create({ username: 'admin', passwordHash, role: 'admin', mustChangePassword })
        return true
      })
    },
  }
}
