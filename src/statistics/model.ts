import { type Static, Type as t } from '@sinclair/typebox'
import { Text } from '../http/fields'
import { spanOf, wholeNumber } from '../http/query'

const tz = t.Optional(
  t.String({
    minLength: 1,
    maxLength: 64,
    error: () => 'tz must be the name of a time zone, like Europe/Berlin.',
    description: "IANA name of the time zone of days and hours; the server's if not given",
  }),
)

export const RoomStatsQuery = t.Object({
  ...spanOf,
  tz,
  limit: wholeNumber('limit', 1, 100, 'Length of the top lists; 10 if not given'),
})
export type RoomStatsQuery = Static<typeof RoomStatsQuery>

export const StatsQuery = t.Object({
  ...RoomStatsQuery.properties,
  user: t.Optional(
    t.String({
      pattern: '^[1-9][0-9]{0,14}$',
      error: () => 'user must be the id of a user.',
      description: "Another user's id; for admins",
    }),
  ),
  room: t.Optional(
    t.String({
      pattern: '^(true|false)$',
      error: () => 'room must be true or false.',
      description: '`true`: as /api/analytics/stats/room',
    }),
  ),
})
export type StatsQuery = Static<typeof StatsQuery>

export const ReviewQuery = t.Object({ tz })
export type ReviewQuery = Static<typeof ReviewQuery>

export const ReviewYear = t.Object({
  year: t.String({ pattern: '^(19[7-9][0-9]|[2-9][0-9]{3})$', error: () => NO_YEAR }),
})
const NO_YEAR = 'year must be a year from 1970 to 9999.'

const Count = t.Integer({ minimum: 0 })
const Milliseconds = t.Integer({ minimum: 0 })
const Day = t.String({ description: 'Such as 2026-01-05' })

const Track = { track_uri: t.String(), track_name: Text, artist: Text }
const Played = { plays: Count, listened_ms: Milliseconds }

const PlayedTracks = t.Array(t.Object({ ...Track, ...Played }))
const PlayedArtists = t.Array(t.Object({ artist: t.String(), ...Played }))
const PlayedAlbums = t.Array(t.Object({ album: t.String(), artist: Text, ...Played }))
const SkippedTracks = t.Array(t.Object({ ...Track, skipped: Count }))
const Searches = t.Array(
  t.Object({
    words: t.String({ description: 'What was searched for, in small letters' }),
    query: t.Unknown({ description: 'The same as it was asked, by field' }),
    searches: Count,
  }),
  { description: "Empty for the room: searches are everyone's own" },
)
const People = t.Optional(
  t.Array(t.Object({ id: t.Integer(), username: t.String(), ...Played }), {
    description: 'Of the room: whose music was heard most',
  }),
)

export const Heard = t.Object({ started_at_ms: t.Integer(), ...Track, album: Text })
export type Heard = Static<typeof Heard>

const Streak = t.Object({
  days: Count,
  from: t.Union([Day, t.Null()]),
  to: t.Union([Day, t.Null()]),
})

const Queued = t.Object(
  {
    added: Count,
    plays: t.Integer({ minimum: 0, description: 'How many of them have been played to an end' }),
    finished: Count,
    skipped: t.Integer({ minimum: 0, description: 'By others; for the room, by anyone' }),
    skipped_by_self: Count,
    skip_rate: t.Union([t.Number({ minimum: 0, maximum: 1 }), t.Null()], {
      description: 'skipped of plays; null without plays',
    }),
  },
  { description: 'What became of the tracks that were queued' },
)

/** What can be compared with another span. */
const Comparable = {
  total_actions: Count,
  ...Played,
  days_active: t.Integer({ minimum: 0, description: 'Days on which something was done or heard' }),
  queue: Queued,
}

const Week = (description: string) =>
  t.Array(t.Array(Count), { description: `${description}: 7 days from Monday, 24 hours each` })

const Before = t.Union(
  [
    t.Object({ from: t.Integer(), to: t.Integer(), longest_streak: Streak, ...Comparable }),
    t.Null(),
  ],
  { description: 'The same of the time before, of equal length; null without `from`' },
)

export const Stats = t.Object({
  tz: t.String({ description: 'The time zone of days and hours' }),
  actions: t.Record(t.String(), Count, { description: 'The number of actions of each kind' }),
  ...Comparable,
  streaks: t.Object(
    { current: Streak, longest: Streak },
    { description: 'Active days one after the other, within the span' },
  ),
  first_at: t.Union([t.Integer(), t.Null()], {
    description: 'When anything was first done or heard',
  }),
  last_at: t.Union([t.Integer(), t.Null()]),
  first_play: t.Union([Heard, t.Null()]),
  last_play: t.Union([Heard, t.Null()]),
  most_played: t.Object({
    tracks: PlayedTracks,
    artists: PlayedArtists,
    albums: PlayedAlbums,
  }),
  most_queued: t.Object({
    tracks: t.Array(t.Object({ ...Track, queued: Count })),
    artists: t.Array(t.Object({ artist: t.String(), queued: Count })),
  }),
  most_skipped: t.Object({ tracks: SkippedTracks }),
  most_searched: Searches,
  people: People,
  activity: t.Object(
    {
      by_hour: t.Array(Count, { description: '24 counts, from midnight' }),
      by_weekday: t.Array(Count, { description: '7 counts, from Monday' }),
      by_weekday_and_hour: Week('Actions'),
      listened_ms_by_weekday_and_hour: Week('Listening, by when a play began'),
    },
    { description: 'Actions by hour and weekday, in the time zone' },
  ),
  before: Before,
})
export type Stats = Static<typeof Stats>

export const Review = t.Object({
  year: t.Integer(),
  tz: t.String({ description: 'The time zone of the year, its days and hours' }),
  from: t.Integer({ description: 'Unix seconds' }),
  to: t.Integer(),
  minutes_listened: Count,
  ...Comparable,
  longest_streak: Streak,
  top: t.Object({
    tracks: PlayedTracks,
    artists: PlayedArtists,
    albums: PlayedAlbums,
    searches: Searches,
  }),
  most_skipped: SkippedTracks,
  biggest_day: t.Union([t.Object({ day: Day, ...Played }), t.Null()]),
  busiest_hour: t.Union([t.Object({ hour: t.Integer(), ...Played }), t.Null()], {
    description: 'The hour of the day with the most listening',
  }),
  new_artists: t.Object({
    count: t.Integer({ minimum: 0, description: 'Artists never heard in a year before' }),
    artists: PlayedArtists,
  }),
  first_play: t.Union([Heard, t.Null()]),
  last_play: t.Union([Heard, t.Null()]),
  months: t.Array(t.Object({ month: t.Integer(), actions: Count, ...Played })),
  people: People,
  before: t.Object(Comparable, { description: 'The year before' }),
})
export type Review = Static<typeof Review>
