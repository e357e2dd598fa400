import { type Static, Type as t } from '@sinclair/typebox'
import { Person, Text } from '../http/fields'
import { pageQueryOf, wholeNumber } from '../http/query'
import { EndReason } from '../listening/end-reason'
import { ACTION_TYPES } from '../mopidy/methods/method'

const oneType = `(${ACTION_TYPES.join('|')})`

export const ActionHistoryQuery = t.Object({
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
export type ActionHistoryQuery = Static<typeof ActionHistoryQuery>

export const ActionEntry = t.Object({
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
export type ActionEntry = Static<typeof ActionEntry>

export const ActionHistory = t.Object({
  actions: t.Array(ActionEntry, { description: 'Newest first' }),
  next_cursor: t.Union([t.String(), t.Null()], { description: 'Null on the last page' }),
})
export type ActionHistory = Static<typeof ActionHistory>

export const PlaybackHistoryQuery = t.Object({
  ...pageQueryOf,
  user: wholeNumber('user', 1, Number.MAX_SAFE_INTEGER, 'Only what this user queued'),
  end_reason: t.Optional(EndReason),
})
export type PlaybackHistoryQuery = Static<typeof PlaybackHistoryQuery>

const Somebody = t.Union([Person, t.Null()], {
  description: 'Null when it came from outside, or nobody knows',
})

export const PlayEntry = t.Object({
  id: t.Integer(),
  track: t.Object({
    uri: t.String(),
    name: Text,
    artist: Text,
    album: Text,
    length_ms: t.Union([t.Integer(), t.Null()], { description: 'Null for a stream' }),
  }),
  started_at_ms: t.Integer({ description: 'Unix milliseconds' }),
  listened_ms: t.Integer({ minimum: 0, description: 'How long it was truly heard' }),
  end_reason: t.Union([EndReason, t.Null()], { description: 'Null while it plays' }),
  queued_by: Somebody,
  started_by: Somebody,
  ended_by: Somebody,
})
export type PlayEntry = Static<typeof PlayEntry>

export const PlaybackHistory = t.Object({
  plays: t.Array(PlayEntry, { description: 'Newest first' }),
  next_cursor: t.Union([t.String(), t.Null()], { description: 'Null on the last page' }),
})
export type PlaybackHistory = Static<typeof PlaybackHistory>
