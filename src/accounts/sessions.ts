import { type Clock, secondsOf } from '../clock'
import type { Database } from '../database/database'
import type { Role } from './model'
import { hashOf } from './tokens'

/** Who speaks, as a session's token proves it. */
export type Identity = Readonly<{
  sessionId: number
  userId: number
  username: string
  role: Role
  /** Unix seconds. */
  expiresAt: number
  mustChangePassword: boolean
}>

/** Where a login comes from. */
export type Origin = { ip: string | null; userAgent: string | null }

type IdentityRow = {
  sessionId: number
  userId: number
  username: string
  role: Role
  expiresAt: number
  lastSeen: number
  mustChangePassword: number
}

/** Seconds between two notes of a session's last use. */
const LAST_SEEN_STEP_S = 60
const LONGEST_USER_AGENT = 256

export type Sessions = ReturnType<typeof createSessions>

/** The rows of `sessions`: each is one login, found by the hash of its token. */
export function createSessions({ database, clock }: { database: Database; clock: Clock }) {
  const { sqlite } = database

  const insert = sqlite.query<{ id: number }, Record<string, string | number | null>>(
    `INSERT INTO sessions (user_id, token_hash, expires_at, created_at, last_seen, user_agent, ip)
     VALUES ($userId, $tokenHash, $expiresAt, $now, $now, $userAgent, $ip)
     RETURNING id`,
  )
  const find = sqlite.query<IdentityRow, { tokenHash: string; userId: number; now: number }>(
    `SELECT s.id AS sessionId, u.id AS userId, u.username, u.role, s.expires_at AS expiresAt,
            s.last_seen AS lastSeen, u.must_change_password AS mustChangePassword
       FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.token_hash = $tokenHash AND s.user_id = $userId
        AND s.expires_at > $now AND u.disabled = 0`,
  )
  const findLive = sqlite.query<{ id: number }, { id: number; now: number }>(
    'SELECT id FROM sessions WHERE id = $id AND expires_at > $now',
  )
  const touch = sqlite.query<unknown, { id: number; now: number }>(
    'UPDATE sessions SET last_seen = $now WHERE id = $id',
  )
  const removeOne = sqlite.query<{ id: number }, { id: number }>(
    'DELETE FROM sessions WHERE id = $id RETURNING id',
  )
  const removeOfUser = sqlite.query<{ id: number }, { userId: number }>(
    'DELETE FROM sessions WHERE user_id = $userId RETURNING id',
  )
  const removeExpired = sqlite.query<unknown, { now: number }>(
    'DELETE FROM sessions WHERE expires_at <= $now',
  )

  return {
    start(userId: number, token: string, expiresAt: number, origin: Origin): void {
      insert.get({
        userId,
        tokenHash: hashOf(token),
        expiresAt,
        now: secondsOf(clock),
        userAgent: origin.userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
        ip: origin.ip,
      })
    },

    /** The identity of a live session, or undefined. */
    find(userId: number, token: string): Identity | undefined {
      const now = secondsOf(clock)
      const row = find.get({ tokenHash: hashOf(token), userId, now })
      if (row === null) return undefined
      const { lastSeen, ...identity } = row
      if (now - lastSeen >= LAST_SEEN_STEP_S) touch.run({ id: row.sessionId, now })
      return { ...identity, mustChangePassword: row.mustChangePassword === 1 }
    },

    isLive: (id: number): boolean => findLive.get({ id, now: secondsOf(clock) }) !== null,

    /** Ends one session; its id in a list, empty when there was none. */
    end: (id: number): number[] => removeOne.all({ id }).map((row) => row.id),

    /** Ends all sessions of a user; their ids. */
    endAll: (userId: number): number[] => removeOfUser.all({ userId }).map((row) => row.id),

    forgetExpired: (): void => void removeExpired.run({ now: secondsOf(clock) }),
  }
}
