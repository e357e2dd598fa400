import type { Database } from '../../src/database/database'
import type { Stats } from '../../src/statistics/model'

type ActionRow = {
  id: number
  user_id: number | null
  action_type: string
  track_uri: string | null
  artist: string | null
  metadata: string | null
  timestamp: number
  brought_by: number | null
}
type PlayRow = {
  id: number
  track_uri: string
  artist: string | null
  album: string | null
  queued_by: number | null
  owner_id: number | null
  ended_by: number | null
  started_at_ms: number
  listened_ms: number
  end_reason: string | null
  brought_by: number | null
  counted: number
}
type Asked = { subject: number; from: number; to: number; tz: string }
type Tally = Map<string, { times: number; ms: number }>

/** The statistics, worked out by reading every row and with a calendar; uses nothing of the product. */
export function naiveStatistics({ sqlite }: Database, { subject, from, to, tz }: Asked) {
  const actions = sqlite
    .query<ActionRow, []>('SELECT * FROM user_actions')
    .all()
    .filter(({ timestamp }) => timestamp >= from && timestamp < to)
    .filter((row) => (subject === 0 ? isRoomsAction(row) : row.user_id === subject))
  const plays = sqlite
    .query<PlayRow, []>('SELECT * FROM plays')
    .all()
    .filter((row) => row.started_at_ms >= from * 1_000 && row.started_at_ms < to * 1_000)
    .filter(({ end_reason, counted }) => end_reason === null || counted === 1)
    .filter((row) => (subject === 0 ? row.brought_by === null : row.owner_id === subject))

  const tallies = Array.from({ length: 7 }, (): Tally => new Map())
  const [queued, queuedArtists, played, artists, albums, skipped, searches] = tallies as Seven
  const kinds: Record<string, number> = {}
  const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  const listening = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  const days = new Set<string>()
  for (const { action_type, track_uri, artist, metadata, timestamp } of actions) {
    kinds[action_type] = (kinds[action_type] ?? 0) + 1
    count(week, days, timestamp * 1_000, tz, 1)
    if (action_type === 'queue_add') {
      add(queued, track_uri, 0)
      add(queuedArtists, artist, 0)
    }
    if (action_type === 'search' && metadata !== null) {
      const { query } = JSON.parse(metadata) as { query?: unknown }
      if (query !== undefined) add(searches, lower(JSON.stringify(query)), 0)
    }
  }
  const totals = { plays: 0, listened_ms: 0 }
  const queue = { plays: 0, finished: 0, skipped: 0, skipped_by_self: 0 }
  for (const play of plays) {
    const { track_uri, artist, album, listened_ms, end_reason, queued_by, ended_by } = play
    totals.plays += 1
    totals.listened_ms += listened_ms
    count(listening, days, play.started_at_ms, tz, listened_ms)
    add(played, track_uri, listened_ms)
    add(artists, artist, listened_ms)
    if (album !== null) add(albums, `${album}/${artist}`, listened_ms)
    if (end_reason === 'finished') queue.finished += 1
    if (subject !== 0 && queued_by !== subject) continue
    queue.plays += 1
    if (end_reason !== 'skipped') continue
    if (subject !== 0 && ended_by === subject) queue.skipped_by_self += 1
    else {
      queue.skipped += 1
      add(skipped, track_uri, listened_ms)
    }
  }
  return {
    actions: kinds,
    total_actions: actions.length,
    ...totals,
    queue,
    days: [...days].sort(),
    people: peopleIn(plays),
    week,
    listening,
    tops: { queued, queuedArtists, played, artists, albums, skipped, searches },
  }
}

/** The plays of each owner. */
function peopleIn(plays: readonly PlayRow[]): Map<number, number> {
  const people = new Map<number, number>()
  for (const { owner_id } of plays)
    if (owner_id !== null) people.set(owner_id, (people.get(owner_id) ?? 0) + 1)
  return people
}

/** Searches are everyone's own, and so is what was brought. */
const isRoomsAction = ({ action_type, brought_by }: ActionRow) =>
  action_type !== 'search' && brought_by === null

type Seven = [Tally, Tally, Tally, Tally, Tally, Tally, Tally]

function count(week: number[][], days: Set<string>, ms: number, tz: string, amount: number): void {
  // No zone has offsets finer than this today.
  const quarter = Math.floor(ms / 900_000) * 900_000
  const at = Temporal.Instant.fromEpochMilliseconds(quarter).toZonedDateTimeISO(tz)
  const hours = week[at.dayOfWeek - 1] ?? []
  hours[at.hour] = (hours[at.hour] ?? 0) + amount
  days.add(at.toPlainDate().toString())
}

function add(tally: Tally, key: string | null, ms: number): void {
  if (key === null) return
  const before = tally.get(key) ?? { times: 0, ms: 0 }
  tally.set(key, { times: before.times + 1, ms: before.ms + ms })
}

// SQLite makes small letters of ASCII only.
const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** The same figures of a reply, for comparing; its lists must be long enough to hold everything. */
export function comparableOf(stats: Stats) {
  const { added: _, skip_rate: __, ...queue } = stats.queue
  const { tracks, artists, albums } = stats.most_played
  return {
    actions: stats.actions,
    total_actions: stats.total_actions,
    plays: stats.plays,
    listened_ms: stats.listened_ms,
    queue,
    days_active: stats.days_active,
    week: stats.activity.by_weekday_and_hour,
    listening: stats.activity.listened_ms_by_weekday_and_hour,
    tops: {
      queued: tallyOf(stats.most_queued.tracks, (row) => [row.track_uri, row.queued]),
      queuedArtists: tallyOf(stats.most_queued.artists, (row) => [row.artist, row.queued]),
      played: tallyOf(tracks, (row) => [row.track_uri, row.plays, row.listened_ms]),
      artists: tallyOf(artists, (row) => [row.artist, row.plays, row.listened_ms]),
      albums: tallyOf(albums, (r) => [`${r.album}/${r.artist}`, r.plays, r.listened_ms]),
      skipped: tallyOf(stats.most_skipped.tracks, (row) => [row.track_uri, row.skipped]),
      searches: tallyOf(stats.most_searched, (r) => [JSON.stringify(r.query), r.searches]),
    },
  }
}

function tallyOf<Row>(rows: Row[], of: (row: Row) => [string, number, number?]): Tally {
  const entries = rows.map(of)
  const times = entries.map(([, count]) => count)
  if (times.some((count, index) => count > (times[index - 1] ?? Number.POSITIVE_INFINITY)))
    throw new Error(`not in order: ${times}`)
  return new Map(entries.map(([key, count, ms = 0]) => [key, { times: count, ms }]))
}
