import { type Static, Type as t } from '@sinclair/typebox'
import { spanOf, wholeNumber } from '../http/query'
import { ACTION_TYPES } from '../mopidy/methods'

const oneType = `(${ACTION_TYPES.join('|')})`

/** A page of a list that is ordered by time. */
export const pageQueryOf = {
  ...spanOf,
  limit: wholeNumber('limit', 1, 200, 'Entries a page; 50 if not given'),
  cursor: t.Optional(
    t.String({
      pattern: '^[0-9]{1,15}-[0-9]{1,15}$',
      description: '`next_cursor` of the page before',
    }),
  ),
  q: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 200,
      description:
        'Words in track, artist, album, address or search. A page may be short, even empty, while next_cursor says that there is more.',
    }),
  ),
}

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

export const Text = t.Union([t.String(), t.Null()])
const Count = t.Integer({ minimum: 0 })

export const Person = t.Object({ id: t.Integer(), username: t.String() })

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

export const PlaybackState = t.Object({
  state: t.Union([t.Literal('playing'), t.Literal('paused'), t.Literal('stopped')]),
  track: t.Union([
    t.Object({
      tlid: t.Integer(),
      uri: t.String(),
      name: Text,
      artist: Text,
      album: Text,
      length_ms: t.Union([t.Integer(), t.Null()], { description: 'Null for a stream' }),
    }),
    t.Null(),
  ]),
  position_ms: Count,
  volume: t.Union([t.Integer(), t.Null()]),
  mute: t.Union([t.Boolean(), t.Null()]),
  queued_by: t.Union([Person, t.Null()], {
    description: 'Null when it came from outside, or nobody knows any more',
  }),
})
export type PlaybackState = Static<typeof PlaybackState>
