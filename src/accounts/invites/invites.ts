import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import { JOIN_PAGE } from '../../http/page-addresses'
import { createInviteCodes } from './code'
import type { Invite, InviteRole } from './model'

export type InviteRow = {
  id: number
  name: string
  role: InviteRole
  created_by: number | null
  created_at: number
  expires_at: number
  /** NULL: as many as come. */
  max_uses: number | null
  uses: number
  ended_at: number | null
  creator: string | null
  /** Whether who made it may still let people of its role in: 0 or 1. */
  vouched: number
}

export type NewInviteRow = {
  name: string
  role: InviteRole
  createdBy: number | null
  expiresAt: number
  maxUses: number | null
}

const MOST_LISTED = 500

export type Invites = ReturnType<typeof createInvites>
export type InvitesOptions = { database: Database; clock: Clock; secret: string }

/** The rows of `invites`, and the codes that belong to them. */
export function createInvites({ database, clock, secret }: InvitesOptions) {
  const { sqlite } = database
  const codes = createInviteCodes(secret)

  const byId = sqlite.query<InviteRow, { id: number; now: number }>(
    `SELECT i.*, u.username AS creator,
            u.id IS NULL OR (u.disabled = 0 AND ifnull(u.expires_at > $now, 1)
                             AND (u.role <> 'guest' OR i.role = 'guest')) AS vouched
       FROM invites i LEFT JOIN users u ON u.id = i.created_by
      WHERE i.id = $id`,
  )
  const list = sqlite.query<
    InviteRow,
    { creator: number | null; ended: number; now: number; most: number }
  >(
    `SELECT i.*, u.username AS creator,
            u.id IS NULL OR (u.disabled = 0 AND ifnull(u.expires_at > $now, 1)
                             AND (u.role <> 'guest' OR i.role = 'guest')) AS vouched
       FROM invites i LEFT JOIN users u ON u.id = i.created_by
      WHERE ($creator IS NULL OR i.created_by = $creator)
        AND ($ended = 1 OR (i.ended_at IS NULL AND i.expires_at > $now))
      ORDER BY i.id DESC LIMIT $most`,
  )
  const insert = sqlite.query<{ id: number }, Record<string, string | number | null>>(
    `INSERT INTO invites (name, role, created_by, created_at, expires_at, max_uses)
     VALUES ($name, $role, $createdBy, $now, $expiresAt, $maxUses)
     RETURNING id`,
  )
  const use = sqlite.query<unknown, { id: number }>(
    'UPDATE invites SET uses = uses + 1 WHERE id = $id',
  )
  const end = sqlite.query<{ id: number }, { id: number; now: number }>(
    `UPDATE invites SET ended_at = $now
      WHERE id = $id AND ended_at IS NULL
     RETURNING id`,
  )
  // Members have no end: neither those who came as such, nor who has become one since.
  const endGuests = sqlite.query<{ id: number }, { id: number; now: number }>(
    `UPDATE users SET expires_at = $now
      WHERE invite_id = $id AND expires_at > $now
     RETURNING id`,
  )
  const endSessions = sqlite.query<unknown, { id: number; now: number }>(
    `DELETE FROM sessions
      WHERE user_id IN (SELECT id FROM users WHERE invite_id = $id AND expires_at <= $now)`,
  )

  function isOpen({ ended_at, expires_at, max_uses, uses, vouched }: InviteRow): boolean {
    const over = ended_at !== null || expires_at <= secondsOf(clock)
    const usedUp = max_uses !== null && uses >= max_uses
    return !over && !usedUp && vouched === 1
  }

  const byIdNow = (id: number): InviteRow | null => byId.get({ id, now: secondsOf(clock) })

  function find(id: number): InviteRow {
    const row = byIdNow(id)
    if (row === null) throw new AppError('not_found', 'There is no such invite.')
    return row
  }

  return {
    /** @throws {AppError} `not_found`. */
    find,

    /** The newest first; with `creator` only that user's, without `ended` only those in force. */
    list: ({ creator = null, ended = false }: { creator?: number | null; ended?: boolean } = {}) =>
      list.all({ creator, ended: Number(ended), now: secondsOf(clock), most: MOST_LISTED }),

    create({ name, role, createdBy, expiresAt, maxUses }: NewInviteRow): InviteRow {
      const now = secondsOf(clock)
      const row = insert.get({ name, role, createdBy, expiresAt, maxUses, now })
      return find(row?.id ?? 0)
    },

    /**
     * The invite that a code lets in by.
     * @throws {AppError} `invalid_invite`, the same for one that never was, is over or is used up.
     */
    admitting(code: string): InviteRow {
      const id = codes.idIn(code)
      const row = id === undefined ? null : byIdNow(id)
      if (row === null || !codes.fits(code, row) || !isOpen(row)) throw invalidInvite()
      return row
    },

    /**
     * Counts a use, in the transaction that makes the account.
     * @throws {AppError} `invalid_invite` when it has ended, or another took the last.
     */
    use(id: number): void {
      const row = byIdNow(id)
      if (row === null || !isOpen(row)) throw invalidInvite()
      use.run({ id })
    },

    /** Ends it, its guests, and their sessions; whether it had not ended before, and how many. */
    end(id: number): { ended: boolean; guests: number } {
      const now = secondsOf(clock)
      const ended = end.get({ id, now }) !== null
      const guests = endGuests.all({ id, now }).length
      endSessions.run({ id, now })
      return { ended, guests }
    },

    /** What replies show; with an `origin` the link, as long as it lets anybody in. */
    show(row: InviteRow, origin?: string): Invite {
      const { id, name, role, created_at, expires_at, ended_at, max_uses, uses, creator } = row
      const created_by =
        row.created_by === null || creator === null
          ? null
          : { id: row.created_by, username: creator }
      const shown = { id, name, role, created_by, created_at, expires_at, ended_at, max_uses, uses }
      if (origin === undefined || !isOpen(row)) return shown
      const code = codes.codeOf(row)
      // After the `#`: browsers send that part nowhere, so no log and no Referer has it.
      return { ...shown, url: `${origin}${JOIN_PAGE}#${code}`, code }
    },
  }
}

export const invalidInvite = () =>
  new AppError('invalid_invite', 'This invite has ended, has been used up, or never was.')
