import { Database as Sqlite } from 'bun:sqlite'
import { join } from 'node:path'
import accounts from '../../src/database/migrations/001-accounts.sql' with { type: 'text' }
import listening from '../../src/database/migrations/002-listening.sql' with { type: 'text' }
import door from '../../src/database/migrations/003-door.sql' with { type: 'text' }
import lives from '../../src/database/migrations/004-lives.sql' with { type: 'text' }

/** Five years, around the clock. */
export const FIRST_MS = Date.UTC(2021, 0, 1)
export const LAST_MS = Date.UTC(2026, 0, 1)
export const USERS = 20
/** Who has done three of five things, and who hardly any. */
export const BUSIEST = 1
export const QUIETEST = USERS
const SHARE_OF_BUSIEST = 0.6

const TRACKS = 50_000
const BEFORE_ROLLUPS = [accounts, listening, door, lives]

/** Kinds of actions by how often they come, of a hundred. */
const KINDS = {
  volume_changed: 25,
  skip: 14,
  queue_add: 12,
  play: 10,
  pause: 10,
  search: 8,
  seek: 8,
  options_changed: 5,
  queue_remove: 4,
  queue_move: 4,
}

/** Of every user. */
export const PASSWORD = 'correct horse battery'

/**
 * Writes a database of that many actions, and a tenth as many plays, as the version before the roll-ups
 * had left it. The same rows each time. Resolves to its path.
 */
export async function writeHistory(folder: string, actions: number): Promise<string> {
  const passwordHash = await Bun.password.hash(PASSWORD, {
    algorithm: 'argon2id',
    memoryCost: 19_456,
    timeCost: 2,
  })
  const path = join(folder, 'musakone.db')
  const sqlite = new Sqlite(path, { strict: true })
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -200000'])
    sqlite.run(`PRAGMA ${pragma}`)
  for (const schema of BEFORE_ROLLUPS) sqlite.run(schema)
  const indexes = sqlite
    .query<{ name: string; sql: string }, []>(
      `SELECT name, sql FROM sqlite_schema
        WHERE type = 'index' AND tbl_name IN ('user_actions', 'plays') AND sql IS NOT NULL`,
    )
    .all()
  for (const { name } of indexes) sqlite.run(`DROP INDEX ${name}`)
  sqlite.transaction(() => {
    writeUsers(sqlite, passwordHash)
    sqlite.run(insertActions(actions))
    sqlite.run(insertPlays(actions / 10))
  })()
  for (const { sql } of indexes) sqlite.run(sql)
  sqlite.run(`PRAGMA user_version = ${BEFORE_ROLLUPS.length}`)
  sqlite.close()
  return path
}

function writeUsers(sqlite: Sqlite, passwordHash: string): void {
  const insert = sqlite.query(
    `INSERT INTO users (id, username, password_hash, role, created_at)
     VALUES ($id, 'user' || $id, $passwordHash, $role, 0)`,
  )
  for (let id = 1; id <= USERS; id += 1)
    insert.run({ id, passwordHash, role: id === BUSIEST ? 'admin' : 'member' })
}

/** The number of row `i`, from 0 up to 1, for that purpose; far apart for rows that are neighbours. */
const share = (purpose: number) => {
  const factor = [2654435761, 1597334677, 3266489917, 668265263, 374761393][purpose]
  return `((i + 1) * ${factor} % 4294967291 / 4294967291.0)`
}

// Half of what the others do is that of three of them.
const user = `CASE WHEN ${share(0)} < ${SHARE_OF_BUSIEST} THEN ${BUSIEST}
  ELSE 2 + CAST(${USERS - 1} * pow((${share(0)} - ${SHARE_OF_BUSIEST}) / ${1 - SHARE_OF_BUSIEST}, 3)
                AS INTEGER) END`
// A few songs are heard again and again, most hardly ever.
const track = `CAST(${TRACKS} * pow(${share(1)}, 2.5) AS INTEGER)`

const names = `
  'local:track:Artist%20' || (track / 12) || '/Album%20' || (track / 9) || '/' || track || '.ogg' AS uri,
  'Song number ' || track AS name, 'The Artists of ' || (track / 12) AS artist,
  'Album ' || (track / 9) AS album`

const rows = (count: number) =>
  `WITH RECURSIVE rows(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM rows WHERE i < ${count - 1})`

const insertActions = (count: number) => `
  ${rows(count)}
  INSERT INTO user_actions
    (user_id, action_type, track_uri, track_name, artist, position_ms, metadata, timestamp)
  SELECT user, kind, iif(kind IN ('search', 'volume_changed', 'options_changed'), NULL, uri),
         iif(kind IN ('search', 'volume_changed', 'options_changed'), NULL, name),
         iif(kind IN ('search', 'volume_changed', 'options_changed'), NULL, artist),
         iif(kind IN ('play', 'pause', 'skip', 'seek'), i % 200000, NULL),
         CASE kind WHEN 'search' THEN '{"query":{"any":["' || artist || '"]},"results":' || (i % 99) || '}'
                   WHEN 'volume_changed' THEN '{"volume":' || (i % 100) || ',"from":50}'
                   WHEN 'options_changed' THEN '{"option":"repeat","value":true}'
                   ELSE '{"tlid":' || (i % 9999) || '}' END,
         at
    FROM (SELECT i, user, kind, at, ${names}
            FROM (SELECT i, ${user} AS user, ${track} AS track, ${kind()} AS kind,
                         ${FIRST_MS / 1_000} + i * ${(LAST_MS - FIRST_MS) / 1_000} / ${count} AS at
                    FROM rows))`

const insertPlays = (count: number) => `
  ${rows(count)}
  INSERT INTO plays (tlid, track_uri, track_name, artist, album, length_ms, queued_by, started_at_ms,
                     listened_ms, end_reason, ended_by)
  SELECT i % 9999, uri, name, artist, album, 240000, user, at,
         iif(skipped, 30000 + i % 100000, 240000), iif(skipped, 'skipped', 'finished'),
         iif(skipped, 1 + i % ${USERS}, NULL)
    FROM (SELECT i, user, at, skipped, ${names}
            FROM (SELECT i, ${user} AS user, ${track} AS track, i % 7 = 0 AS skipped,
                         ${FIRST_MS} + i * ${LAST_MS - FIRST_MS} / ${count} AS at
                    FROM rows))`

function kind(): string {
  let sum = 0
  const cases = Object.entries(KINDS).map(([name, percent]) => {
    sum += percent
    return `WHEN ${share(2)} < ${sum / 100} THEN '${name}'`
  })
  return `CASE ${cases.join(' ')} END`
}
