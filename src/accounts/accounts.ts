import { type Clock, HOUR_MS } from '../clock'
import type { RegistrationPolicy } from '../config'
import type { Database } from '../database/database'
import { unname } from '../database/unnaming'
import { every, guarded } from '../guard'
import type { Log } from '../log'
import { createAccountChanges } from './account-changes'
import { createDoor } from './door/door'
import { createGuestNames } from './invites/guest-names'
import { createInvites } from './invites/invites'
import { createInviting } from './invites/inviting'
import { createRegistration } from './invites/registration'
import { createRegistrationRate, type RegistrationLimits } from './invites/registration-rate'
import { createApiKeys } from './keys/keys'
import { createAudit } from './log/audit'
import { createSecurityLog } from './log/security-log'
import { createOwnAccount } from './own-account'
import { createConfirming } from './passwords/confirming'
import { createPasswordCheck, lockEvent } from './passwords/password-check'
import { createPasswords, HASHING_COST, type HashingCost } from './passwords/passwords'
import { createThrottle, THROTTLE_LIMITS, type ThrottleLimits } from './passwords/throttle'
import { createRoles } from './roles/roles'
import { createLastUse } from './sessions/last-use'
import { createProxyLogin, type ProxyLoginOptions } from './sessions/proxy-login'
import { createSessionList } from './sessions/session-list'
import { createSessions, type StillSignedIn } from './sessions/sessions'
import { createSignIns } from './sessions/sign-ins'
import { createTokens } from './sessions/tokens'
import { createAdministration } from './users/administration'
import { createFirstAdmin } from './users/first-admin'
import { createUsers } from './users/users'

export type Accounts = ReturnType<typeof createAccounts>
export type AccountsOptions = {
  database: Database
  clock: Clock
  log: Log
  secret: string
  sessionDays: number
  /** Who may make an account; `closed` if not given. */
  registration?: RegistrationPolicy
  registrationLimits?: RegistrationLimits
  throttleLimits?: ThrottleLimits
  hashingCost?: HashingCost
  /** The header in which trusted proxies name the user who has logged in with them. */
  proxyLogin?: Pick<ProxyLoginOptions, 'header' | 'trustedProxies'> | undefined
  /**
   * Told that sessions may have ended before their time, with which of them have not. False when it could
   * not do all that it has to: then it is told again.
   */
  onChanged?: (stillSignedIn: StillSignedIn) => boolean
}

const FORGET_EXPIRED_EVERY_MS = HOUR_MS
/** Between two looks for changes that the command line made, in a process of its own. */
const LOOK_OUTSIDE_EVERY_MS = 500

/** Opens users, passwords, sessions, roles, keys and invites, in the order in which they need each other. */
export function createAccounts({
  database,
  clock,
  log,
  secret,
  sessionDays,
  registration: policy = 'closed',
  registrationLimits,
  throttleLimits = THROTTLE_LIMITS,
  hashingCost = HASHING_COST,
  proxyLogin: proxyLoginOptions,
  onChanged = () => true,
}: AccountsOptions) {
  // Before anything is read, so that no change is missed.
  const changes = createAccountChanges(database)
  const users = createUsers({ database, clock })
  const sessions = createSessions({ database, clock })
  const tokens = createTokens({ secret, clock })
  const passwords = createPasswords({ cost: hashingCost })
  const securityLog = createSecurityLog({ database, clock, log })
  const roles = createRoles({ database, securityLog })
  const lastUse = createLastUse({ database, clock, log })
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
  const signIns = createSignIns({ users, sessions, tokens, clock, sessionDays })
  const confirming = createConfirming({ sessions, passwordCheck, clock })
  const ownAccount = createOwnAccount({
    database,
    users,
    sessions,
    roles,
    passwords,
    passwordCheck,
    signIns,
    securityLog,
    change,
  })
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
  const door = createDoor({ sessions, tokens, roles, lastUse, confirming, proxyLogin, log })
  const invites = createInvites({ database, roles, clock, secret })
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
  const forgetting = { what: 'forget sessions that have expired', log }
  guarded(forgetting, sessions.forgetExpired)
  const stopForgetting = every(FORGET_EXPIRED_EVERY_MS, forgetting, sessions.forgetExpired)
  const looking = { what: 'look for changes of accounts', log }
  const stopLooking = every(LOOK_OUTSIDE_EVERY_MS, looking, lookOutside)

  function change<T>(work: () => T): T {
    const result = database.durably(work)
    sessions.forget()
    // The change is made: an error here must not say that it is not. `lookOutside` tells of it again.
    guarded(looking, () => onChanged(sessions.liveNow()))
    return result
  }

  // It also sees the changes that `change` has made, and closes once more what is closed already.
  function lookOutside(): void {
    if (!changes.any()) return
    const toldAll = guarded(looking, () => {
      roles.reload()
      sessions.forget()
      if (!onChanged(sessions.liveNow())) changes.again()
    })
    if (!toldAll) changes.again()
  }

  return {
    ...createFirstAdmin({ database, users, passwords }),
    administration,
    confirming,
    audit: createAudit({ database }),
    door,
    invites,
    inviting,
    keys,
    ownAccount,
    registration,
    roles,
    securityLog,
    sessionList,

    close(): void {
      stopForgetting()
      stopLooking()
      securityLog.close()
      lastUse.close()
    },
  }
}
