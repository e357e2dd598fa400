import type { Database } from '../database/database'
import type { Stats, StatsQuery } from './model'

type Span = { userId: number; from: number; to: number }
type Top = Span & { limit: number }

const TOP = 10

// A play is the one's who queued it; what came from outside, the one's who started it.
const OWN_PLAYS = `
  plays WHERE (queued_by = $userId OR (queued_by IS NULL AND started_by = $userId))
          AND started_at_ms >= $from * 1000 AND started_at_ms < $to * 1000`
const OWN_ACTIONS = `
  user_actions WHERE user_id = $userId AND timestamp >= $from AND timestamp < $to`

/** What a user did and heard in a span of time. */
export function createStatistics({ database: { sqlite } }: { database: Database }) {
  const countKinds = sqlite.query<{ kind: string; count: number }, Span>(
    `SELECT action_type AS kind, COUNT(*) AS count FROM ${OWN_ACTIONS} GROUP BY action_type`,
  )
  const countHours = sqlite.query<{ hour: number; weekday: number; count: number }, Span>(
    `SELECT CAST(strftime('%H', timestamp, 'unixepoch', 'localtime') AS INTEGER) AS hour,
            (CAST(strftime('%w', timestamp, 'unixepoch', 'localtime') AS INTEGER) + 6) % 7 AS weekday,
            COUNT(*) AS count
       FROM ${OWN_ACTIONS} GROUP BY hour, weekday`,
  )
  const sumPlays = sqlite.query<{ plays: number; listened_ms: number }, Span>(
    `SELECT COUNT(*) AS plays, COALESCE(SUM(listened_ms), 0) AS listened_ms FROM ${OWN_PLAYS}`,
  )
  // SQLite takes the other columns from the row that has the maximum: the newest name of a track.
  const playedTracks = sqlite.query<Stats['most_played']['tracks'][number], Top>(
    `SELECT track_uri, track_name, artist, plays, listened_ms FROM (
       SELECT track_uri, track_name, artist, COUNT(*) AS plays, SUM(listened_ms) AS listened_ms,
              MAX(id) AS newest
         FROM ${OWN_PLAYS} GROUP BY track_uri)
      ORDER BY plays DESC, listened_ms DESC, newest DESC LIMIT $limit`,
  )
  const playedArtists = sqlite.query<Stats['most_played']['artists'][number], Top>(
    `SELECT artist, COUNT(*) AS plays, SUM(listened_ms) AS listened_ms
       FROM ${OWN_PLAYS} AND artist IS NOT NULL GROUP BY artist
      ORDER BY plays DESC, listened_ms DESC, artist LIMIT $limit`,
  )
  const queuedTracks = sqlite.query<Stats['most_queued']['tracks'][number], Top>(
    `SELECT track_uri, track_name, artist, queued FROM (
       SELECT track_uri, track_name, artist, COUNT(*) AS queued, MAX(id) AS newest
         FROM ${OWN_ACTIONS} AND action_type = 'queue_add' AND track_uri IS NOT NULL
        GROUP BY track_uri)
      ORDER BY queued DESC, newest DESC LIMIT $limit`,
  )
  const queuedArtists = sqlite.query<Stats['most_queued']['artists'][number], Top>(
    `SELECT artist, COUNT(*) AS queued
       FROM ${OWN_ACTIONS} AND action_type = 'queue_add' AND artist IS NOT NULL
      GROUP BY artist ORDER BY queued DESC, artist LIMIT $limit`,
  )

  return (userId: number, query: StatsQuery): Stats => {
    // Far enough for everyone, and still exact when it becomes milliseconds.
    const span = { userId, from: query.from ?? 0, to: query.to ?? 8_640_000_000_000 }
    const top = { ...span, limit: query.limit ?? TOP }
    const kinds = countKinds.all(span)
    const activity = { by_hour: zeros(24), by_weekday: zeros(7) }
    for (const { hour, weekday, count } of countHours.all(span)) {
      activity.by_hour[hour] = (activity.by_hour[hour] ?? 0) + count
      activity.by_weekday[weekday] = (activity.by_weekday[weekday] ?? 0) + count
    }
    return {
      actions: Object.fromEntries(kinds.map(({ kind, count }) => [kind, count])),
      total_actions: kinds.reduce((sum, { count }) => sum + count, 0),
      ...(sumPlays.get(span) ?? { plays: 0, listened_ms: 0 }),
      most_played: { tracks: playedTracks.all(top), artists: playedArtists.all(top) },
      most_queued: { tracks: queuedTracks.all(top), artists: queuedArtists.all(top) },
      activity,
    }
  }
}

const zeros = (length: number): number[] => new Array(length).fill(0)
