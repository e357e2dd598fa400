import { type Static, Type as t } from '@sinclair/typebox'
import { spanOf, wholeNumber } from '../../http/query'
import { SECURITY_EVENTS } from './security-events'

const oneType = `(${SECURITY_EVENTS.join('|')})`

export const AuditQuery = t.Object({
  ...spanOf,
  limit: wholeNumber('limit', 1, 200, 'Entries a page; 50 if not given'),
  cursor: t.Optional(
    t.String({ pattern: '^[0-9]{1,15}$', description: '`next_cursor` of the page before' }),
  ),
  event_type: t.Optional(
    t.String({
      pattern: `^${oneType}(,${oneType})*$`,
      description: `One or more, with commas between: ${SECURITY_EVENTS.join(', ')}`,
    }),
  ),
  user: wholeNumber('user', 1, 1e15, 'The id of a user: what they did, and what was done to them'),
})
export type AuditQuery = Static<typeof AuditQuery>

const Named = t.Union([t.Object({ id: t.Integer(), username: t.String() }), t.Null()])

export const AuditEntry = t.Object({
  id: t.Integer(),
  event_type: t.String(),
  user: { ...Named, description: 'Who did it; null for strangers and the command line' },
  subject: {
    ...Named,
    description: 'To whom; null if to oneself, or to nobody who has an account',
  },
  ip: t.Union([t.String(), t.Null()]),
  details: t.Union([t.Record(t.String(), t.Unknown()), t.Null()]),
  timestamp: t.Integer({ description: 'Unix seconds' }),
})
export type AuditEntry = Static<typeof AuditEntry>

export const Audit = t.Object({
  events: t.Array(AuditEntry),
  next_cursor: t.Union([t.String(), t.Null()], { description: 'null on the last page' }),
})
export type Audit = Static<typeof Audit>
