import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Database, openDatabase } from '../../src/database/database'
import { createStatistics } from '../../src/statistics/statistics'

const upToDate = async () => {}
const MINUTE = 60_000
const ADA = 1
const BEN = 2
const ROOM = 0

type Play = {
  track?: string
  by?: number | null
  minutes?: number
  reason?: string
  ended?: number
}

describe('a year in review', () => {
  let database: Database
  beforeEach(() => {
    database = openDatabase(':memory:')
    for (const name of ['ada', 'ben'])
      database.sqlite.run(
        `INSERT INTO users (username, password_hash, role, created_at)
         VALUES ('${name}', '', 'member', 0)`,
      )
  })
  afterEach(() => database.close())

  /** A play; its track is `artist/title`. */
  function hear(at: string, play: Play = {}): void {
    const { track = 'Anna/One', by = ADA, minutes = 3, reason = 'finished', ended = null } = play
    const [artist = '', name = ''] = track.split('/')
    database.sqlite
      .query(
        `INSERT INTO plays (track_uri, track_name, artist, album, queued_by, ended_by, started_at_ms,
                            listened_ms, end_reason)
         VALUES ($uri, $name, $artist, $album, $by, $ended, $at, $ms, $reason)`,
      )
      .run({
        ...{ uri: `local:${track}`, name, artist, album: `Best of ${artist}`, by, ended, reason },
        at: Date.parse(at),
        ms: minutes * MINUTE,
      })
  }
  function act(at: string, kind = 'pause', by = ADA, metadata: unknown = null): void {
    database.sqlite
      .query(
        `INSERT INTO user_actions (user_id, action_type, metadata, timestamp)
         VALUES ($by, $kind, $metadata, $at)`,
      )
      .run({ by, kind, metadata: JSON.stringify(metadata), at: Date.parse(at) / 1_000 })
  }
  function review(subject: number, year: number, tz = 'Europe/Berlin') {
    const clock = { now: () => Date.UTC(2026, 5, 1), elapsed: () => 0 }
    return createStatistics({ database, clock, upToDate }).review(subject, year, { tz })
  }

  test('begins and ends with New Year where the people are', async () => {
    hear('2024-12-31T22:59:59Z', { track: 'Anna/Old Year' })
    hear('2024-12-31T23:00:00Z', { track: 'Anna/New Year' })
    hear('2025-12-31T22:59:59Z', { track: 'Anna/Last' })
    hear('2025-12-31T23:00:00Z', { track: 'Anna/Too Late' })
    expect(await review(ADA, 2025)).toMatchObject({
      year: 2025,
      tz: 'Europe/Berlin',
      from: Date.UTC(2024, 11, 31, 23) / 1_000,
      to: Date.UTC(2025, 11, 31, 23) / 1_000,
      plays: 2,
      minutes_listened: 6,
      first_play: { track_name: 'New Year', album: 'Best of Anna' },
      last_play: { track_name: 'Last' },
      before: { plays: 1 },
    })
    expect(await review(ADA, 2025, 'America/New_York')).toMatchObject({
      plays: 2,
      first_play: { track_name: 'Last' },
      last_play: { track_name: 'Too Late' },
      before: { plays: 2 },
    })
  })

  test('top fives, the months, the biggest day, the busiest hour and the longest streak', async () => {
    for (const day of ['03', '04', '05']) hear(`2025-03-${day}T19:10:00Z`, { minutes: 4 })
    hear('2025-03-05T23:30:00Z', { track: 'Ben/Night', minutes: 5 })
    for (let time = 0; time < 7; time += 1)
      hear(`2025-07-14T12:0${time}:00Z`, { track: `Cleo/${time}`, minutes: 1 })
    hear('2025-07-20T12:00:00Z', { track: 'Cleo/0', minutes: 1 })
    act('2025-07-15T08:00:00Z')
    const of = await review(ADA, 2025)
    expect(of.minutes_listened).toBe(25)
    expect(of.top.tracks.map(({ track_name, plays }) => [track_name, plays])).toEqual([
      ['One', 3],
      ['0', 2],
      ['Night', 1],
      ['1', 1],
      ['2', 1],
    ])
    expect(of.top.artists).toEqual([
      { artist: 'Cleo', plays: 8, listened_ms: 8 * MINUTE },
      { artist: 'Anna', plays: 3, listened_ms: 12 * MINUTE },
      { artist: 'Ben', plays: 1, listened_ms: 5 * MINUTE },
    ])
    expect(of.top.albums[1]).toMatchObject({ album: 'Best of Anna', artist: 'Anna', plays: 3 })
    expect(of.biggest_day).toEqual({ day: '2025-07-14', plays: 7, listened_ms: 7 * MINUTE })
    expect(of.busiest_hour).toEqual({ hour: 20, plays: 3, listened_ms: 12 * MINUTE })
    // A play after midnight belongs to the next day.
    expect(of.longest_streak).toEqual({ days: 4, from: '2025-03-03', to: '2025-03-06' })
    expect(of.days_active).toBe(7)
    expect(of.months[2]).toEqual({ month: 3, actions: 0, plays: 4, listened_ms: 17 * MINUTE })
    expect(of.months[6]).toEqual({ month: 7, actions: 1, plays: 8, listened_ms: 8 * MINUTE })
    expect(of.months.filter(({ plays }) => plays > 0)).toHaveLength(2)
    expect(of.people).toBeUndefined()
  })

  test('an artist is new who had never been heard before the year', async () => {
    hear('2023-05-01T12:00:00Z', { track: 'Anna/One' })
    hear('2024-12-31T23:30:00Z', { track: 'Dora/In Berlin It Is New Year' })
    hear('2025-02-01T12:00:00Z', { track: 'Anna/Two' })
    hear('2025-02-01T12:10:00Z', { track: 'Ben/One' })
    hear('2025-02-02T12:10:00Z', { track: 'Ben/Two' })
    expect((await review(ADA, 2025)).new_artists).toEqual({
      count: 2,
      artists: [
        { artist: 'Ben', plays: 2, listened_ms: 6 * MINUTE },
        { artist: 'Dora', plays: 1, listened_ms: 3 * MINUTE },
      ],
    })
    expect((await review(ADA, 2025, 'UTC')).new_artists.count).toBe(1)
    expect((await review(ADA, 2023)).new_artists.count).toBe(1)
  })

  test('most skipped: of mine what the others skipped, of the room all; and whose music was heard', async () => {
    hear('2025-02-01T12:00:00Z', { track: 'Anna/One', reason: 'skipped', ended: BEN })
    hear('2025-02-01T12:10:00Z', { track: 'Anna/One', reason: 'skipped', ended: ADA })
    hear('2025-02-01T12:20:00Z', { track: 'Ben/One', by: BEN, reason: 'skipped', ended: BEN })
    hear('2025-02-01T12:30:00Z', { track: 'Ben/Two', by: null })
    act('2025-02-01T12:00:00Z', 'search', ADA, { query: { any: ['Anna'] } })
    const skipped = async (subject: number) =>
      (await review(subject, 2025)).most_skipped.map(({ track_uri, skipped }) => [
        track_uri,
        skipped,
      ])
    expect(await skipped(ADA)).toEqual([['local:Anna/One', 1]])
    expect(await skipped(BEN)).toEqual([])
    expect(await skipped(ROOM)).toEqual([
      ['local:Anna/One', 2],
      ['local:Ben/One', 1],
    ])
    expect((await review(ADA, 2025)).top.searches).toMatchObject([{ words: 'anna', searches: 1 }])
    expect(await review(ROOM, 2025)).toMatchObject({
      plays: 4,
      total_actions: 0,
      top: { searches: [] },
      people: [
        { username: 'ada', plays: 2, listened_ms: 6 * MINUTE },
        { username: 'ben', plays: 1, listened_ms: 3 * MINUTE },
      ],
    })
  })

  test('a year of which nothing is known is empty', async () => {
    hear('2025-02-01T12:00:00Z')
    for (const year of [1970, 2024, 2030, 9999])
      expect(await review(ADA, year)).toMatchObject({
        plays: 0,
        minutes_listened: 0,
        biggest_day: null,
        busiest_hour: null,
        new_artists: { count: 0, artists: [] },
        first_play: null,
        months: Array.from({ length: 12 }, (_, index) => ({ month: index + 1, plays: 0 })),
      })
  })
})
