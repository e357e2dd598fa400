import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import type { Role } from '../roles/role'
import type { User } from './model'
import { nameKey } from './name'

export type UserRow = {
  id: number
  username: string
  name_key: string
  /** Empty where nobody can log in with a password. */
  password_hash: string
  role: Role
  must_change_password: number
  disabled: number
  created_at: number
  last_login: number | null
  /** Unix seconds, of an account that ends by itself. */
  expires_at: number | null
  invite_id: number | null
  version: number
}

export type NewUser = {
  username: string
  passwordHash: string
  role: Role
  mustChangePassword?: boolean
  expiresAt?: number | null
  inviteId?: number | null
}

/** A user with the number of sessions that are open. */
export type CountedUserRow = UserRow & { sessions: number }

export type Users = ReturnType<typeof createUsers>

/** The rows of `users`. */
export function createUsers({ database, clock }: { database: Database; clock: Clock }) {
  const { sqlite } = database

  const byId = sqlite.query<UserRow, { id: number }>('SELECT * FROM users WHERE id = $id')
  const byName = sqlite.query<UserRow, { key: string }>('SELECT * FROM users WHERE name_key = $key')
  const insert = sqlite.query<UserRow, Record<string, string | number | null>>(
    `INSERT INTO users (username, name_key, password_hash, role, must_change_password, created_at,
                        expires_at, invite_id)
     VALUES ($username, $key, $passwordHash, $role, $mustChangePassword, $now,
             $expiresAt, $inviteId)
     RETURNING *`,
  )
  const setPassword = sqlite.query<
    UserRow,
    { id: number; passwordHash: string; mustChange: number }
  >(
    `UPDATE users SET password_hash = $passwordHash, must_change_password = $mustChange
      WHERE id = $id RETURNING *`,
  )
  const noteLogin = sqlite.query<UserRow, { id: number; now: number }>(
    'UPDATE users SET last_login = $now WHERE id = $id RETURNING *',
  )
  const count = sqlite.query<{ users: number }, []>('SELECT COUNT(*) AS users FROM users')
  const list = sqlite.query<CountedUserRow, { id: number | null; now: number }>(
    `SELECT u.*, (SELECT COUNT(*) FROM sessions s
                   WHERE s.user_id = u.id AND s.kind <> 'key' AND s.expires_at > $now
                     AND u.disabled = 0 AND ifnull(u.expires_at, $now + 1) > $now) AS sessions
       FROM users u WHERE u.id = ifnull($id, u.id) ORDER BY u.name_key`,
  )
  const countAdmins = sqlite.query<{ all: number; withPassword: number }, []>(
    `SELECT COUNT(*) AS "all", COUNT(nullif(password_hash, '')) AS withPassword
       FROM users WHERE role = 'admin' AND disabled = 0 AND expires_at IS NULL`,
  )
  const rename = sqlite.query<UserRow, { id: number; username: string; key: string }>(
    'UPDATE users SET username = $username, name_key = $key WHERE id = $id RETURNING *',
  )
  // Only guests go with an invite: who is more than that has an account of their own.
  const setRole = sqlite.query<UserRow, { id: number; role: Role }>(
    `UPDATE users
        SET role = $role,
            expires_at = CASE $role WHEN 'guest' THEN expires_at END,
            invite_id = CASE $role WHEN 'guest' THEN invite_id END
      WHERE id = $id RETURNING *`,
  )
  const setDisabled = sqlite.query<UserRow, { id: number; disabled: number }>(
    'UPDATE users SET disabled = $disabled WHERE id = $id RETURNING *',
  )
  const remove = sqlite.query<unknown, { id: number }>('DELETE FROM users WHERE id = $id')

  /** @throws {AppError} `name_taken` when another user than that one has the name. */
  function freeKey(username: string, id?: number): string {
    const key = nameKey(username)
    const holder = byName.get({ key })
    if (holder !== null && holder.id !== id)
      throw new AppError('name_taken', 'That name is already in use.')
    return key
  }

  return {
    find: (id: number): UserRow | undefined => byId.get({ id }) ?? undefined,
    findByName: (username: string): UserRow | undefined =>
      byName.get({ key: nameKey(username) }) ?? undefined,
    count: (): number => count.get()?.users ?? 0,

    /** @throws {AppError} `name_taken`. */
    create({ username, mustChangePassword = false, ...user }: NewUser): UserRow {
      return present(
        insert.get({
          username,
          key: freeKey(username),
          passwordHash: user.passwordHash,
          role: user.role,
          mustChangePassword: Number(mustChangePassword),
          expiresAt: user.expiresAt ?? null,
          inviteId: user.inviteId ?? null,
          now: secondsOf(clock),
        }),
      )
    },

    setPassword: (id: number, passwordHash: string, { mustChange = false } = {}): UserRow =>
      present(setPassword.get({ id, passwordHash, mustChange: Number(mustChange) })),

    noteLogin: (id: number): UserRow => present(noteLogin.get({ id, now: secondsOf(clock) })),

    /** All users by name, or only that one. */
    list: (id: number | null = null): CountedUserRow[] => list.all({ id, now: secondsOf(clock) }),

    /** How many admins there are to stay: enabled, and without an end. */
    countAdmins: () => countAdmins.get() ?? { all: 0, withPassword: 0 },

    /** @throws {AppError} `name_taken`. */
    rename: (id: number, username: string): UserRow =>
      present(rename.get({ id, username, key: freeKey(username, id) })),

    /** A promoted guest of an invite stays when the invite ends. */
    setRole: (id: number, role: Role): UserRow => present(setRole.get({ id, role })),

    setDisabled: (id: number, disabled: boolean): UserRow =>
      present(setDisabled.get({ id, disabled: Number(disabled) })),

    /** Deletes the user with all sessions and keys; what was done and heard stays, without the name. */
    remove: (id: number): void => void remove.run({ id }),
  }
}

/** Whether the account can be used: neither disabled nor past its end. */
export function isUsable({ disabled, expires_at }: UserRow, now: number): boolean {
  return disabled === 0 && (expires_at === null || expires_at > now)
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
