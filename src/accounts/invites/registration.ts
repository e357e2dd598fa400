import { type Clock, secondsOf } from '../../clock'
import type { RegistrationPolicy } from '../../config'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import { placeOf } from '../../http/network/client-address'
import type { SecurityLog } from '../log/security-log'
import type { Login } from '../model'
import { checkNewPassword } from '../passwords/new-password'
import type { Passwords } from '../passwords/passwords'
import type { Origin } from '../sessions/sessions'
import type { SignIns } from '../sessions/sign-ins'
import { readUsername } from '../users/name'
import { isUsable, nameTaken, type UserRow, type Users } from '../users/users'
import type { GuestNames } from './guest-names'
import { type InviteRow, type Invites, invalidInvite } from './invites'
import type { Invitation, Registration } from './model'
import type { RegistrationRate } from './registration-rate'

export type Registering = ReturnType<typeof createRegistration>
type RegistrationOptions = {
  policy: RegistrationPolicy
  rate: RegistrationRate
  users: Users
  guestNames: GuestNames
  invites: Invites
  passwords: Passwords
  signIns: SignIns
  securityLog: SecurityLog
  database: Database
  clock: Clock
}

/** Lets people make an account of their own, as far as the policy allows it. */
export function createRegistration(options: RegistrationOptions) {
  const { policy, users, guestNames, invites, passwords, signIns, securityLog } = options
  const { database, clock, rate } = options

  function inviteOf(code: string): InviteRow {
    if (policy === 'closed') throw closed()
    return invites.admitting(code)
  }

  /** The invite that lets a newcomer in, undefined where none is needed. */
  function letIn(code: string | undefined): InviteRow | undefined {
    if (code !== undefined) return inviteOf(code)
    if (policy === 'open') return undefined
    if (policy === 'closed') throw closed()
    throw new AppError('invite_required', 'An account is made with an invite here.')
  }

  /** @throws {AppError} `name_taken`, for all names but those of guests who have gone. */
  function goneHoldersOf(name: string): UserRow[] {
    const holders = users.holdersOf(name)
    const present = holders.filter((holder) => !guestNames.isGone(holder))
    if (present.length > 0) throw nameTaken(name, present)
    return holders
  }

  /** In the turn of the newcomer's place, so that no other place waits for it. */
  const hash = (password: string, { ip }: Origin): Promise<string> =>
    passwords.hash(password, placeOf(ip ?? 'unknown'))

  function create(
    username: string,
    passwordHash: string,
    invite: InviteRow | undefined,
    ip: string | null,
  ): UserRow {
    if (invite !== undefined) invites.use(invite.id)
    for (const gone of goneHoldersOf(username)) guestNames.giveUp(gone)
    const account = users.create({
      username,
      passwordHash,
      role: invite?.role ?? 'guest',
      inviteId: invite?.id ?? null,
      // The account of an invited guest ends with the invite.
      expiresAt: invite?.role === 'guest' ? invite.expires_at : null,
    })
    const details = { role: account.role, ...(invite && { invite_id: invite.id }) }
    securityLog.note({ type: 'registered', userId: account.id, ip, details })
    return account
  }

  return {
    policy,

    /**
     * What a code invites to.
     * @throws {AppError} `registration_closed`, `invalid_invite`.
     */
    invitation(code: string): Invitation {
      const invite = inviteOf(code)
      const { name, role, expires_at } = invite
      return { name, role, expires_at, password: needsPassword(invite) }
    },

    /**
     * Makes an account and logs it in.
     * @throws {AppError} `registration_closed`, `invite_required`, `invalid_invite`, `name_taken`,
     * `too_many_requests`, `invalid_request` for a name or a password that will not do.
     */
    async register(
      { username, password, invite: code }: Registration,
      origin: Origin,
    ): Promise<Login> {
      if (policy === 'closed') throw closed()
      rate.take(origin.ip)
      const invite = letIn(code)
      const name = readUsername(username)
      if (name === undefined)
        throw new AppError(
          'invalid_request',
          'A name has 1 to 64 visible characters, and no spaces.',
        )
      checkPassword(password, name, invite)
      // The transaction asks again; asking here saves the work of a hash.
      goneHoldersOf(name)
      const passwordHash = password === undefined ? '' : await hash(password, origin)
      const account = database.durably(() => create(name, passwordHash, invite, origin.ip))
      const token = await signIns.newToken(account.id, account.expires_at)
      return database.durably(() => {
        const current = users.find(account.id)
        // The invite may have been ended while the token was signed.
        if (current === undefined || !isUsable(current, secondsOf(clock))) throw invalidInvite()
        return signIns.start(current, token, origin)
      })
    },
  }
}

const closed = () => new AppError('registration_closed', 'Only an admin makes accounts here.')

/** Guests who are invited come for an evening, with a nickname; all others want to come back. */
function needsPassword(invite: InviteRow | undefined): boolean {
  return invite?.role !== 'guest'
}

function checkPassword(
  password: string | undefined,
  name: string,
  invite: InviteRow | undefined,
): void {
  if (needsPassword(invite)) {
    if (password === undefined) throw new AppError('invalid_request', 'Choose a password.')
    checkNewPassword(password, name)
  } else if (password !== undefined)
    // A password that is accepted promises that one can log in with it.
    throw new AppError('invalid_request', 'Guests who are invited have no password: leave it out.')
}
