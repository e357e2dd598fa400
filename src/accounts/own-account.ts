import type { Database } from '../database/database'
import { AppError } from '../errors'
import { placeOf } from '../http/network/client-address'
import type { Change } from './account-changes'
import type { SecurityLog } from './log/security-log'
import type { Credentials, Login, Me, PasswordChange } from './model'
import { checkNewPassword } from './passwords/new-password'
import type { PasswordCheck } from './passwords/password-check'
import type { Passwords } from './passwords/passwords'
import type { Roles } from './roles/roles'
import type { Identity, Origin, Sessions } from './sessions/sessions'
import type { SignIns } from './sessions/sign-ins'
import { toUser, type Users } from './users/users'

export type OwnAccount = ReturnType<typeof createOwnAccount>
type OwnAccountOptions = {
  database: Database
  users: Users
  sessions: Sessions
  roles: Roles
  passwords: Passwords
  passwordCheck: PasswordCheck
  signIns: SignIns
  securityLog: SecurityLog
  change: Change
}

/** What people do with their own account: log in and out, look at it, change its password. */
export function createOwnAccount(options: OwnAccountOptions) {
  const { database, users, sessions, roles, passwords, passwordCheck } = options
  const { signIns, securityLog, change } = options
  const { unchanged } = passwordCheck

  return {
    /**
     * @throws {AppError} `invalid_credentials`, and `too_many_requests` after too many of these, the same
     * whether the user exists or not.
     */
    async logIn({ username, password }: Credentials, origin: Origin): Promise<Login> {
      const account = await passwordCheck.check({ username, password, origin })
      if (account === undefined) throw wrongLogin()
      const token = await signIns.newToken(account.id, account.expires_at)
      const renewed = await passwordCheck.renew(account, password, origin)
      const logIn = () => {
        // The account may have changed while the token was signed and the password was hashed.
        if (!unchanged(account)) throw wrongLogin()
        if (renewed !== undefined) {
          const mustChange = account.must_change_password === 1
          users.setPassword(account.id, renewed, { mustChange })
        }
        securityLog.note({ type: 'login', userId: account.id, ip: origin.ip })
        return signIns.start(account, token, origin)
      }
      // Another hash raises the version of the account, which ends what its sessions have open.
      if (renewed !== undefined) return change(logIn)
      // Not durably: a wait for the disk holds up all sockets, on an SD card for long. A power cut can
      // take back no more than the session, and its user logs in again.
      return database.together(logIn)
    },

    /**
     * The account, and what its role or the API key in use may do.
     * @throws {AppError} `unauthorized` when the account is gone.
     */
    me({ userId, role }: Identity): Me {
      const row = users.find(userId)
      if (row === undefined) throw new AppError('unauthorized', 'Invalid token')
      const permissions = [...roles.permissionsOf(role)]
      return { ...toUser(row), permissions, limits: roles.limitsOf(role) }
    },

    /** Ends the session, and closes what it has open. */
    logOut({ sessionId, userId }: Identity, ip: string | null = null): void {
      change(() => {
        if (sessions.end(sessionId)) securityLog.note({ type: 'logout', userId, ip })
      })
    },

    /**
     * Sets a new password and ends every session of the user; the reply carries a fresh one.
     * @throws {AppError} `invalid_credentials` when the current password is wrong, `invalid_request`
     * when the new one will not do.
     */
    async changePassword(
      identity: Identity,
      { current_password, new_password }: PasswordChange,
      origin: Origin,
    ): Promise<Login> {
      checkNewPassword(new_password, identity.username)
      const { userId, username } = identity
      const password = current_password
      const at = 'password_change'
      const account = await passwordCheck.check({ username, password, origin, userId, at })
      if (account === undefined) throw wrongCurrentPassword()
      if (new_password === current_password)
        throw new AppError('invalid_request', 'The new password must differ from the current one.')
      const [passwordHash, token] = await Promise.all([
        passwords.hash(new_password, placeOf(origin.ip ?? 'unknown')),
        signIns.newToken(account.id, account.expires_at),
      ])
      return change(() => {
        // Of two changes at once, both with the old password, one is made.
        if (!unchanged(account)) throw wrongCurrentPassword()
        sessions.endLogins(account.id)
        securityLog.note({ type: 'password_changed', userId: account.id, ip: origin.ip })
        return signIns.start(users.setPassword(account.id, passwordHash), token, origin)
      })
    },
  }
}

const wrongLogin = () =>
  new AppError('invalid_credentials', 'The username or the password is wrong.')
const wrongCurrentPassword = () =>
  new AppError('invalid_credentials', 'The current password is wrong.')
