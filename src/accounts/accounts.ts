import { type Clock, secondsOf } from '../clock'
import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { Credentials, Login, PasswordChange, User } from './model'
import { createPasswords } from './passwords'
import { createSessions, type Identity, type Origin } from './sessions'
import { createTokens } from './tokens'
import { createUsers, toUser, type UserRow } from './users'

export type Accounts = ReturnType<typeof createAccounts>
export type AccountsOptions = {
  database: Database
  clock: Clock
  secret: string
  sessionDays: number
  /** Told the ids of sessions that have just ended before their time. */
  onRevoked?: (sessionIds: readonly number[]) => void
}

const SECONDS_A_DAY = 86_400
const FORGET_EXPIRED_EVERY_MS = 3_600_000

/** Who may come in: users, their passwords, and their sessions. */
export function createAccounts({
  database,
  clock,
  secret,
  sessionDays,
  onRevoked = () => {},
}: AccountsOptions) {
  const users = createUsers({ database, clock })
  const sessions = createSessions({ database, clock })
  const tokens = createTokens({ secret, clock })
  const passwords = createPasswords()
  sessions.forgetExpired()
  const forgetting = setInterval(sessions.forgetExpired, FORGET_EXPIRED_EVERY_MS)
  forgetting.unref()

  async function newToken(userId: number): Promise<{ token: string; expiresAt: number }> {
    const expiresAt = secondsOf(clock) + sessionDays * SECONDS_A_DAY
    return { token: await tokens.sign(userId, expiresAt), expiresAt }
  }

  /** The account whose password this is; unchanged since before the check, which takes a while. */
  async function checkPassword(
    account: UserRow | undefined,
    password: string,
  ): Promise<UserRow | undefined> {
    const fits = await passwords.verify(password, account?.password_hash)
    return fits && account !== undefined && unchanged(account) ? account : undefined
  }

  /** Whether the account is still there, enabled, and has the password that it had. */
  function unchanged({ id, password_hash }: UserRow): boolean {
    const current = users.find(id)
    return current?.password_hash === password_hash && current.disabled === 0
  }

  return {
    /** @throws {AppError} `invalid_credentials`, the same whether the user exists or not. */
    async logIn({ username, password }: Credentials, origin: Origin): Promise<Login> {
      const account = await checkPassword(users.findByName(username), password)
      if (account === undefined) throw wrongLogin()
      const { token, expiresAt } = await newToken(account.id)
      const user = database.durably(() => {
        // Signing took a moment as well.
        if (!unchanged(account)) throw wrongLogin()
        sessions.start(account.id, token, expiresAt, origin)
        return users.noteLogin(account.id)
      })
      return { token, expires_at: expiresAt, user: toUser(user) }
    },

    /**
     * Who the token speaks for. While the first password still has to be changed that is all one may
     * do: then only `beforePasswordChange` gets an identity.
     * @throws {AppError} `unauthorized` when the token is not that of a live session.
     */
    async identify(token: string, { beforePasswordChange = false } = {}): Promise<Identity> {
      const userId = await tokens.verify(token)
      const identity = userId === undefined ? undefined : sessions.find(userId, token)
      if (identity === undefined) throw new AppError('unauthorized', 'Invalid token')
      if (identity.mustChangePassword && !beforePasswordChange)
        throw new AppError('password_change_required', 'Change your password first.')
      return identity
    },

    /** Whether the session that proved this identity has not ended since. */
    stillSignedIn: (identity: Identity): boolean => sessions.isLive(identity.sessionId),

    /** @throws {AppError} `unauthorized` when the account is gone. */
    userOf(identity: Identity): User {
      const row = users.find(identity.userId)
      if (row === undefined) throw new AppError('unauthorized', 'Invalid token')
      return toUser(row)
    },

    logOut(identity: Identity): void {
      const ended = database.durably(() => sessions.end(identity.sessionId))
      if (ended.length > 0) onRevoked(ended)
    },

    /**
     * Sets a new password and ends every session of the user; the reply carries a fresh one.
     * @throws {AppError} `invalid_credentials` when the current password is wrong.
     */
    async changePassword(
      identity: Identity,
      { current_password, new_password }: PasswordChange,
      origin: Origin,
    ): Promise<Login> {
      const account = await checkPassword(users.find(identity.userId), current_password)
      if (account === undefined) throw wrongCurrentPassword()
      if (new_password === current_password)
        throw new AppError('invalid_request', 'The new password must differ from the current one.')
      const [passwordHash, { token, expiresAt }] = await Promise.all([
        passwords.hash(new_password),
        newToken(account.id),
      ])
      const { ended, user } = database.durably(() => {
        // Of two changes at once, both with the old password, one is made.
        if (!unchanged(account)) throw wrongCurrentPassword()
        const ended = sessions.endAll(account.id)
        sessions.start(account.id, token, expiresAt, origin)
        return { ended, user: users.setPassword(account.id, passwordHash) }
      })
      onRevoked(ended)
      return { token, expires_at: expiresAt, user: toUser(user) }
    },

    /** Creates the first account, `admin`, when there is none; whether it did. */
    async createFirstAdmin(
      password: string,
      { mustChangePassword = false } = {},
    ): Promise<boolean> {
      if (users.count() > 0) return false
      const passwordHash = await passwords.hash(password)
      return database.durably(() => {
        if (users.count() > 0) return false
        users.create({ username: 'admin', passwordHash, role: 'admin', mustChangePassword })
        return true
      })
    },

    hasUsers: (): boolean => users.count() > 0,

    close: (): void => clearInterval(forgetting),
  }
}

const wrongLogin = () =>
  new AppError('invalid_credentials', 'The username or the password is wrong.')
const wrongCurrentPassword = () =>
  new AppError('invalid_credentials', 'The current password is wrong.')
