import { type Static, Type as t } from '@sinclair/typebox'
import { Person, Text } from '../http/fields'

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
