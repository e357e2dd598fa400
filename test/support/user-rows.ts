import { Database as Sqlite } from 'bun:sqlite'
import type { HashingCost } from '../../src/accounts/passwords/passwords'
import type { Role } from '../../src/accounts/roles/role'
import { CHEAP_HASHING, TEST_PASSWORD } from './test-musakone'

type NewUser = {
  username: string
  role?: Role
  password?: string
  mustChangePassword?: boolean
  hashingCost?: HashingCost
}

/** Writes a user straight into the database file of a running program; the id. */
export async function addUser(
  databasePath: string,
  {
    username,
    role = 'member',
    password = TEST_PASSWORD,
    mustChangePassword = false,
    hashingCost = CHEAP_HASHING,
  }: NewUser,
): Promise<number> {
  const passwordHash = await Bun.password.hash(password, {
    algorithm: 'argon2id',
    ...hashingCost,
  })
  return withRows(databasePath, (rows) => {
    const row = rows
      .query<{ id: number }, Record<string, string | number>>(
        `INSERT INTO users (username, password_hash, role, must_change_password, created_at)
         VALUES ($username, $passwordHash, $role, $mustChange, 0) RETURNING id`,
      )
      .get({ username, passwordHash, role, mustChange: Number(mustChangePassword) })
    if (row === null) throw new Error(`cannot add ${username}`)
    return row.id
  })
}

/** Runs `work` on the database file, beside the program that has it open. */
export function withRows<T>(databasePath: string, work: (rows: Sqlite) => T): T {
  const rows = new Sqlite(databasePath, { strict: true })
  try {
    rows.run('PRAGMA busy_timeout = 2000')
    rows.run('PRAGMA foreign_keys = ON')
    return work(rows)
  } finally {
    rows.close()
  }
}
