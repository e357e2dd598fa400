import { Database as Sqlite } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openDatabase } from '../../../src/database/database'
import accounts from '../../../src/database/migrations/001-accounts.sql' with { type: 'text' }
import listening from '../../../src/database/migrations/002-listening.sql' with { type: 'text' }
import door from '../../../src/database/migrations/003-door.sql' with { type: 'text' }
import lives from '../../../src/database/migrations/004-lives.sql' with { type: 'text' }
import rollups from '../../../src/database/migrations/005-rollups.sql' with { type: 'text' }
import changes from '../../../src/database/migrations/006-account-changes.sql' with { type: 'text' }
import { addTracks, done } from '../../actions/recorded'
import { temporaryFolder } from '../../support/executable'
import { until } from '../../support/test-musakone'
import { withRows } from '../../support/user-rows'
import { MONDAY_NOON, openRoom } from '../room'

/** As much as an import could claim for one play. */
const CLAIMED = Number.MAX_SAFE_INTEGER
const CLAIMS = 1_024
const DAY = Math.floor(MONDAY_NOON / 86_400_000)

type Health = { status: string; database: { plays_uncounted?: number } }

test('B5 a total that cannot be written costs the total, and never the play', async () => {
  const room = await openRoom()
  // The last number that an integer of SQLite can be.
  withRows(room.databasePath, (rows) =>
    rows.run(`INSERT INTO play_days (subject, day, plays, listened_ms, finished, queued, skipped,
                                     skipped_by_self)
              VALUES (0, ${DAY}, 1, 9223372036854775807, 0, 0, 0, 0)`),
  )
  const health = async () => (await (await room.musakone.request('/health')).json()) as Health
  expect((await health()).status).toBe('ok')
  await addTracks(room.admin.socket, 1, 2)
  await done(room.admin.socket, 'core.playback.play')
  type Plays = { plays: { end_reason: string | null; listened_ms: number }[] }
  const plays = async () => (await room.admin.get<Plays>('playback/history')).plays
  await until(async () => (await plays()).length === 1, 'the first play')
  room.advance(10_000)
  await done(room.admin.socket, 'core.playback.next')
  await until(async () => (await plays()).length === 2, 'the second play')
  room.advance(5_000)
  await done(room.admin.socket, 'core.playback.stop')
  await until(async () => (await plays()).every(({ end_reason }) => end_reason !== null), 'the end')
  expect(await plays()).toMatchObject([
    { end_reason: 'stopped', listened_ms: 5_000 },
    { end_reason: 'skipped', listened_ms: 10_000 },
  ])
  expect(await health()).toMatchObject({ status: 'degraded', database: { plays_uncounted: 2 } })
  await room.close()
})

test('B5 a database in which a total has overflowed counts again once it is opened', () => {
  const path = join(temporaryFolder(), 'musakone.db')
  const older = new Sqlite(path, { strict: true })
  older.run(`${accounts};${listening};${door};${lives};${rollups};${changes}`)
  older.run('PRAGMA user_version = 6')
  older.run(`INSERT INTO users (username, password_hash, role, created_at)
             VALUES ('berta', '', 'member', 0)`)
  const insert = older.query(
    `INSERT INTO plays (track_uri, artist, queued_by, started_at_ms, listened_ms, end_reason)
     VALUES ('x:a', 'Anna', 1, ${MONDAY_NOON}, $ms, 'finished')`,
  )
  insert.run({ ms: 60_000 })
  expect(() => {
    for (let claim = 0; claim <= CLAIMS; claim += 1) insert.run({ ms: CLAIMED })
  }).toThrow('INTEGER')
  expect(() => insert.run({ ms: CLAIMED })).toThrow('INTEGER')
  older.close()

  const database = openDatabase(path)
  const { sqlite } = database
  sqlite.run(`INSERT INTO plays (track_uri, queued_by, started_at_ms, listened_ms, end_reason)
              VALUES ('x:b', 1, ${MONDAY_NOON}, 1000, 'finished')`)
  const total = (table: string, column: string) =>
    sqlite.query(`SELECT subject, ${column} FROM ${table} ORDER BY subject`).values()
  for (const [table, column] of [
    ['play_days', 'listened_ms'],
    ['active_hours', 'ms'],
  ] as const)
    expect(total(table, column)).toEqual([
      [0, 61_000],
      [1, 61_000],
    ])
  expect(sqlite.query('SELECT COUNT(*) FROM plays WHERE counted = 1').values()).toEqual([[2]])
  database.close()
})
