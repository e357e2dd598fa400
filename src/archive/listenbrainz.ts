import { isRecord } from '../json'
import { version } from '../version'
import type { HistoryRecord, PlayRecord } from './record'

/** ListenBrainz counts what was heard for half of its length, or for four minutes. */
const LONG_ENOUGH_MS = 4 * 60_000

/**
 * Plays as ListenBrainz's `submit-listens` takes them: those that count there, with names. What it has no
 * member for stands in `additional_info`, so that it can be brought back.
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
        started_at_ms: play.started_at_ms,
        listened_ms: play.listened_ms,
        end_reason: play.end_reason,
        queued_by_me: play.queued_by_me,
        started_by_me: play.started_by_me,
        ended_by_me: play.ended_by_me,
      },
    },
  }))
}

function isListen(record: HistoryRecord): record is PlayRecord {
  if (record.record !== 'play' || record.artist === null || record.track_name === null) return false
  const { length_ms, listened_ms, queued_by_me, started_by_me } = record
  const own = queued_by_me || started_by_me
  return own && listened_ms >= Math.min(LONG_ENOUGH_MS, (length_ms ?? Number.POSITIVE_INFINITY) / 2)
}

/** Whether a line is of ListenBrainz: a listen, or a request with many of them. */
export function isListenBrainz(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && ('listened_at' in value || 'payload' in value)
}

/** The records that a line of ListenBrainz may be; whether they are will be checked. */
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
  return {
    record: 'play',
    started_at_ms: info.started_at_ms ?? Number(listen.listened_at) * 1000,
    track_uri: info.origin_url ?? `listenbrainz:${String(artist)}/${String(name)}`,
    track_name: name ?? null,
    artist: artist ?? null,
    album: album ?? null,
    length_ms: lengthMs,
    listened_ms: info.listened_ms ?? lengthMs ?? 0,
    end_reason: info.end_reason ?? 'finished',
    // One's own, or it would not be in one's listens.
    queued_by_me: info.queued_by_me ?? true,
    started_by_me: info.started_by_me ?? false,
    ended_by_me: info.ended_by_me ?? false,
  }
}
