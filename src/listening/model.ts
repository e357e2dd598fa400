import { type Static, Type as t } from '@sinclair/typebox'
import { Person, Text } from '../http/fields'
import { wholeNumber } from '../http/query'

const Count = t.Integer({ minimum: 0 })

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

export const QueueQuery = t.Object({
  offset: wholeNumber('offset', 0, 1_000_000, 'Tracks to leave out at the start; 0 if not given'),
  limit: wholeNumber('limit', 1, 10_000, 'Tracks at most; 1000 if not given'),
})
export type QueueQuery = Static<typeof QueueQuery>

const Milliseconds = t.Union([t.Integer(), t.Null()])

export const Queue = t.Object({
  state: t.Union([t.Literal('playing'), t.Literal('paused'), t.Literal('stopped')]),
  current_tlid: t.Union([t.Integer(), t.Null()]),
  position_ms: t.Integer({ minimum: 0 }),
  total: t.Integer({ minimum: 0, description: 'Tracks in the whole queue' }),
  tracks: t.Array(
    t.Object({
      tlid: t.Integer(),
      uri: t.String(),
      name: Text,
      artist: Text,
      album: Text,
      length_ms: t.Union([t.Integer(), t.Null()], { description: 'Null for a stream' }),
      queued_by: t.Union([Person, t.Null()], { description: 'Null when it came from outside' }),
      added_at: t.Union([t.Integer(), t.Null()], { description: 'Unix seconds' }),
      starts_in_ms: t.Union([t.Integer(), t.Null()], {
        description:
          'Playing time until it starts; 0 for the current track; null when nobody knows, as in random order or behind a stream',
      }),
      starts_at_ms: Object.assign({}, Milliseconds, {
        description: 'Unix milliseconds; null while nothing plays',
      }),
    }),
  ),
})
export type Queue = Static<typeof Queue>
