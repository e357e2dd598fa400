import { type Static, type TSchema, Type as t } from '@sinclair/typebox'
import { DAY_MS, LATEST_S } from '../clock'
import { EndReason } from '../listening/end-reason'
import { ACTION_TYPES, type ActionType } from '../mopidy/methods/method'

/** How a field of CSV is to be read. */
export type FieldKind = 'text' | 'number' | 'flag' | 'json'
/** Of a track, a position or a play: nothing that is played lasts a year. */
const LONGEST_MS = 366 * DAY_MS
type Columns = Readonly<
  Record<string, Readonly<{ field: FieldKind; action?: TSchema; play?: TSchema }>>
>

const orNull = <Schema extends TSchema>(schema: Schema) => t.Union([schema, t.Null()])
// A longer text is cut when it is written, as the recorder cuts it.
const Text = orNull(t.String())
const Milliseconds = t.Integer({ minimum: 0, maximum: LONGEST_MS })

/**
 * The columns of the archive, in the order of its CSV. `action` and `play` are what the value may be in
 * the record of an action and of a play; without one of them, such a record has no such column.
 */
export const columns = {
  record: { field: 'text', action: t.Literal('action'), play: t.Literal('play') },
  /** Unix seconds. */
  timestamp: { field: 'number', action: t.Integer({ minimum: 0, maximum: LATEST_S }) },
  started_at_ms: { field: 'number', play: t.Integer({ minimum: 0, maximum: LATEST_S * 1_000 }) },
  action_type: {
    field: 'text',
    action: t.Unsafe<ActionType>(t.Union(ACTION_TYPES.map((type) => t.Literal(type)))),
  },
  track_uri: {
    field: 'text',
    action: Text,
    play: t.String({ minLength: 1 }),
  },
  track_name: { field: 'text', action: Text, play: Text },
  artist: { field: 'text', action: Text, play: Text },
  album: { field: 'text', play: Text },
  length_ms: { field: 'number', play: orNull(Milliseconds) },
  position_ms: { field: 'number', action: orNull(Milliseconds) },
  listened_ms: { field: 'number', play: Milliseconds },
  end_reason: { field: 'text', play: orNull(EndReason) },
  queued_by_me: { field: 'flag', play: t.Boolean() },
  started_by_me: { field: 'flag', play: t.Boolean() },
  ended_by_me: { field: 'flag', play: t.Boolean() },
  metadata: { field: 'json', action: orNull(t.Record(t.String(), t.Unknown())) },
} as const satisfies Columns

/** The columns that one kind of record has, with their schemas. */
type Of<Kind extends 'action' | 'play'> = {
  [Name in keyof typeof columns as (typeof columns)[Name] extends Record<Kind, TSchema>
    ? Name
    : never]: (typeof columns)[Name] extends Record<Kind, infer Schema extends TSchema>
    ? Schema
    : never
}

function schemasOf<Kind extends 'action' | 'play'>(kind: Kind): Of<Kind> {
  const all: [string, Columns[string]][] = Object.entries(columns)
  const own = all.flatMap(([name, { [kind]: schema }]) => (schema ? [[name, schema] as const] : []))
  return Object.fromEntries(own) as Of<Kind>
}

/** Something that a person did, as it is taken away and brought back. */
export const ActionRecord = t.Object(schemasOf('action'))
export type ActionRecord = Static<typeof ActionRecord>

/** Something that was heard. Of people it says only which part in it was one's own. */
export const PlayRecord = t.Object(schemasOf('play'))
export type PlayRecord = Static<typeof PlayRecord>

export type HistoryRecord = ActionRecord | PlayRecord
