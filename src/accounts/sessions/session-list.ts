import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import type { Change } from '../account-changes'
import type { SecurityLog } from '../log/security-log'
import type { Roles } from '../roles/roles'
import { deviceOf } from './device'
import type { LastUse } from './last-use'
import type { SessionEntry, SessionKind } from './model'
import { type Identity, NEVER, type Sessions } from './sessions'

type SessionRow = {
  id: number
  user_id: number
  kind: SessionKind
  name: string | null
  user_agent: string | null
  ip: string | null
  created_at: number
  last_seen: number
  /** Unix seconds; no later than that of the account. */
  ends_at: number
}

export type SessionList = ReturnType<typeof createSessionList>
export type SessionListOptions = {
  database: Database
  clock: Clock
  sessions: Sessions
  roles: Roles
  lastUse: LastUse
  securityLog: SecurityLog
  change: Change
}

/** What is open in whose name, for people to look through and to end. */
export function createSessionList(options: SessionListOptions) {
  const { database, clock, sessions, roles, lastUse, securityLog, change } = options

  const ofUser = database.sqlite.query<SessionRow, { userId: number; now: number }>(
    `SELECT s.id, s.user_id, s.kind, s.name, s.user_agent, s.ip, s.created_at, s.last_seen,
            min(s.expires_at, ifnull(u.expires_at, s.expires_at)) AS ends_at
       FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.user_id = $userId AND s.expires_at > $now
        AND (u.expires_at IS NULL OR u.expires_at > $now)
      ORDER BY s.last_seen DESC, s.id DESC`,
  )
  const byId = database.sqlite.query<
    Pick<SessionRow, 'user_id' | 'kind' | 'name' | 'user_agent'>,
    { id: number }
  >('SELECT user_id, kind, name, user_agent FROM sessions WHERE id = $id')

  return {
    /** The user's sessions and keys, the one used last first. `currentId` is the session that asks. */
    list(userId: number, currentId: number): SessionEntry[] {
      lastUse.write()
      return ofUser.all({ userId, now: secondsOf(clock) }).map(({ user_id, ends_at, ...row }) => ({
        ...row,
        device: deviceOf(row.user_agent),
        expires_at: ends_at === NEVER ? null : ends_at,
        current: row.id === currentId,
      }))
    },

    /**
     * Ends a session, and closes what it has open.
     * @throws {AppError} `not_found` when there is none, or another's and one may not end those.
     */
    end(identity: Identity, id: number, ip: string | null): void {
      change(() => {
        const row = byId.get({ id })
        const isOwn = row?.user_id === identity.userId
        if (row === null || !(isOwn || roles.may(identity.role, 'users')))
          throw new AppError('not_found', 'There is no such session.')
        if (!sessions.isLive(identity)) throw new AppError('unauthorized', 'Invalid token')
        sessions.end(id)
        securityLog.note({
          type: row.kind === 'key' ? 'key_revoked' : 'session_ended',
          userId: identity.userId,
          subjectId: isOwn ? null : row.user_id,
          ip,
          details: row.kind === 'key' ? { name: row.name } : { device: deviceOf(row.user_agent) },
        })
      })
    },
  }
}
