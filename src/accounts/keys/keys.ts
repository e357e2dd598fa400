import { type Clock, DAY_S, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import type { Change } from '../account-changes'
import type { SecurityLog } from '../log/security-log'
import type { Role } from '../roles/role'
import { isAbove } from '../roles/role'
import type { LastUse } from '../sessions/last-use'
import { randomSecret } from '../sessions/secret'
import { type Identity, NEVER, type Origin, type Sessions } from '../sessions/sessions'
import type { ApiKey, NewApiKey, ShownApiKey } from './model'

type Row = Readonly<{
  id: number
  name: string
  role: Role
  administration: number
  created_at: number
  expires_at: number
  last_seen: number
}>

/** A key of an admin that had no end, or a late one, and got one at an upgrade. */
type LimitedKey = Readonly<{ name: string; owner: string; expires_at: number }>

const PREFIX = 'mk_'
const KEY_BYTES = 32
const MOST_PER_USER = 50
/** Days after which a key for administration ends at the latest. */
const LONGEST_ADMINISTRATION = 365
const NAME = /^(?=.{1,64}$)[^\p{C}\p{Z}]+( +[^\p{C}\p{Z}]+)*$/u

/** Whether a token has the form of an API key. */
export function isApiKey(token: string): boolean {
  return token.startsWith(PREFIX)
}

export type ApiKeys = ReturnType<typeof createApiKeys>
type ApiKeysOptions = {
  database: Database
  clock: Clock
  sessions: Sessions
  lastUse: LastUse
  securityLog: SecurityLog
  change: Change
}

/** API keys: sessions for programs, which last until they are revoked or their time has come. */
export function createApiKeys(options: ApiKeysOptions) {
  const { database, clock, sessions, lastUse, securityLog, change } = options
  const { sqlite } = database
  const select = sqlite.query<Row, { userId: number; id: number | null; now: number }>(
    `SELECT s.id, s.name, s.administration, s.created_at, s.last_seen,
            CASE WHEN s.role = 'guest' OR u.role = 'guest' THEN 'guest'
                 WHEN s.role = 'member' OR u.role = 'member' THEN 'member'
                 ELSE 'admin' END AS role,
            min(s.expires_at, ifnull(u.expires_at, s.expires_at)) AS expires_at
       FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.user_id = $userId AND s.kind = 'key' AND s.id = ifnull($id, s.id)
        AND s.expires_at > $now
      ORDER BY s.id`,
  )
  const selectLimited = sqlite.query<LimitedKey, { now: number }>(
    `SELECT s.name, u.username AS owner, s.expires_at
       FROM security_events e
       JOIN sessions s ON s.id = e.details ->> '$.key' AND s.user_id = e.subject_id
       JOIN users u ON u.id = s.user_id
      WHERE e.event_type = 'key_limited' AND s.expires_at > $now
      ORDER BY s.id`,
  )
  const remove = sqlite.query<
    { user_id: number; name: string },
    { id: number; userId: number | null; now: number }
  >(
    `DELETE FROM sessions
      WHERE id = $id AND kind = 'key' AND user_id = ifnull($userId, user_id) AND expires_at > $now
     RETURNING user_id, name`,
  )

  function list(userId: number, id: number | null = null): ApiKey[] {
    return select.all({ userId, id, now: secondsOf(clock) }).map(toApiKey)
  }

  return {
    /**
     * Makes a key for the caller, whose role it has at most. For more than a member's it must say so.
     * @throws {AppError} `invalid_request`, `forbidden` for a higher role, `limit_reached`.
     */
    create(
      identity: Identity,
      { name, expires_in_days, administration = false, ...wanted }: NewApiKey,
      origin: Origin,
    ): ShownApiKey {
      const { userId } = identity
      if (!NAME.test(name))
        throw new AppError('invalid_request', 'name must be 1 to 64 visible characters.')
      const role = wanted.role ?? (administration ? 'admin' : lower('member', identity.role))
      if (isAbove(role, identity.role))
        throw new AppError('forbidden', 'A key may not do more than its owner.')
      if (administration) checkAdministration(role, expires_in_days)
      const key = PREFIX + randomSecret(KEY_BYTES)
      return database.durably(() => {
        if (!sessions.isLive(identity)) throw new AppError('unauthorized', 'Invalid token')
        if (list(userId).length >= MOST_PER_USER)
          throw new AppError('limit_reached', `Nobody may have more than ${MOST_PER_USER} keys.`)
        const days = expires_in_days
        const id = sessions.start({
          userId,
          token: key,
          expiresAt: days === undefined ? NEVER : secondsOf(clock) + days * DAY_S,
          origin,
          kind: 'key',
          name,
          role,
          administration,
        })
        const [made] = list(userId, id)
        if (made === undefined) throw new AppError('unauthorized', 'Invalid token')
        const details = { key: made.id, name, role, ...(administration && { administration }) }
        securityLog.note({ type: 'key_created', userId, ip: origin.ip, details })
        return { ...made, key }
      })
    },

    /** The keys that got their end at an upgrade, as long as they last. */
    limitedByUpgrade: (): LimitedKey[] => selectLimited.all({ now: secondsOf(clock) }),

    /** The user's keys, the oldest first. */
    list(userId: number): ApiKey[] {
      lastUse.write()
      return list(userId)
    },

    /**
     * Ends a key of the caller, or with `ofAnyone` a key of any user.
     * @throws {AppError} `not_found`.
     */
    revoke(identity: Identity, id: number, { ofAnyone = false, ip = null as string | null }): void {
      change(() => {
        if (!sessions.isLive(identity)) throw new AppError('unauthorized', 'Invalid token')
        const { userId } = identity
        const owner = ofAnyone ? null : userId
        const revoked = remove.get({ id, userId: owner, now: secondsOf(clock) })
        if (revoked === null) throw new AppError('not_found', 'There is no such key.')
        const subjectId = revoked.user_id === userId ? null : revoked.user_id
        const details = { key: id, name: revoked.name }
        securityLog.note({ type: 'key_revoked', userId, subjectId, ip, details })
      })
    },
  }
}

const lower = (role: Role, other: Role): Role => (isAbove(role, other) ? other : role)

function checkAdministration(role: Role, days: number | undefined): void {
  if (role !== 'admin')
    throw new AppError('invalid_request', 'A key for administration has the role admin.')
  if (days === undefined || days > LONGEST_ADMINISTRATION)
    throw new AppError(
      'invalid_request',
      `A key for administration ends: give expires_in_days of at most ${LONGEST_ADMINISTRATION}.`,
    )
}

function toApiKey({ last_seen, expires_at, administration, ...row }: Row): ApiKey {
  return {
    ...row,
    administration: administration === 1,
    expires_at: expires_at === NEVER ? null : expires_at,
    last_used: last_seen < row.created_at ? null : last_seen,
  }
}
