import { type Clock, secondsOf } from '../../clock'
import type { RegistrationPolicy } from '../../config'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import type { Change } from '../account-changes'
import type { SecurityLog } from '../log/security-log'
import { mayNot } from '../roles/permissions'
import { isAbove } from '../roles/role'
import { type Actor, byActor } from '../users/administration'
import type { InviteRow, Invites } from './invites'
import { DEFAULT_INVITE_S, type InviteRole, LONGEST_INVITE_S, type NewInvite } from './model'

export type Inviting = ReturnType<typeof createInviting>
export type InvitingOptions = {
  invites: Invites
  securityLog: SecurityLog
  database: Database
  clock: Clock
  policy: RegistrationPolicy
  change: Change
}

/** Making invites and ending them. */
export function createInviting(options: InvitingOptions) {
  const { invites, securityLog, database, clock, policy, change } = options

  /** @throws {AppError} `not_found`, for who is no admin also where it is somebody else's. */
  function find(actor: Actor, id: number): InviteRow {
    const row = invites.find(id)
    const creator = creatorSeenBy(actor)
    if (creator === null || row.created_by === creator) return row
    throw new AppError('not_found', 'There is no such invite.')
  }

  return {
    find,

    /** Those that the actor may see and end: an admin everyone's, others their own. */
    list: (actor: Actor, { ended = false } = {}): InviteRow[] =>
      invites.list({ creator: creatorSeenBy(actor), ended }),

    /**
     * @throws {AppError} `registration_closed`, `forbidden` for a role above the actor's own,
     * `invalid_request`.
     */
    create(actor: Actor, { role, name = '', ...wanted }: NewInvite): InviteRow {
      if (policy === 'closed')
        throw new AppError(
          'registration_closed',
          'Registration is closed: set REGISTRATION to invite or open first.',
        )
      const { identity } = actor
      if (identity !== undefined && isAbove(role, identity.role))
        throw new AppError('forbidden', mayNot(identity.role, `invite a ${role}`))
      const expiresAt = endOf(wanted, secondsOf(clock))
      const maxUses = usesOf(role, wanted.max_uses)
      return database.durably(() => {
        const createdBy = identity?.userId ?? null
        const row = invites.create({ name: name.trim(), role, createdBy, expiresAt, maxUses })
        const details = { invite_id: row.id, role, expires_at: expiresAt, max_uses: maxUses }
        securityLog.note(byActor(actor, { type: 'invite_created', details }))
        return row
      })
    },

    /** Ends an invite and its guests, who are out at once. Ending it again does nothing. */
    end(actor: Actor, id: number): InviteRow {
      find(actor, id)
      return change(() => {
        const { ended, guests } = invites.end(id)
        const details = { invite_id: id, guests }
        if (ended || guests > 0) securityLog.note(byActor(actor, { type: 'invite_ended', details }))
        return invites.find(id)
      })
    },
  }
}

/** Whose invites the actor has a say in; null: all. */
function creatorSeenBy({ identity }: Actor): number | null {
  return identity === undefined || identity.role === 'admin' ? null : identity.userId
}

function endOf(
  { expires_at: end, expires_in_s: inS }: Pick<NewInvite, 'expires_at' | 'expires_in_s'>,
  now: number,
): number {
  if (end === undefined) return now + (inS ?? DEFAULT_INVITE_S)
  if (inS !== undefined)
    throw new AppError('invalid_request', 'Give either expires_at or expires_in_s.')
  if (end > now && end <= now + LONGEST_INVITE_S) return end
  throw new AppError('invalid_request', 'expires_at must be in the future, within a year.')
}

/** A link for members is handed to one person, one for guests hangs on the wall. */
function usesOf(role: InviteRole, uses: number | null | undefined): number | null {
  return uses === undefined ? { guest: null, member: 1 }[role] : uses
}
