import { type Static, Type as t } from '@sinclair/typebox'
import { ACTION_TYPES, type ActionType } from '../mopidy/methods/method'

const Text = t.Union([t.String({ maxLength: 4_096 }), t.Null()])
const Milliseconds = t.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const LATEST_MS = 253_402_300_799_000

const EndReasons = t.Union([
  t.Literal('finished'),
  t.Literal('skipped'),
  t.Literal('stopped'),
  t.Literal('replaced'),
  t.Literal('lost'),
])

/** Something that a person did, as it is taken away and brought back. */
export const ActionRecord = t.Object({
  record: t.Literal('action'),
  /** Unix seconds. */
  timestamp: t.Integer({ minimum: 0, maximum: LATEST_MS / 1_000 }),
  action_type: t.Unsafe<ActionType>(t.Union(ACTION_TYPES.map((type) => t.Literal(type)))),
  track_uri: Text,
  track_name: Text,
  artist: Text,
  position_ms: t.Union([Milliseconds, t.Null()]),
  metadata: t.Union([t.Record(t.String(), t.Unknown()), t.Null()]),
})
export type ActionRecord = Static<typeof ActionRecord>

/** Something that was heard. Of people it says only which part in it was one's own. */
export const PlayRecord = t.Object({
  record: t.Literal('play'),
  started_at_ms: t.Integer({ minimum: 0, maximum: LATEST_MS }),
  track_uri: t.String({ minLength: 1, maxLength: 4_096 }),
  track_name: Text,
  artist: Text,
  album: Text,
  length_ms: t.Union([Milliseconds, t.Null()]),
  listened_ms: Milliseconds,
  end_reason: t.Union([EndReasons, t.Null()]),
  queued_by_me: t.Boolean(),
  started_by_me: t.Boolean(),
  ended_by_me: t.Boolean(),
})
export type PlayRecord = Static<typeof PlayRecord>

export const HistoryRecord = t.Union([ActionRecord, PlayRecord])
export type HistoryRecord = Static<typeof HistoryRecord>
