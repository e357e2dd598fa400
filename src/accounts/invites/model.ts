import { type Static, Type as t } from '@sinclair/typebox'
import { DAY_S, HOUR_S } from '../../clock'

export const InviteRole = t.Union([t.Literal('guest'), t.Literal('member')])
export type InviteRole = Static<typeof InviteRole>

/** Seconds that an invite lasts if nothing is said, and at most. */
export const DEFAULT_INVITE_S = 12 * HOUR_S
export const LONGEST_INVITE_S = 365 * DAY_S
const SHORTEST_INVITE_S = 60
export const MOST_USES = 10_000
const LONGEST_INVITE_NAME = 100

export const NewInvite = t.Object({
  role: InviteRole,
  expires_in_s: t.Optional(
    t.Integer({
      minimum: SHORTEST_INVITE_S,
      maximum: LONGEST_INVITE_S,
      description: 'Seconds from now; 12 hours if neither this nor `expires_at` is given.',
    }),
  ),
  expires_at: t.Optional(
    t.Integer({ minimum: 0, description: 'Unix seconds, at most a year from now' }),
  ),
  max_uses: t.Optional(
    t.Union([t.Integer({ minimum: 1, maximum: MOST_USES }), t.Null()], {
      description:
        'How many accounts it makes, `null`: as many as come. For members 1 if not given.',
    }),
  ),
  name: t.Optional(
    t.String({
      maxLength: LONGEST_INVITE_NAME,
      pattern: '^[^\\x00-\\x1f\\x7f-\\x9f]*$',
      description: 'What it is for, shown to who comes by it.',
    }),
  ),
})
export type NewInvite = Static<typeof NewInvite>

export const Invite = t.Object({
  id: t.Integer(),
  name: t.String(),
  role: InviteRole,
  created_by: t.Union([t.Object({ id: t.Integer(), username: t.String() }), t.Null()], {
    description: '`null` when it was made at the command line, or by somebody who is gone.',
  }),
  created_at: t.Integer({ description: 'Unix seconds' }),
  expires_at: t.Integer({ description: 'Unix seconds' }),
  ended_at: t.Union([t.Integer(), t.Null()], {
    description: 'Unix seconds; `null` when nobody ended it before its time.',
  }),
  max_uses: t.Union([t.Integer(), t.Null()]),
  uses: t.Integer(),
  usable: t.Boolean({
    description:
      'Whether it lets people in: not when it has ended or is used up, nor when the one who made it may ' +
      'not invite any more.',
  }),
  url: t.Optional(t.String({ description: 'The link; gone when it lets nobody in any more.' })),
  code: t.Optional(t.String({ description: 'What stands in the link behind the `#`.' })),
})
export type Invite = Static<typeof Invite>

export const InviteList = t.Object({ invites: t.Array(Invite) })

export const InviteQuery = t.Object({
  ended: t.Optional(
    t.Union([t.Literal('true'), t.Literal('false')], {
      description: '`true`: also those that have ended; 500 in all, the newest first.',
    }),
  ),
})

export const InviteCode = t.Object({ code: t.String({ maxLength: 200 }) })

/** What the holder of a link may know of its invite. */
export const Invitation = t.Object({
  name: t.String(),
  role: InviteRole,
  expires_at: t.Integer({ description: 'Unix seconds: of the invite, and of a guest account.' }),
  password: t.Boolean({ description: 'Whether a password is to be chosen.' }),
})
export type Invitation = Static<typeof Invitation>

export const RegistrationRules = t.Object({
  policy: t.Union([t.Literal('closed'), t.Literal('invite'), t.Literal('open')]),
})

export const Registration = t.Object({
  username: t.String({ maxLength: 256, description: '1 to 64 visible characters, no spaces' }),
  password: t.Optional(
    t.String({ maxLength: 1024, description: 'Not for guests who come by an invite.' }),
  ),
  invite: t.Optional(t.String({ maxLength: 200, description: 'The code of an invite.' })),
})
export type Registration = Static<typeof Registration>
