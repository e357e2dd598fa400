import { type Clock, secondsOf } from '../../clock'
import { placeOf } from '../../http/network/client-address'
import type { SecurityEvent, SecurityLog } from '../log/security-log'
import type { Origin } from '../sessions/sessions'
import { nameKey } from '../users/name'
import { isUsable, type UserRow, type Users } from '../users/users'
import type { Passwords } from './passwords'
import type { Claim, Throttle, ThrottleScope } from './throttle'

/** A password that somebody says is that of an account. */
type PasswordClaim = Readonly<{
  username: string
  password: string
  origin: Origin
  /** The user in whose session the password is asked for, and for what; absent at a login. */
  userId?: number
  at?: 'password_change' | 'confirm'
}>

export type PasswordCheck = ReturnType<typeof createPasswordCheck>
type PasswordCheckOptions = {
  users: Users
  passwords: Passwords
  throttle: Throttle
  securityLog: SecurityLog
  clock: Clock
}

/** Checks passwords: every check passes the throttle, and a wrong password is noted in the security log. */
export function createPasswordCheck(options: PasswordCheckOptions) {
  const { users, passwords, throttle, securityLog, clock } = options

  /** Whether the account is still there, usable, and has the password that it had. */
  function unchanged({ id, password_hash }: UserRow): boolean {
    const current = users.find(id)
    return current?.password_hash === password_hash && isUsable(current, secondsOf(clock))
  }

  return {
    unchanged,

    /**
     * The account whose password it is, unchanged since before the check, which takes a while;
     * undefined when it is wrong.
     * @throws {AppError} `too_many_requests`, whether right or wrong, after too many wrong ones.
     */
    check({ username, password, origin, userId, at }: PasswordClaim): Promise<UserRow | undefined> {
      const place = placeOf(origin.ip ?? 'unknown')
      return throttle.attempt({ place, account: nameKey(username) }, async () => {
        const account = userId === undefined ? users.findByName(username) : users.find(userId)
        const fits = await passwords.verify(password, account?.password_hash, place)
        if (fits && account !== undefined && unchanged(account)) return account
        securityLog.noteIfPossible({
          type: 'login_failed',
          userId: userId ?? null,
          // Never the name: some type their password where the name belongs.
          subjectId: account?.id ?? null,
          ip: origin.ip,
          ...(at !== undefined && { details: { at } }),
        })
        return undefined
      })
    },

    /**
     * A new hash of a password that was right, when the stored hash was made at other costs than those of
     * today; else undefined.
     */
    async renew({ password_hash }: UserRow, password: string, origin: Origin) {
      if (!passwords.isOutdated(password_hash)) return undefined
      // Too many wait for a hash: the next login renews it.
      return passwords.hash(password, placeOf(origin.ip ?? 'unknown')).catch(() => undefined)
    },
  }
}

/** The event for the security log when the throttle locks an account, a place, or both together. */
export function lockEvent(scope: ThrottleScope, { place, account }: Claim, users: Users) {
  const event: SecurityEvent = {
    type: 'login_locked',
    subjectId: account === undefined ? null : (users.findByName(account)?.id ?? null),
    ip: scope === 'account' ? null : place,
    details: { scope },
  }
  return scope === 'place' ? { ...event, subjectId: null } : event
}
