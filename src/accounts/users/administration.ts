import { AppError } from '../../errors'
import { placeOf } from '../../http/client-address'
import type { Change } from '../account-changes'
import type { SecurityEvent, SecurityLog } from '../log/security-log'
import { checkNewPassword } from '../passwords/new-password'
import type { Passwords } from '../passwords/passwords'
import type { Identity, Sessions } from '../sessions/sessions'
import type { NewAccount, UserChange, UserEntry } from './model'
import { readUsername } from './name'
import type { CountedUserRow, UserRow, Users } from './users'

/** Who changes accounts: somebody who is signed in, or the machine's owner at the command line. */
export type Actor =
  | Readonly<{ identity: Identity; ip: string | null }>
  | Readonly<{ identity?: never; ip?: never; by: string }>

export type Administration = ReturnType<typeof createAdministration>
export type AdministrationOptions = {
  users: Users
  sessions: Sessions
  passwords: Pick<Passwords, 'hash'>
  securityLog: SecurityLog
  /** Takes a user's name off what the user did. */
  unname: (userId: number) => Promise<void>
  change: Change
}

/** What admins do to the accounts of others. What a change takes away ends with its commit. */
export function createAdministration(options: AdministrationOptions) {
  const { users, sessions, passwords, securityLog, change, unname } = options

  /** Commits what the actor does, if they still may. */
  function act<T>(actor: Actor, work: (note: Note) => T): T {
    return change(() => {
      // Hashing a password takes a while, in which the actor may have been shown the door.
      if (actor.identity !== undefined && !sessions.isLive(actor.identity))
        throw new AppError('unauthorized', 'Invalid token')
      return work((event) => securityLog.note(byActor(actor, event)))
    })
  }

  /** Behind what else comes from the actor's place, so that nobody else waits for it. */
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
    // One whom only a proxy lets in is no help once that is gone.
    if ((before.password_hash === '' ? all : withPassword) > 0) return
    throw new AppError('last_admin', 'The last admin has to stay one.')
  }

  /** The same, before the change. */
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
     * @throws {AppError} `not_found`, `name_taken`, `last_admin`, or `invalid_request`.
     */
    async change(actor: Actor, id: number, wanted: UserChange): Promise<UserEntry> {
      const { role, disabled, password } = wanted
      const username = wanted.username === undefined ? undefined : nameFrom(wanted.username)
      if (password === undefined && wanted.must_change_password !== undefined)
        throw new AppError('invalid_request', 'must_change_password goes with a password.')
      const current = found(id)
      if (password !== undefined) checkNewPassword(password, username ?? current.username)
      const passwordHash = password === undefined ? undefined : await hash(actor, password)
      const isOther = actor.identity !== undefined && actor.identity.userId !== id
      const mustChange = wanted.must_change_password ?? isOther
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
     * Deletes an account. It can no longer be used from the first moment on; what it did loses the name
     * in small steps.
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
        // First, for who deletes the own account: the note loses the name with all the others.
        note({ type: 'user_deleted', subjectId: id, details: { username, role } })
        users.remove(id)
        keepAnAdmin(before)
      })
    },
  }
}

type Note = (event: Omit<SecurityEvent, 'userId' | 'ip'>) => void

/** The event as something that the actor has done. */
export function byActor(actor: Actor, event: Parameters<Note>[0]): SecurityEvent {
  if (actor.identity === undefined) return { ...event, details: { ...event.details, by: actor.by } }
  const { userId } = actor.identity
  const subjectId = event.subjectId === userId ? null : (event.subjectId ?? null)
  return { ...event, userId, subjectId, ip: actor.ip }
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
