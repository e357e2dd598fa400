import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import type { Role } from '../roles/role'
import { isLike, likenessOf } from './likeness'
import type { User } from './model'
import { nameKey } from './name'

export type UserRow = {
  id: number
  username: string
  name_key: string
  /** NULL until it is computed. */
  likeness: string | null
  /** Empty when the account has no password. */
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

type NewUser = {
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
  const byLikeness = sqlite.query<UserRow, { likeness: string }>(
    'SELECT * FROM users WHERE likeness = $likeness ORDER BY id',
  )
  const withoutLikeness = sqlite.query<{ id: number; username: string }, []>(
    'SELECT id, username FROM users WHERE likeness IS NULL',
  )
  const setLikeness = sqlite.query<unknown, { id: number; likeness: string }>(
    'UPDATE users SET likeness = $likeness WHERE id = $id',
  )
  const insert = sqlite.query<UserRow, Record<string, string | number | null>>(
    `INSERT INTO users (username, name_key, likeness, password_hash, role, must_change_password,
                        created_at, expires_at, invite_id)
     VALUES ($username, $key, $likeness, $passwordHash, $role, $mustChangePassword,
             $now, $expiresAt, $inviteId)
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
  const rename = sqlite.query<
    UserRow,
    { id: number; username: string; key: string; likeness: string }
  >(
    `UPDATE users SET username = $username, name_key = $key, likeness = $likeness
      WHERE id = $id RETURNING *`,
  )
  // Only guests end with their invite: a promoted guest keeps the account.
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

  /** The users who have the name, or one that people would take for it. */
  function holdersOf(username: string): UserRow[] {
    // Of accounts from before there were likenesses, and of those that other programs have written.
    for (const { id, username } of withoutLikeness.all())
      setLikeness.run({ id, likeness: likenessOf(username) })
    const holder = byName.get({ key: nameKey(username) })
    const likes = byLikeness.all({ likeness: likenessOf(username) })
    const others = likes.filter((row) => row.id !== holder?.id && isLike(username, row.username))
    return holder === null ? others : [holder, ...others]
  }

  /** @throws {AppError} `name_taken` when another user than that one has the name, or one like it. */
  function freeKeys(username: string, id?: number): { key: string; likeness: string } {
    const others = holdersOf(username).filter((holder) => holder.id !== id)
    if (others.length > 0) throw nameTaken(username, others)
    return { key: nameKey(username), likeness: likenessOf(username) }
  }

  return {
    find: (id: number): UserRow | undefined => byId.get({ id }) ?? undefined,
    findByName: (username: string): UserRow | undefined =>
      byName.get({ key: nameKey(username) }) ?? undefined,
    holdersOf,
    count: (): number => count.get()?.users ?? 0,

    /** @throws {AppError} `name_taken`. */
    create({ username, mustChangePassword = false, ...user }: NewUser): UserRow {
      return present(
        insert.get({
          username,
          ...freeKeys(username),
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

    /** How many admins are enabled and have no end: all of them, and those with a password. */
    countAdmins: () => countAdmins.get() ?? { all: 0, withPassword: 0 },

    /** @throws {AppError} `name_taken`. */
    rename: (id: number, username: string): UserRow =>
      present(rename.get({ id, username, ...freeKeys(username, id) })),

    /** A guest who is promoted stays when the invite ends. */
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

/** The refusal of a name that those users have, or that people would take for theirs. */
export function nameTaken(username: string, holders: readonly UserRow[]): AppError {
  const key = nameKey(username)
  const message = holders.some(({ name_key }) => name_key === key)
    ? 'That name is already in use.'
    : 'That name looks like one that is already in use.'
  return new AppError('name_taken', message)
}

/** A user as replies show one. */
export function toUser(row: UserRow): User {
  const { id, username, role, created_at, last_login } = row
  const user = { id, username, role, created_at, last_login }
  return row.must_change_password === 1 ? { ...user, must_change_password: true } : user
}

// A row that was deleted between the check and the change has ended the session as well.
function present(row: UserRow | null): UserRow {
  if (row === null) throw new AppError('unauthorized', 'Invalid token')
  return row
}
