import { AppError } from '../../errors'
import { placeOf } from '../../http/network/client-address'
import type { Change } from '../account-changes'
import type { SecurityLog } from '../log/security-log'
import { checkNewPassword } from '../passwords/new-password'
import type { Passwords } from '../passwords/passwords'
import type { Sessions } from '../sessions/sessions'
import { type Actor, byActor, type Note } from './actor'
import type { NewAccount, UserChange, UserEntry } from './model'
import { readUsername } from './name'
import type { CountedUserRow, UserRow, Users } from './users'

export type Administration = ReturnType<typeof createAdministration>
type AdministrationOptions = {
  users: Users
  sessions: Sessions
  passwords: Pick<Passwords, 'hash'>
  securityLog: SecurityLog
  /** Takes a user's name off what the user did. */
  unname: (userId: number) => Promise<void>
  change: Change
}

/** Makes, changes and deletes accounts, for admins, and closes what such a change ends. */
export function createAdministration(options: AdministrationOptions) {
  const { users, sessions, passwords, securityLog, change, unname } = options

  /** Commits what the actor does, if the actor's session still holds. */
  function act<T>(actor: Actor, work: (note: Note) => T): T {
    return change(() => {
      // The actor's session may have ended while a password was hashed.
      if (actor.identity !== undefined && !sessions.isLive(actor.identity))
        throw new AppError('unauthorized', 'Invalid token')
      return work((event) => securityLog.note(byActor(actor, event)))
    })
  }

  /** In the turn of the actor's place, so that no other place waits for it. */
  function hash({ identity, ip }: Actor, password: string): Promise<string> {
    return identity === undefined
      ? passwords.hash(password)
      : passwords.hash(password, placeOf(ip ?? 'unknown'))
  }

  function found(id: number): UserRow {
    const row = users.find(id)
    if (row === undefined) throw new AppError('not_found', 'There is no such user.')
    return row
  }

  function entryOf(id: number): UserEntry {
    const [row] = users.list(id)
    if (row === undefined) throw new AppError('not_found', 'There is no such user.')
    return toEntry(row)
  }

  /** @throws {AppError} `last_admin` when a change of this account has left no admin behind. */
  function keepAnAdmin(before: UserRow): void {
    if (before.role !== 'admin' || before.disabled === 1 || before.expires_at !== null) return
    const { all, withPassword } = users.countAdmins()
    // An admin without a password comes in through a proxy only, and not at all once that is gone.
    if ((before.password_hash === '' ? all : withPassword) > 0) return
    throw new AppError('last_admin', 'The last admin has to stay one.')
  }

  /** @throws {AppError} `last_admin` before a deletion, if no other admin is left then. */
  function keepAnotherAdmin(before: UserRow): void {
    const { all, withPassword } = users.countAdmins()
    if (before.role === 'admin' && (before.password_hash === '' ? all : withPassword) < 2)
      throw new AppError('last_admin', 'The last admin has to stay one.')
  }

  function setRole(before: UserRow, role: UserRow['role'], note: Note): void {
    if (before.role === role) return
    const cameByInvite = before.invite_id !== null || before.expires_at !== null
    if (role !== 'guest' && cameByInvite && found(before.id).password_hash === '')
      throw new AppError('invalid_request', 'That guest has no password yet: set one as well.')
    users.setRole(before.id, role)
    note({ type: 'role_changed', subjectId: before.id, details: { from: before.role, to: role } })
  }

  function setDisabled({ id, disabled: before }: UserRow, disabled: boolean, note: Note): void {
    if ((before === 1) === disabled) return
    users.setDisabled(id, disabled)
    if (disabled) sessions.endLogins(id)
    note({ type: disabled ? 'user_disabled' : 'user_enabled', subjectId: id })
  }

  function rename({ id, username: before }: UserRow, username: string, note: Note): void {
    if (before === username) return
    users.rename(id, username)
    note({ type: 'user_renamed', subjectId: id, details: { from: before, to: username } })
  }

  return {
    /** All users, by name. */
    list: (): UserEntry[] => users.list().map(toEntry),

    /** @throws {AppError} `not_found`. */
    find: entryOf,

    /** The id of the user with that name, or undefined. */
    idOf: (username: string): number | undefined => users.findByName(username)?.id,

    /** @throws {AppError} `name_taken`, or `invalid_request` for a bad name or password. */
    async create(actor: Actor, { role, password, ...account }: NewAccount): Promise<UserEntry> {
      const username = nameFrom(account.username)
      checkNewPassword(password, username)
      const passwordHash = await hash(actor, password)
      const mustChangePassword = account.must_change_password ?? false
      return act(actor, (note) => {
        const { id } = users.create({ username, passwordHash, role, mustChangePassword })
        note({ type: 'user_created', subjectId: id, details: { username, role } })
        return entryOf(id)
      })
    },

    /**
     * Changes what is given, all of it or nothing. Except for a new name, it closes what the user has
     * open; a new password and disabling end the logins too, and enabling brings nothing back.
     * @throws {AppError} `not_found`, `name_taken`, `last_admin`, `forbidden` for the actor's own
     * password, or `invalid_request`.
     */
    async change(actor: Actor, id: number, wanted: UserChange): Promise<UserEntry> {
      const { role, disabled, password } = wanted
      const username = wanted.username === undefined ? undefined : nameFrom(wanted.username)
      if (password === undefined && wanted.must_change_password !== undefined)
        throw new AppError('invalid_request', 'must_change_password goes with a password.')
      const current = found(id)
      const isOwn = actor.identity?.userId === id
      if (password !== undefined && isOwn)
        throw new AppError(
          'forbidden',
          'Your own password changes only with the old one: POST /api/auth/password.',
        )
      if (password !== undefined) checkNewPassword(password, username ?? current.username)
      const passwordHash = password === undefined ? undefined : await hash(actor, password)
      const mustChange = wanted.must_change_password ?? actor.identity !== undefined
      return act(actor, (note) => {
        const before = found(id)
        if (username !== undefined) rename(before, username, note)
        if (passwordHash !== undefined) {
          users.setPassword(id, passwordHash, { mustChange })
          sessions.endLogins(id)
          note({ type: 'password_set', subjectId: id, details: { must_change: mustChange } })
        }
        if (role !== undefined) setRole(before, role, note)
        if (disabled !== undefined) setDisabled(before, disabled, note)
        keepAnAdmin(before)
        return entryOf(id)
      })
    },

    /**
     * Deletes an account. Before its row goes, its name is taken off its history in small steps, which
     * takes a while: the account of another is disabled first.
     * @throws {AppError} `not_found` or `last_admin`.
     */
    async remove(actor: Actor, id: number): Promise<void> {
      if (actor.identity?.userId !== id)
        act(actor, () => {
          const before = found(id)
          users.setDisabled(id, true)
          sessions.endLogins(id)
          keepAnAdmin(before)
        })
      else keepAnotherAdmin(found(id))
      await unname(id)
      act(actor, (note) => {
        const before = found(id)
        const { username, role } = before
        // Noted first: when users delete themselves, the note refers to the row that is deleted next.
        note({ type: 'user_deleted', subjectId: id, details: { username, role } })
        users.remove(id)
        keepAnAdmin(before)
      })
    },
  }
}

function nameFrom(text: string): string {
  const name = readUsername(text)
  if (name === undefined)
    throw new AppError('invalid_request', 'A username has 1 to 64 visible characters, no spaces.')
  return name
}

function toEntry(row: CountedUserRow): UserEntry {
  const { id, username, role, created_at, last_login, expires_at, sessions } = row
  return {
    ...{ id, username, role, created_at, last_login, expires_at, sessions },
    disabled: row.disabled === 1,
    must_change_password: row.must_change_password === 1,
    has_password: row.password_hash !== '',
  }
}
