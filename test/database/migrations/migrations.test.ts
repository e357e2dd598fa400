import { Database as Sqlite } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../../src/database/database'
import accounts from '../../../src/database/migrations/001-accounts.sql' with { type: 'text' }
import listening from '../../../src/database/migrations/002-listening.sql' with { type: 'text' }
import door from '../../../src/database/migrations/003-door.sql' with { type: 'text' }
import lives from '../../../src/database/migrations/004-lives.sql' with { type: 'text' }
import rollups from '../../../src/database/migrations/005-rollups.sql' with { type: 'text' }
import accountChanges from '../../../src/database/migrations/006-account-changes.sql' with {
  type: 'text',
}
import { StartError } from '../../../src/errors'
import { temporaryFolder } from '../../support/executable'

const NEWEST = 8
const newPath = () => join(temporaryFolder(), 'musakone.db')

/** A database file with this schema, as another program or an older version leaves it. */
function fileWith(sql: string, version: number): string {
  const path = newPath()
  const file = new Sqlite(path)
  file.run('PRAGMA journal_mode = WAL')
  if (sql !== '') file.run(sql)
  file.run(`PRAGMA user_version = ${version}`)
  file.close()
  return path
}

function look(path: string) {
  const file = new Sqlite(path)
  const version = file.query('PRAGMA user_version').values()[0]?.[0]
  const schema = file.query('SELECT type, name, sql FROM sqlite_schema ORDER BY name').values()
  const tables = schema.filter(([type]) => type === 'table').map(([, name]) => String(name))
  file.close()
  return { version, schema, tables: tables.filter((name) => !name.startsWith('sqlite_')) }
}

function whyNot(path: string): StartError {
  try {
    openDatabase(path, { exclusive: true }).close()
  } catch (error) {
    if (error instanceof StartError) return error
    throw error
  }
  throw new Error('it was opened')
}

const ADD_ADA = `INSERT INTO users (username, password_hash, role, created_at)
                 VALUES ('ada', 'x', 'member', 1)`

describe('migrations', () => {
  test('a new file gets them all', () => {
    const path = newPath()
    openDatabase(path).close()
    expect(look(path)).toMatchObject({
      version: NEWEST,
      tables: [
        'account_changes',
        'action_days',
        'active_hours',
        'day_tops',
        'invites',
        'known_names',
        'known_tracks',
        'mopidy_life',
        'play_days',
        'plays',
        'queue_entries',
        'roles',
        'security_events',
        'sessions',
        'tops',
        'user_actions',
        'users',
      ],
    })
  })

  test('each runs once: opened again, nothing changes and nothing is lost', () => {
    const path = newPath()
    const first = openDatabase(path)
    first.sqlite.run(ADD_ADA)
    first.close()
    const before = look(path)
    for (let time = 0; time < 3; time += 1) openDatabase(path).close()
    expect(look(path)).toEqual(before)
    const again = openDatabase(path)
    expect(again.sqlite.query('SELECT username FROM users').values()).toEqual([['ada']])
    again.close()
  })

  test('a file of an older version gets only what it lacks, and keeps its rows', () => {
    const path = fileWith(`${accounts}; ${ADD_ADA}`, 1)
    const database = openDatabase(path)
    expect(database.sqlite.query('SELECT username FROM users').values()).toEqual([['ada']])
    database.close()
    const fresh = newPath()
    openDatabase(fresh).close()
    expect(look(path)).toEqual(look(fresh))
  })

  test('T2 keys of admins get an end, and what an upgrade may do with others it leaves', () => {
    const now = Math.floor(Date.now() / 1000)
    const never = 253_402_300_799
    const key = (id: number, user: number, role: string, end: number) =>
      `INSERT INTO sessions (id, user_id, token_hash, expires_at, created_at, last_seen, kind, name, role)
       VALUES (${id}, ${user}, 'h${id}', ${end}, 1, 1, 'key', 'k${id}', '${role}');`
    const path = fileWith(
      `${accounts}; ${listening}; ${door}; ${lives}; ${rollups}; ${accountChanges}
       INSERT INTO users (id, username, password_hash, role, created_at)
       VALUES (1, 'ada', 'x', 'admin', 1), (2, 'ben', 'x', 'member', 1);
       INSERT INTO users (id, username, name_key, password_hash, role, created_at)
       VALUES (3, 'nelly', 'nelly', 'x', 'guest', 1), (4, 'n\u0435lly', 'n\u0435lly', 'x', 'guest', 1);
       ${key(1, 1, 'admin', never)} ${key(2, 1, 'admin', now + 3_000 * 86_400)}
       ${key(3, 1, 'admin', now + 86_400)} ${key(4, 1, 'member', never)}
       ${key(5, 2, 'admin', never)} ${key(6, 2, 'member', never)}
       INSERT INTO sessions (id, user_id, token_hash, expires_at, created_at, last_seen)
       VALUES (7, 1, 'h7', ${now + 86_400}, 77, 78)`,
      6,
    )
    const database = openDatabase(path)
    const rows = database.sqlite
      .query('SELECT id, administration, expires_at, confirmed_at FROM sessions ORDER BY id')
      .values() as [number, number, number, number | null][]
    const days = (end: number) => (end === never ? null : Math.round((end - now) / 86_400))
    expect(rows.map(([id, may, end, at]) => [id, may, days(end), at])).toEqual([
      [1, 1, 90, null],
      [2, 1, 365, null],
      [3, 1, 1, null],
      [4, 0, null, null],
      [5, 0, null, null],
      [6, 0, null, null],
      [7, 0, 1, 77],
    ])
    const events = database.sqlite
      .query('SELECT event_type, user_id, subject_id, details FROM security_events')
      .values() as [string, null, number, string][]
    expect(events.map(([type, by, to, details]) => [type, by, to, JSON.parse(details)])).toEqual([
      ['key_limited', null, 1, { key: 1, name: 'k1', expires_at: rows[0]?.[2], by: 'upgrade' }],
      ['key_limited', null, 1, { key: 2, name: 'k2', expires_at: rows[1]?.[2], by: 'upgrade' }],
    ])
    expect(database.sqlite.query('SELECT username FROM users').values()).toHaveLength(4)
    database.close()
  })

  test('P7 a newer schema is refused, with the way out, and left as it is', () => {
    const path = fileWith(
      `${accounts}; ${listening}; ${door}; ${lives}; ${rollups}; ${accountChanges}
       CREATE TABLE parties (id)`,
      NEWEST + 1,
    )
    const before = readFileSync(path)
    const { message, exitCode } = whyNot(path)
    expect(message).toContain(`schema ${NEWEST + 1}`)
    expect(message).toContain(`${NEWEST}:`)
    expect(message).toContain('install a newer musakone or restore a backup')
    expect(message).toContain(path)
    expect(message).not.toContain('\n')
    expect(exitCode).toBe(1)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test.each([
    ['the first', '', 0, 'sessions'],
    ['the second', accounts, 1, 'plays'],
    ['the third', `${accounts}; ${listening}`, 2, 'security_events'],
  ])(
    'P7 when %s fails nothing of it stays, and it can be tried again',
    (_, sql, version, inTheWay) => {
      // The migration has created other tables before it fails at the one that exists.
      const path = fileWith(`${sql}; CREATE TABLE ${inTheWay} (oops)`, version)
      const before = look(path)
      const { message, exitCode } = whyNot(path)
      expect(message).toContain(path)
      expect(message).toContain(inTheWay)
      expect(message).not.toContain('\n')
      expect(exitCode).toBe(1)
      expect(look(path)).toEqual(before)

      const file = new Sqlite(path)
      file.run(`DROP TABLE ${inTheWay}`)
      file.close()
      // The refused start has released the lock.
      openDatabase(path, { exclusive: true }).close()
      expect(look(path).version).toBe(NEWEST)
    },
  )

  test('P6 what is no database is refused by name and left as it is', () => {
    const path = newPath()
    const text = 'A shopping list, which somebody put in the wrong place.\n'.repeat(100)
    writeFileSync(path, text)
    const { message } = whyNot(path)
    expect(message).toContain(path)
    expect(message).toContain('not a database')
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})
