import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import { JOIN_PAGE } from '../../http/page-addresses'
import { isAbove, type Role } from '../roles/role'
import type { Roles } from '../roles/roles'
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
  creator_role: Role | null
  /** 1 while the account of the user who made the invite can be used, or nobody's was; else 0. */
  creator_usable: number
}

type NewInviteRow = {
  name: string
  role: InviteRole
  createdBy: number | null
  expiresAt: number
  maxUses: number | null
}

const MOST_LISTED = 500

export type Invites = ReturnType<typeof createInvites>
type InvitesOptions = {
  database: Database
  roles: Pick<Roles, 'may'>
  clock: Clock
  secret: string
}

/** The rows of `invites`, and the codes that belong to them. */
export function createInvites({ database, roles, clock, secret }: InvitesOptions) {
  const { sqlite } = database
  const codes = createInviteCodes(secret)

  const byId = sqlite.query<InviteRow, { id: number; now: number }>(
    `SELECT i.*, u.username AS creator, u.role AS creator_role,
            u.id IS NULL OR (u.disabled = 0 AND ifnull(u.expires_at > $now, 1)) AS creator_usable
       FROM invites i LEFT JOIN users u ON u.id = i.created_by
      WHERE i.id = $id`,
  )
  const list = sqlite.query<
    InviteRow,
    { creator: number | null; ended: number; now: number; most: number }
  >(
    `SELECT i.*, u.username AS creator, u.role AS creator_role,
            u.id IS NULL OR (u.disabled = 0 AND ifnull(u.expires_at > $now, 1)) AS creator_usable
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
  // Guests only: the accounts of members have no end, nor has that of a guest who became one.
  const endGuests = sqlite.query<{ id: number }, { id: number; now: number }>(
    `UPDATE users SET expires_at = $now
      WHERE invite_id = $id AND expires_at > $now
     RETURNING id`,
  )
  const endSessions = sqlite.query<unknown, { id: number; now: number }>(
    `DELETE FROM sessions
      WHERE user_id IN (SELECT id FROM users WHERE invite_id = $id AND expires_at <= $now)`,
  )

  function isOpen({ ended_at, expires_at, max_uses, uses }: InviteRow): boolean {
    const over = ended_at !== null || expires_at <= secondsOf(clock)
    const usedUp = max_uses !== null && uses >= max_uses
    return !over && !usedUp
  }

  /** Whether the user who made the invite may still invite people of its role. */
  function isVouched({ role, creator_role: creator, creator_usable: usable }: InviteRow): boolean {
    if (creator === null) return true
    return usable === 1 && roles.may(creator, 'invites') && !isAbove(role, creator)
  }

  const isUsable = (row: InviteRow): boolean => isOpen(row) && isVouched(row)

  /** @throws {AppError} `invalid_invite` when the invite lets nobody in. */
  function mustBeUsable(row: InviteRow): void {
    if (!isOpen(row)) throw invalidInvite()
    if (!isVouched(row))
      throw new AppError(
        'invalid_invite',
        'This invite counts no more: its maker may not invite people any longer.',
      )
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
     * The open invite that a code is of.
     * @throws {AppError} `invalid_invite`, the same for one that never was, is over or is used up; in
     * other words when its maker may not invite any longer.
     */
    admitting(code: string): InviteRow {
      const id = codes.idIn(code)
      const row = id === undefined ? null : byIdNow(id)
      if (row === null || !codes.fits(code, row)) throw invalidInvite()
      mustBeUsable(row)
      return row
    },

    /**
     * Counts a use, in the transaction that makes the account.
     * @throws {AppError} `invalid_invite` when it has ended, another took the last, or its maker may
     * not invite any longer.
     */
    use(id: number): void {
      const row = byIdNow(id)
      if (row === null) throw invalidInvite()
      mustBeUsable(row)
      use.run({ id })
    },

    /**
     * Ends an invite, the accounts of its guests, and their sessions. Tells whether the invite had not ended
     * before, and how many accounts it ended now.
     */
    end(id: number): { ended: boolean; guests: number } {
      const now = secondsOf(clock)
      const ended = end.get({ id, now }) !== null
      const guests = endGuests.all({ id, now }).length
      endSessions.run({ id, now })
      return { ended, guests }
    },

    /** An invite as replies show it; with an `origin` also its link, as long as that lets anybody in. */
    show(row: InviteRow, origin?: string): Invite {
      const { id, name, role, created_at, expires_at, ended_at, max_uses, uses, creator } = row
      const created_by =
        row.created_by === null || creator === null
          ? null
          : { id: row.created_by, username: creator }
      const times = { created_at, expires_at, ended_at }
      const usable = isUsable(row)
      const shown = { id, name, role, created_by, ...times, max_uses, uses, usable }
      if (origin === undefined || !usable) return shown
      const code = codes.codeOf(row)
      // After the `#`: browsers send that part nowhere, so no log and no Referer has it.
      return { ...shown, url: `${origin}${JOIN_PAGE}#${code}`, code }
    },
  }
}

export const invalidInvite = () =>
  new AppError('invalid_invite', 'This invite has ended, has been used up, or never was.')
