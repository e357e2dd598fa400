import { isRecord } from '../json'
import { version } from '../version'
import { type HistoryRecord, PlayRecord } from './record'

/** ListenBrainz counts a listen from half of the track's length on, or from four minutes on. */
const LONG_ENOUGH_MS = 4 * 60_000

/** The columns that a listen has members for; all others stand in its `additional_info` by their names. */
const MAPPED = ['record', 'track_uri', 'track_name', 'artist', 'album', 'length_ms'] as const
type Mapped = (typeof MAPPED)[number]
type Other = Exclude<keyof PlayRecord, Mapped>

const isOther = (name: string): name is Other => !MAPPED.some((mapped) => mapped === name)
const OTHERS = Object.keys(PlayRecord.properties).filter(isOther)

/**
 * The plays that ListenBrainz counts as listens, as its `submit-listens` takes them.
 * https://listenbrainz.readthedocs.io/en/latest/users/json.html
 */
export function toListens(records: readonly HistoryRecord[]): unknown[] {
  return records.filter(isListen).map((play) => ({
    listened_at: Math.floor(play.started_at_ms / 1000),
    track_metadata: {
      artist_name: play.artist,
      track_name: play.track_name,
      ...(play.album !== null && { release_name: play.album }),
      additional_info: {
        media_player: 'Mopidy',
        submission_client: 'Musakone',
        submission_client_version: version,
        origin_url: play.track_uri,
        ...(play.length_ms !== null && { duration_ms: play.length_ms }),
        ...othersOf(play),
      },
    },
  }))
}

function othersOf(play: PlayRecord): Partial<Record<Other, unknown>> {
  const others: Partial<Record<Other, unknown>> = {}
  for (const name of OTHERS) others[name] = play[name]
  return others
}

function isListen(record: HistoryRecord): record is PlayRecord {
  if (record.record !== 'play' || record.artist === null || record.track_name === null) return false
  const { length_ms, listened_ms, queued_by_me, started_by_me } = record
  const own = queued_by_me || started_by_me
  return own && listened_ms >= Math.min(LONG_ENOUGH_MS, (length_ms ?? Number.POSITIVE_INFINITY) / 2)
}

/** Whether a line comes from ListenBrainz: a listen, or a request with many of them. */
export function isListenBrainz(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && ('listened_at' in value || 'payload' in value)
}

/** The records that a line of ListenBrainz may hold; nothing of them is checked. */
export function fromListens(value: Record<string, unknown>): unknown[] {
  const listens = Array.isArray(value.payload) ? value.payload : [value]
  return listens.map(fromListen)
}

function fromListen(listen: unknown): unknown {
  if (!isRecord(listen) || !isRecord(listen.track_metadata)) return undefined
  const { artist_name: artist, track_name: name, release_name: album } = listen.track_metadata
  const info = isRecord(listen.track_metadata.additional_info)
    ? listen.track_metadata.additional_info
    : {}
  const seconds = typeof info.duration === 'number' ? Math.round(info.duration * 1000) : null
  const lengthMs = info.duration_ms ?? seconds
  const usual: Record<Other, unknown> = {
    started_at_ms: Number(listen.listened_at) * 1000,
    listened_ms: lengthMs ?? 0,
    end_reason: 'finished',
    // A person's listens at ListenBrainz are the person's own.
    queued_by_me: true,
    started_by_me: false,
    ended_by_me: false,
  }
  return {
    record: 'play',
    track_uri: info.origin_url ?? `listenbrainz:${String(artist)}/${String(name)}`,
    track_name: name ?? null,
    artist: artist ?? null,
    album: album ?? null,
    length_ms: lengthMs,
    ...Object.fromEntries(OTHERS.map((name) => [name, info[name] ?? usual[name]])),
  }
}
