import { type Static, Type as t } from '@sinclair/typebox'
import { Person, Text } from '../http/fields'
import { pageQueryOf } from '../http/query'
import { ACTION_TYPES } from '../mopidy/methods/method'

const oneType = `(${ACTION_TYPES.join('|')})`

export const HistoryQuery = t.Object({
  ...pageQueryOf,
  user: t.Optional(
    t.String({
      pattern: '^([1-9][0-9]{0,14}|all)$',
      description: "Another user's id, or `all`; for admins",
    }),
  ),
  action_type: t.Optional(
    t.String({
      pattern: `^${oneType}(,${oneType})*$`,
      description: `One or more, with commas between: ${ACTION_TYPES.join(', ')}`,
    }),
  ),
})
export type HistoryQuery = Static<typeof HistoryQuery>

export const HistoryEntry = t.Object({
  id: t.Integer(),
  user: t.Union([Person, t.Null()], { description: 'Null when the account is gone' }),
  action_type: t.String(),
  track_uri: Text,
  track_name: Text,
  artist: Text,
  position_ms: t.Union([t.Integer(), t.Null()]),
  metadata: t.Union([t.Record(t.String(), t.Unknown()), t.Null()]),
  timestamp: t.Integer({ description: 'Unix seconds' }),
})
export type HistoryEntry = Static<typeof HistoryEntry>

export const History = t.Object({
  actions: t.Array(HistoryEntry, { description: 'Newest first' }),
  next_cursor: t.Union([t.String(), t.Null()], { description: 'Null on the last page' }),
})
export type History = Static<typeof History>
