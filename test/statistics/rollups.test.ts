import { Database as Sqlite } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../src/database/database'
import accounts from '../../src/database/migrations/001-accounts.sql' with { type: 'text' }
import listening from '../../src/database/migrations/002-listening.sql' with { type: 'text' }
import door from '../../src/database/migrations/003-door.sql' with { type: 'text' }
import lives from '../../src/database/migrations/004-lives.sql' with { type: 'text' }
import fillRollups from '../../src/database/migrations/fill-rollups.sql' with { type: 'text' }
import { createStatistics } from '../../src/statistics/statistics'
import { createRandom } from '../mopidy/seeded-random'
import { temporaryFolder } from '../support/executable'
import { seedsOf, withSeed } from '../support/long-runs'
import { comparableOf, naiveStatistics } from './naive-statistics'
import { createRandomHistory } from './random-history'

const upToDate = async () => {}
const TABLES = [
  'action_days',
  'active_hours',
  'play_days',
  'day_tops',
  'tops',
  'known_names',
  'known_tracks',
]
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu']
const ZONES_TOO = ['Australia/Lord_Howe', 'Pacific/Apia', 'America/St_Johns', 'Africa/Casablanca']

/** All roll-ups; tracks by their addresses, because ids differ after rebuilding. */
function counts({ sqlite }: Database) {
  const tables = TABLES.slice(0, 3).map((table) => sqlite.query(`SELECT * FROM ${table}`).values())
  const tops = sqlite
    .query(
      `SELECT subject, list, period,
              CASE WHEN typeof(item) = 'text' THEN 'searched ' || item
                   WHEN list IN (1, 3, 6) THEN COALESCE(uri, 'lost')
                   ELSE COALESCE(text, 'lost') END AS what,
              times, listened_ms, 0, NULL, NULL
         FROM tops LEFT JOIN known_tracks ON known_tracks.id = item
              LEFT JOIN known_names ON known_names.id = item
       UNION ALL
       SELECT subject, list, period, iif(track <> 0 AND uri IS NULL, 'lost', uri), times,
              listened_ms, skipped, iif(artist <> 0, COALESCE(artists.text, 'lost'), NULL),
              iif(album <> 0, COALESCE(albums.text, 'lost'), NULL)
         FROM (SELECT subject, list, period, track, day_tops.artist, album, times, listened_ms,
                      skipped, uri
                 FROM day_tops LEFT JOIN known_tracks ON known_tracks.id = track)
              LEFT JOIN known_names AS artists ON artists.id = artist
              LEFT JOIN known_names AS albums ON albums.id = album
        ORDER BY 1, 2, 3, 4, 8, 9`,
    )
    .values()
  const tracks = sqlite.query('SELECT uri, uses FROM known_tracks ORDER BY uri').values()
  const names = sqlite.query('SELECT text, uses FROM known_names ORDER BY text').values()
  return { tables, tops, tracks, names }
}

function rebuilt(database: Database) {
  for (const table of TABLES) database.sqlite.run(`DELETE FROM ${table}`)
  database.sqlite.run(fillRollups)
  return counts(database)
}

const SEEDS = seedsOf(25)
const { path } = import.meta

describe('the roll-ups', () => {
  test.each(SEEDS)('are what the rows come to, whatever happens to the rows: seed %d', (seed) =>
    withSeed(seed, { path }, () => {
      const random = createRandom(seed)
      const database = openDatabase(':memory:')
      const history = createRandomHistory(database, random)
      for (let round = 0; round < 3; round += 1) {
        history.go(150)
        const kept = counts(database)
        // There is something to compare.
        expect(kept.tops.length).toBeGreaterThan(20)
        expect(kept.tops.filter((row) => row.includes('lost'))).toEqual([])
        expect(kept).toEqual(rebuilt(database))
      }
      database.close()
    }),
  )

  test.each(SEEDS)('tell the truth, in any span and zone: seed %d', (seed) =>
    withSeed(seed, { path }, async () => {
      const random = createRandom(1_000 + seed)
      const database = openDatabase(':memory:')
      const history = createRandomHistory(database, random)
      history.go(400)
      const clock = { now: () => Date.UTC(2026, 5, 1), elapsed: () => 0 }
      const statistics = createStatistics({ database, clock, upToDate })
      const users = database.sqlite.query('SELECT id FROM users').values() as number[][]
      for (let round = 0; round < 25; round += 1) {
        const subject = random.pick([0, ...users.flat()])
        const [from = 0, to = 0] = [history.second(), history.second()].sort((a, b) => a - b)
        const span = random.pick([{}, { from }, { to }, { from, to }, { from, to: from + 1_000 }])
        const tz = random.pick([...ZONES, ...ZONES_TOO])
        const stats = await statistics.stats(subject, { ...span, tz, limit: 100 })
        const asked = { subject, from: span.from ?? 0, to: span.to ?? 1e11, tz }
        const { days, people, ...naive } = naiveStatistics(database, asked)
        const { tops, ...rest } = naive
        const reply = comparableOf(stats)
        expect(reply, JSON.stringify(asked)).toEqual({
          ...rest,
          days_active: days.length,
          tops: { ...tops, skipped: withoutTime(tops.skipped) },
        })
        expect(stats.streaks.longest.days).toBe(longestOf(days))
        if (subject !== 0) continue
        const told = (stats.people ?? []).map(({ id, plays }) => [id, plays] as const)
        // The rows of somebody who was deleted may still name an owner; nobody is told of then.
        const left = [...people].filter(([id]) => users.flat().includes(id))
        expect(new Map(told)).toEqual(new Map(left))
      }
      database.close()
    }),
  )
})

test('the first of a long list are the same, whether they occur often or seldom', async () => {
  const database = openDatabase(':memory:')
  const { sqlite } = database
  const first = Date.UTC(2026, 0, 1) / 1_000
  sqlite.run(`INSERT INTO users (username, name_key, password_hash, role, created_at)
              VALUES ('anna', 'anna', '', 'member', 0)`)
  const insert = sqlite.query(
    `INSERT INTO user_actions (user_id, action_type, track_uri, track_name, artist, timestamp)
     VALUES (1, 'queue_add', $uri, $uri, $uri, $timestamp)`,
  )
  // Track k is queued k times: in one month some of them often, in all the time others too.
  for (let track = 1; track <= 70; track += 1)
    for (let time = 0; time < track; time += 1) {
      const timestamp = first + (time % 3) * 31 * 86_400 + track
      insert.run({ uri: `track:${String(track).padStart(2, '0')}`, timestamp })
    }
  const clock = { now: () => Date.UTC(2026, 5, 1), elapsed: () => 0 }
  const statistics = createStatistics({ database, clock, upToDate })
  const january = { from: first, to: first + 31 * 86_400 }
  // The index holds 49 tracks of the month, and 7 of all the time; the limits lie below and above both.
  for (const span of [january, {}])
    for (const limit of [1, 5, 7, 8, 49, 50, 60]) {
      const { most_queued } = await statistics.stats(1, { ...span, tz: 'UTC', limit })
      const expected = Array.from({ length: limit }, (_, place) => {
        const times = (track: number) => ('from' in span ? Math.ceil(track / 3) : track)
        return times(70 - place)
      })
      expect(most_queued.tracks.map(({ queued }) => queued)).toEqual(expected)
      expect(most_queued.artists.map(({ queued }) => queued)).toEqual(expected)
    }
  const frequent = (period: number) =>
    `FROM frequent_tops WHERE subject = 1 AND list = 1 AND period = ${period}`
  const count = (period: number) => sqlite.query(`SELECT COUNT(*) ${frequent(period)}`).values()
  expect(count(202_601)).toEqual([[49]])
  expect(count(0)).toEqual([[7]])
  const order = 'ORDER BY times DESC, listened_ms DESC, item LIMIT 10'
  const plan = sqlite.query(`EXPLAIN QUERY PLAN SELECT item ${frequent(0)} ${order}`).values()
  expect(plan.map(([, , , step]) => step)).toEqual([
    expect.stringContaining('USING COVERING INDEX tops_in_order'),
  ])
  database.close()
})

test('a database from before the roll-ups gets them when it is opened', async () => {
  const path = join(temporaryFolder(), 'musakone.db')
  const older = new Sqlite(path)
  older.run(`${accounts};${listening};${door};${lives}`)
  older.run('PRAGMA user_version = 4')
  const values = openDatabase(':memory:')
  createRandomHistory(values, createRandom(7)).go(300)
  const columns = {
    users: 'id, username, password_hash, role, created_at',
    user_actions: 'id, user_id, action_type, track_uri, track_name, artist, metadata, timestamp',
    plays: `id, track_uri, track_name, artist, album, queued_by, started_by, ended_by, started_at_ms,
            listened_ms, end_reason`,
  }
  for (const [table, names] of Object.entries(columns)) {
    const places = names.replace(/\w+/g, '?')
    const insert = older.query(`INSERT INTO ${table} (${names}) VALUES (${places})`)
    for (const row of values.sqlite.query(`SELECT ${names} FROM ${table}`).values())
      insert.run(...(row as string[]))
  }
  older.close()
  values.close()

  const database = openDatabase(path)
  expect(counts(database).tops.length).toBeGreaterThan(20)
  const clock = { now: () => Date.UTC(2026, 5, 1), elapsed: () => 0 }
  const statistics = createStatistics({ database, clock, upToDate })
  for (const subject of [0, 1, 2, 3]) {
    const stats = comparableOf(await statistics.stats(subject, { tz: 'UTC', limit: 100 }))
    const asked = { subject, from: 0, to: 1e11, tz: 'UTC' }
    const { days, tops, people: _, ...rest } = naiveStatistics(database, asked)
    const skipped = withoutTime(tops.skipped)
    expect(stats).toEqual({ ...rest, days_active: days.length, tops: { ...tops, skipped } })
  }
  // From here on the triggers keep the roll-ups right.
  createRandomHistory(database, createRandom(8)).go(100)
  expect(counts(database)).toEqual(rebuilt(database))
  database.close()
})

const withoutTime = (tally: Map<string, { times: number }>) =>
  new Map([...tally].map(([key, { times }]) => [key, { times, ms: 0 }]))

function longestOf(days: readonly string[]): number {
  const lengths = days.map((day) => {
    let length = 0
    for (let next = Temporal.PlainDate.from(day); days.includes(next.toString()); length += 1)
      next = next.add({ days: 1 })
    return length
  })
  return Math.max(0, ...lengths)
}
