import type { Clock } from '../clock'
import type { RegistrationPolicy } from '../config'
import type { Database } from '../database/database'
import { unname } from '../database/unnaming'
import { AppError } from '../errors'
import { placeOf, type RequestServer } from '../http/client-address'
import { createAccountChanges } from './account-changes'
import { type PresentedToken, tokenIn } from './door/credentials'
import { createGuestNames } from './invites/guest-names'
import { createInvites } from './invites/invites'
import { createInviting } from './invites/inviting'
import { createRegistration } from './invites/registration'
import { createRegistrationRate, type RegistrationLimits } from './invites/registration-rate'
import { createApiKeys, isApiKey } from './keys/keys'
import { createAudit } from './log/audit'
import { createSecurityLog } from './log/security-log'
import type { Credentials, Login, Me, PasswordChange } from './model'
import { checkNewPassword } from './passwords/new-password'
import { createPasswordCheck, lockEvent } from './passwords/password-check'
import { createPasswords, HASHING_COST, type HashingCost } from './passwords/passwords'
import { createThrottle, THROTTLE_LIMITS, type ThrottleLimits } from './passwords/throttle'
import { createRoles } from './roles/roles'
import { createLastUse } from './sessions/last-use'
import { createProxyLogin, isProxyToken, type ProxyLoginOptions } from './sessions/proxy-login'
import { createSessionList } from './sessions/session-list'
import { createSessions, type Identity, type Origin } from './sessions/sessions'
import { createSignIns } from './sessions/sign-ins'
import { createTokens } from './sessions/tokens'
import { createAdministration } from './users/administration'
import { createUsers, toUser } from './users/users'

export type Accounts = ReturnType<typeof createAccounts>
export type AccountsOptions = {
  database: Database
  clock: Clock
  secret: string
  sessionDays: number
  /** Who may make an account; nobody if nothing is said. */
  registration?: RegistrationPolicy
  registrationLimits?: RegistrationLimits
  throttleLimits?: ThrottleLimits
  hashingCost?: HashingCost
  /** The header by which trusted proxies say who has logged in with them. */
  proxyLogin?: Pick<ProxyLoginOptions, 'header' | 'trustedProxies'> | undefined
  /** Told that sessions may have ended before their time: what is open is to be looked through. */
  onChanged?: () => void
}

const FORGET_EXPIRED_EVERY_MS = 3_600_000
/** Between two looks for what the command line has changed from another process. */
const LOOK_OUTSIDE_EVERY_MS = 500

/** Who may come in: users, their passwords, and their sessions. */
export function createAccounts({
  database,
  clock,
  secret,
  sessionDays,
  registration: policy = 'closed',
  registrationLimits,
  throttleLimits = THROTTLE_LIMITS,
  hashingCost = HASHING_COST,
  proxyLogin: proxyLoginOptions,
  onChanged = () => {},
}: AccountsOptions) {
  // Before anything is read, so that no change is missed.
  const changes = createAccountChanges(database)
  const users = createUsers({ database, clock })
  const sessions = createSessions({ database, clock })
  const tokens = createTokens({ secret, clock })
  const passwords = createPasswords({ cost: hashingCost })
  const securityLog = createSecurityLog({ database, clock })
  const roles = createRoles({ database, securityLog })
  const lastUse = createLastUse({ database, clock })
  const administration = createAdministration({
    users,
    sessions,
    passwords,
    securityLog,
    unname: (userId) => unname(database, userId),
    change,
  })
  const sessionList = createSessionList({
    database,
    clock,
    sessions,
    roles,
    lastUse,
    securityLog,
    change,
  })
  const throttle = createThrottle({
    clock,
    limits: throttleLimits,
    recall: () => securityLog.loginPlaces(),
    onLocked: (scope, claim) => securityLog.noteIfPossible(lockEvent(scope, claim, users)),
  })
  const passwordCheck = createPasswordCheck({ users, passwords, throttle, securityLog, clock })
  const { unchanged } = passwordCheck
  const signIns = createSignIns({ users, sessions, tokens, clock, sessionDays })
  const keys = createApiKeys({ database, clock, sessions, lastUse, securityLog, change })
  const proxyLogin =
    proxyLoginOptions &&
    createProxyLogin({
      ...proxyLoginOptions,
      users,
      sessions,
      securityLog,
      database,
      clock,
      secret,
      sessionDays,
      registration: policy,
    })
  const invites = createInvites({ database, clock, secret })
  const inviting = createInviting({ invites, securityLog, database, clock, policy, change })
  const registration = createRegistration({
    policy,
    rate: createRegistrationRate({
      clock,
      ...(registrationLimits && { limits: registrationLimits }),
    }),
    users,
    guestNames: createGuestNames({ database, clock }),
    invites,
    passwords,
    signIns,
    securityLog,
    database,
    clock,
  })
  sessions.forgetExpired()
  const forgetting = setInterval(sessions.forgetExpired, FORGET_EXPIRED_EVERY_MS)
  forgetting.unref()
  const looking = setInterval(lookOutside, LOOK_OUTSIDE_EVERY_MS)
  looking.unref()

  /** Commits a change of accounts, then has everything that is open looked through. */
  function change<T>(work: () => T): T {
    const result = database.durably(work)
    sessions.forget()
    onChanged()
    return result
  }

  // Its own changes it sees as well, and looks once too often.
  function lookOutside(): void {
    if (!changes.any()) return
    roles.reload()
    sessions.forget()
    onChanged()
  }

  async function liveIdentity(token: string): Promise<Identity | undefined> {
    // One that was found good before is known by heart; its end is checked each time.
    if (sessions.knows(token)) return sessions.find(token)
    if (isApiKey(token) || isProxyToken(token)) return sessions.find(token)
    const userId = await tokens.verify(token)
    return userId === undefined ? undefined : sessions.find(token, userId)
  }

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
        // All of that took a moment as well.
        if (!unchanged(account)) throw wrongLogin()
        if (renewed !== undefined) {
          const mustChange = account.must_change_password === 1
          users.setPassword(account.id, renewed, { mustChange })
        }
        securityLog.note({ type: 'login', userId: account.id, ip: origin.ip })
        return signIns.start(account, token, origin)
      }
      // Another hash ends what is open, as another password does: then it is to be looked through.
      if (renewed !== undefined) return change(logIn)
      // Waiting for the disk would hold up all sockets at each login, on an SD card for long. All that a
      // power cut could take back is a session, and whose it was logs in again.
      return database.together(logIn)
    },

    /**
     * What a request presents to prove who makes it, if anything.
     * @throws {AppError} `unauthorized` or `forbidden` when a trusted proxy names whom it may not.
     */
    presented: (
      request: Request,
      server: RequestServer | null,
      { inQuery = false } = {},
    ): PresentedToken | undefined =>
      tokenIn(request, { inQuery, fromProxy: () => proxyLogin?.tokenFor(request, server) }),

    /**
     * Who the token speaks for. While the first password still has to be changed that is all one may
     * do: then only `beforePasswordChange` gets an identity.
     * @throws {AppError} `unauthorized` when the token is not that of a live session.
     */
    async identify(token: string, { beforePasswordChange = false } = {}): Promise<Identity> {
      const identity = await liveIdentity(token)
      if (identity === undefined) throw new AppError('unauthorized', 'Invalid token')
      // Who comes by the word of a proxy needs no password, nor to know the first one.
      const changesFirst = identity.mustChangePassword && identity.kind !== 'header'
      if (changesFirst && !beforePasswordChange)
        throw new AppError('password_change_required', 'Change your password first.')
      lastUse.note(identity)
      return identity
    },

    /** Whether the session that proved this identity has not ended since, nor its account changed. */
    stillSignedIn: (identity: Identity): boolean => sessions.isLive(identity),

    /**
     * Who that is and, with an API key the key, may do.
     * @throws {AppError} `unauthorized` when the account is gone.
     */
    me({ userId, role }: Identity): Me {
      const row = users.find(userId)
      if (row === undefined) throw new AppError('unauthorized', 'Invalid token')
      const permissions = [...roles.permissionsOf(role)]
      return { ...toUser(row), permissions, limits: roles.limitsOf(role) }
    },

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
      const account = await passwordCheck.check({ username, password, origin, userId })
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

    /** Accounts that people make themselves, and the links that let them. */
    registration,
    inviting,
    invites,

    /** What each role may do. */
    roles,

    /** What admins do to the accounts of others. */
    administration,

    /** What is open in whose name. */
    sessionList,

    /** Notes that a session is used now, for `last_seen`; cheap enough for every message. */
    noteUse: lastUse.note,

    /** API keys, for programs. */
    keys,

    /** What was noted of the door. */
    securityLog,
    audit: createAudit({ database }),

    close(): void {
      clearInterval(forgetting)
      clearInterval(looking)
      securityLog.close()
      lastUse.close()
    },
  }
}

const wrongLogin = () =>
  new AppError('invalid_credentials', 'The username or the password is wrong.')
const wrongCurrentPassword = () =>
  new AppError('invalid_credentials', 'The current password is wrong.')
