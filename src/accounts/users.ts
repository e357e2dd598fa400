import { type Clock, secondsOf } from '../clock'
import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { Role, User } from './model'

export type UserRow = {
  id: number
  username: string
  password_hash: string
  role: Role
  must_change_password: number
  disabled: number
  created_at: number
  last_login: number | null
}

type NewUser = { username: string; passwordHash: string; role: Role; mustChangePassword: boolean }

/** The rows of `users`. */
export function createUsers({ database, clock }: { database: Database; clock: Clock }) {
  const { sqlite } = database

  const byId = sqlite.query<UserRow, { id: number }>('SELECT * FROM users WHERE id = $id')
  const byName = sqlite.query<UserRow, { username: string }>(
    'SELECT * FROM users WHERE username = $username',
  )
  const insert = sqlite.query<UserRow, Record<string, string | number>>(
    `INSERT INTO users (username, password_hash, role, must_change_password, created_at)
     VALUES ($username, $passwordHash, $role, $mustChangePassword, $now)
     RETURNING *`,
  )
  const setPassword = sqlite.query<UserRow, { id: number; passwordHash: string }>(
    `UPDATE users SET password_hash = $passwordHash, must_change_password = 0
      WHERE id = $id RETURNING *`,
  )
  const noteLogin = sqlite.query<UserRow, { id: number; now: number }>(
    'UPDATE users SET last_login = $now WHERE id = $id RETURNING *',
  )
  const count = sqlite.query<{ users: number }, []>('SELECT COUNT(*) AS users FROM users')

  return {
    find: (id: number): UserRow | undefined => byId.get({ id }) ?? undefined,
    findByName: (username: string): UserRow | undefined => byName.get({ username }) ?? undefined,
    count: (): number => count.get()?.users ?? 0,

    create: ({ mustChangePassword, ...user }: NewUser): UserRow =>
      present(
        insert.get({
          ...user,
          mustChangePassword: Number(mustChangePassword),
          now: secondsOf(clock),
        }),
      ),

    setPassword: (id: number, passwordHash: string): UserRow =>
      present(setPassword.get({ id, passwordHash })),

    noteLogin: (id: number): UserRow => present(noteLogin.get({ id, now: secondsOf(clock) })),
  }
}

/** A user as replies show one. */
export function toUser(row: UserRow): User {
  const { id, username, role, created_at, last_login } = row
  const user = { id, username, role, created_at, last_login }
  return row.must_change_password === 1 ? { ...user, must_change_password: true } : user
}

// Gone between the check and the change: to the caller the same as a session that has ended.
function present(row: UserRow | null): UserRow {
  if (row === null) throw new AppError('unauthorized', 'Invalid token')
  return row
}
