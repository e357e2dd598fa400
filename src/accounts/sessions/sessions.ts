import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import type { Role } from '../roles/role'
import type { SessionKind } from './model'
import { hashOf } from './tokens'

/** The user whom a session's token proves, and the session. */
export type Identity = Readonly<{
  sessionId: number
  kind: SessionKind
  userId: number
  username: string
  /** Of an API key: the lower of its own and its owner's. */
  role: Role
  /** Unix seconds. */
  expiresAt: number
  mustChangePassword: boolean
  /**
   * The account's version, which a change of its password or role raises: an identity of an older version
   * proves nothing any more.
   */
  userVersion: number
  /** Of a guest who came by an invite: that invite, whose guests count as one where things are used up. */
  inviteId: number | null
}>

/** Whether the session that proved the identity has not ended since, nor its account changed. */
export type StillSignedIn = (identity: Identity) => boolean

/** Where a login comes from. */
export type Origin = { ip: string | null; userAgent: string | null }

type NewSession = {
  userId: number
  token: string
  expiresAt: number
  origin: Origin
  kind?: SessionKind
  /** Of an API key. */
  name?: string | null
  role?: Role | null
  administration?: boolean
}

/** What a session proves beyond whose it is. */
type Proof = Readonly<{
  /** Unix seconds at which its user last gave the password; null: not since it is noted. */
  confirmedAt: number | null
  /** Of an API key: whether it was made for acts of administration. */
  administration: boolean
}>

type IdentityRow = Omit<Identity, 'mustChangePassword'> & {
  mustChangePassword: number
}

const LONGEST_USER_AGENT = 256
/** Sessions whose identity is kept in memory. */
const MOST_KNOWN = 10_000
/** The end of what does not end by itself: the last second of the year 9999. */
export const NEVER = 253_402_300_799

export type Sessions = ReturnType<typeof createSessions>

/**
 * The rows of `sessions`, found by the hash of their token. Identities are kept in memory: `forget` is to
 * be called when anything about accounts has changed.
 */
export function createSessions({ database, clock }: { database: Database; clock: Clock }) {
  const { sqlite } = database
  const known = new Map<string, Identity>()

  const insert = sqlite.query<{ id: number }, Record<string, string | number | null>>(
    `INSERT INTO sessions (user_id, token_hash, expires_at, created_at, last_seen, user_agent, ip,
                           kind, name, role, administration, confirmed_at)
     VALUES ($userId, $tokenHash, $expiresAt, $now, $lastSeen, $userAgent, $ip, $kind, $name, $role,
             $administration, $confirmedAt)
     RETURNING id`,
  )
  const find = sqlite.query<IdentityRow, { tokenHash: string; userId: number | null; now: number }>(
    `SELECT s.id AS sessionId, s.kind, u.id AS userId, u.username,
            CASE WHEN s.role = 'guest' OR u.role = 'guest' THEN 'guest'
                 WHEN s.role = 'member' OR u.role = 'member' THEN 'member'
                 ELSE 'admin' END AS role,
            min(s.expires_at, ifnull(u.expires_at, s.expires_at)) AS expiresAt,
            u.must_change_password AS mustChangePassword,
            u.version AS userVersion,
            CASE WHEN u.role = 'guest' THEN u.invite_id END AS inviteId
       FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.token_hash = $tokenHash AND s.user_id = ifnull($userId, s.user_id)
        AND s.expires_at > $now
        AND u.disabled = 0 AND (u.expires_at IS NULL OR u.expires_at > $now)`,
  )
  const findLive = sqlite.query<{ version: number }, { id: number; now: number }>(
    `SELECT u.version FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.id = $id AND s.expires_at > $now
        AND u.disabled = 0 AND (u.expires_at IS NULL OR u.expires_at > $now)`,
  )
  const findProof = sqlite.query<
    { confirmedAt: number | null; administration: number },
    { id: number }
  >('SELECT confirmed_at AS confirmedAt, administration FROM sessions WHERE id = $id')
  const confirm = sqlite.query<unknown, { id: number; now: number }>(
    'UPDATE sessions SET confirmed_at = $now WHERE id = $id',
  )
  const removeOne = sqlite.query<{ id: number }, { id: number }>(
    'DELETE FROM sessions WHERE id = $id RETURNING id',
  )
  const removeLogins = sqlite.query<{ id: number }, { userId: number }>(
    `DELETE FROM sessions WHERE user_id = $userId AND kind <> 'key' RETURNING id`,
  )
  const removeExpired = sqlite.query<unknown, { now: number }>(
    'DELETE FROM sessions WHERE expires_at <= $now',
  )

  /** The version of the account that the session is of; undefined when it has ended. */
  function versionOf(sessionId: number): number | undefined {
    return findLive.get({ id: sessionId, now: secondsOf(clock) })?.version
  }

  function remember(token: string, identity: Identity): void {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(token, identity)
  }

  return {
    /** Starts a session, or makes an API key; its id. */
    start({ userId, token, expiresAt, origin, kind = 'login', ...key }: NewSession): number {
      const now = secondsOf(clock)
      const row = insert.get({
        userId,
        tokenHash: hashOf(token),
        expiresAt,
        now,
        // A key that was last seen before it was made has never been used.
        lastSeen: kind === 'key' ? now - 60 : now,
        userAgent: origin.userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
        ip: origin.ip,
        kind,
        name: key.name ?? null,
        role: key.role ?? null,
        administration: Number(key.administration ?? false),
        confirmedAt: kind === 'login' ? now : null,
      })
      return row?.id ?? 0
    },

    /**
     * The identity of a live session, or undefined; with `userId` only if it is that user's. What is
     * in memory costs no read.
     */
    find(token: string, userId: number | null = null): Identity | undefined {
      const now = secondsOf(clock)
      let identity = known.get(token)
      if (identity === undefined) {
        const row = find.get({ tokenHash: hashOf(token), userId, now })
        if (row === null) return undefined
        identity = { ...row, mustChangePassword: row.mustChangePassword === 1 }
        remember(token, identity)
      }
      return identity.expiresAt > now ? identity : undefined
    },

    /** What the session proves beyond whose it is; nothing when it has ended. */
    proofOf(id: number): Proof {
      const { confirmedAt, administration } = findProof.get({ id }) ?? {}
      return { confirmedAt: confirmedAt ?? null, administration: administration === 1 }
    },

    /** Notes that the user has given the password in this session now. */
    confirm: (id: number): void => void confirm.run({ id, now: secondsOf(clock) }),

    /** Whether `find` has an answer without asking the database. */
    knows: (token: string): boolean => known.has(token),

    /** Whether the session has not ended, nor its account changed, since it proved this identity. */
    isLive: ({ sessionId, userVersion }: Identity): boolean => versionOf(sessionId) === userVersion,

    /**
     * The same for many identities, until anything about accounts changes again: each session is looked
     * up once, however many sockets it has and however many listeners ask.
     */
    liveNow(): StillSignedIn {
      const versions = new Map<number, number | undefined>()
      return ({ sessionId, userVersion }) => {
        if (!versions.has(sessionId)) versions.set(sessionId, versionOf(sessionId))
        return versions.get(sessionId) === userVersion
      }
    },

    /** Ends one session; whether there was one. */
    end: (id: number): boolean => removeOne.get({ id }) !== null,

    /** Ends all sessions of a user but API keys, which have an end of their own; the number. */
    endLogins: (userId: number): number => removeLogins.all({ userId }).length,

    forgetExpired: (): void => void removeExpired.run({ now: secondsOf(clock) }),

    /** Forgets the identities in memory, which a change of accounts may have made wrong. */
    forget: (): void => known.clear(),
  }
}
