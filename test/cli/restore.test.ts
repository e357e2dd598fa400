import { Database as Sqlite } from 'bun:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lchownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import accounts from '../../src/database/migrations/001-accounts.sql' with { type: 'text' }
import listening from '../../src/database/migrations/002-listening.sql' with { type: 'text' }
import door from '../../src/database/migrations/003-door.sql' with { type: 'text' }
import lives from '../../src/database/migrations/004-lives.sql' with { type: 'text' }
import { SCHEMA_VERSION } from '../../src/database/migrations/migrations'
import { foreignPart } from '../../src/database/schema'
import { executable, runExecutable, temporaryFolder } from '../support/executable'
import { fill, integrityOf, valueIn } from './big-database'
import { endAll, start } from './launch'

const ONE_LINE = /^musakone: [^\n]+\n$/
const fresh = join(temporaryFolder(), 'musakone.db')

afterAll(endAll)
beforeAll(async () => {
  executable()
  await (await start({ DATABASE_PATH: fresh })).stop()
})

/** Overwrites the middle of a file. */
function damage(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 4096 * 3, 4096 * 8)
  writeFileSync(path, bytes)
}

function change(path: string, sql: string): void {
  const file = new Sqlite(path)
  file.run(sql)
  file.close()
}

let folder: string
let path: string
let backup: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder, 'musakone.db')
  backup = join(temporaryFolder(), 'backup.db')
  copyFileSync(fresh, path)
  copyFileSync(fresh, backup)
  change(backup, `UPDATE users SET created_at = 77`)
})

const run = (...args: string[]) => runExecutable(['restore', ...args], { DATABASE_PATH: path })
const createdAt = (file: string) => valueIn(file, 'SELECT created_at FROM users')
const namesBefore = () => readdirSync(folder).filter((name) => name.includes('before-restore'))

describe('musakone restore', () => {
  test('puts the backup in the place of the database, and keeps the old one beside it', async () => {
    const old = createdAt(path)
    const { exitCode, stdout, stderr } = await run(backup)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(createdAt(path)).toBe(77)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const [before = '', ...more] = namesBefore()
    expect(more).toEqual([])
    expect(before).toMatch(/^musakone\.db\.before-restore-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/)
    expect(stdout).toContain(before)
    expect(createdAt(join(folder, before))).toBe(old)
    expect(statSync(join(folder, before)).mode & 0o777).toBe(0o600)
    const again = await start({ DATABASE_PATH: path })
    await again.logIn()
    expect(await again.stop()).toBe(0)
  })

  test('what a kill -9 left beside the old database is kept with it, and not mixed into the new', async () => {
    const musakone = await start({ DATABASE_PATH: path })
    await musakone.logIn()
    await musakone.stop('SIGKILL')
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    expect((await run(backup)).exitCode).toBe(0)
    const [before = ''] = namesBefore()
    expect(valueIn(join(folder, before), 'SELECT COUNT(*) FROM sessions')).toBe(1)
    expect(valueIn(path, 'SELECT COUNT(*) FROM sessions')).toBe(0)
    expect(createdAt(path)).toBe(77)
  })

  test('is refused while the service runs, which notices nothing', async () => {
    const musakone = await start({ DATABASE_PATH: path })
    const before = readdirSync(folder).sort()
    const { exitCode, stderr } = await run(backup)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain('stop it first')
    expect(readdirSync(folder).sort()).toEqual(before)
    await musakone.logIn()
    expect(await musakone.stop()).toBe(0)
    expect(createdAt(path)).not.toBe(77)
  })

  test('is refused while another program is in the middle of it', async () => {
    const other = new Sqlite(path)
    other.run('PRAGMA journal_mode = WAL')
    other.run('BEGIN IMMEDIATE')
    const { exitCode, stderr } = await run(backup)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain('another program is using')
    other.run('ROLLBACK')
    other.close()
    expect(namesBefore()).toEqual([])
    expect(createdAt(path)).not.toBe(77)
  })

  test.each([
    ['a text', () => writeFileSync(backup, 'a shopping list\n'.repeat(999)), 'not a database'],
    ['half of it', () => truncateSync(backup, 4096 * 5), 'damaged'],
    ['a damaged one', () => damage(backup), 'damaged'],
    ['an empty file', () => truncateSync(backup, 0), 'not a database of musakone'],
    [
      'another program’s database',
      () => {
        writeFileSync(backup, '')
        change(backup, 'CREATE TABLE songs (id)')
        change(backup, 'PRAGMA user_version = 3')
      },
      'not a database of musakone',
    ],
    [
      'one of a newer version',
      () => change(backup, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`),
      'install a newer musakone',
    ],
  ])('P6 %s is refused, and the database is as before', async (_, spoil, why) => {
    spoil()
    const before = readFileSync(path)
    const { exitCode, stderr } = await run(backup)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(why)
    expect(stderr).toContain(backup)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['musakone.db'])
  })

  test.each([
    ['the database itself', () => path, 'is the database itself'],
    ['a file that is not there', () => '/none/b.db', 'there is no file'],
    ['a folder', () => folder, 'is not a file'],
  ])('%s is refused', async (_, file, why) => {
    const { exitCode, stderr } = await run(file())
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(why)
    expect(readdirSync(folder)).toEqual(['musakone.db'])
  })

  test('the copy of a database in use brings what stands beside it', async () => {
    const used = join(temporaryFolder(), 'musakone.db')
    const musakone = await start({ DATABASE_PATH: used })
    await musakone.logIn()
    await musakone.stop('SIGKILL')
    const files = readdirSync(join(used, '..')).filter((name) => name.startsWith('musakone.db'))
    const bytes = files.map((name) => readFileSync(join(used, '..', name)))
    expect((await run(used)).exitCode).toBe(0)
    expect(valueIn(path, 'SELECT COUNT(*) FROM sessions')).toBe(1)
    // The backup itself is unchanged.
    expect(files.map((name) => readFileSync(join(used, '..', name)))).toEqual(bytes)
  })

  test.skipIf(process.getuid?.() !== 0)('by root, it belongs to whom it belonged', async () => {
    chownSync(folder, 4321, 4322)
    chownSync(path, 4321, 4322)
    expect((await run(backup)).exitCode).toBe(0)
    for (const name of readdirSync(folder)) {
      const { uid, gid } = statSync(join(folder, name))
      expect({ name, uid, gid }).toEqual({ name, uid: 4321, gid: 4322 })
    }
    expect(readdirSync(folder)).toHaveLength(3)
  })
})

describe('a damaged database', () => {
  test.each([
    ['corrupt', damage],
    ['truncated', (file: string) => truncateSync(file, 4096 * 5)],
    ['no database', (file: string) => writeFileSync(file, 'a shopping list\n'.repeat(999))],
  ])('P6 %s: the service refuses it, names it and says how to restore', async (_, spoil) => {
    spoil(path)
    const bytes = readFileSync(path)
    const { exitCode, stderr } = await runExecutable([], { DATABASE_PATH: path, PORT: '0' })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(path)
    expect(stderr).toContain('musakone restore FILE')
    expect(readFileSync(path).subarray(100).equals(bytes.subarray(100))).toBe(true)

    expect((await run(backup)).stderr).toBe('')
    expect(createdAt(path)).toBe(77)
    const [before = ''] = namesBefore()
    expect(readFileSync(join(folder, before)).subarray(100).equals(bytes.subarray(100))).toBe(true)
    const again = await start({ DATABASE_PATH: path })
    await again.logIn()
    expect(await again.stop()).toBe(0)
  })

  test('P6 what stands beside it goes with it, and not into the restored one', async () => {
    const musakone = await start({ DATABASE_PATH: path })
    await musakone.logIn()
    await musakone.stop('SIGKILL')
    const wal = readFileSync(`${path}-wal`)
    expect(wal.length).toBeGreaterThan(0)
    const bytes = readFileSync(path)
    bytes.fill(0, 0, 100)
    writeFileSync(path, bytes)
    // Too short for the header of a SQLite file.
    truncateSync(path, 300)
    expect((await run(backup)).stderr).toBe('')
    expect(integrityOf(path)).toBe('ok')
    expect(valueIn(path, 'SELECT COUNT(*) FROM sessions')).toBe(0)
    expect(createdAt(path)).toBe(77)
    const moved = namesBefore().find((name) => name.endsWith('-wal')) ?? ''
    expect(readFileSync(join(folder, moved)).equals(wal)).toBe(true)
  })

  test('P6 it is noticed beyond what is looked through at each start, after a kill', async () => {
    change(
      path,
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
       INSERT INTO user_actions (action_type, metadata, timestamp)
       SELECT 'search', json_quote(hex(randomblob(50000))), 1700000000 + i FROM n`,
    )
    expect(statSync(path).size).toBeGreaterThan(32 * 1024 * 1024)
    const musakone = await start({ DATABASE_PATH: path })
    await musakone.logIn()
    await musakone.stop('SIGKILL')
    const bytes = readFileSync(path)
    bytes.fill(0x5a, 4096 * 4000, 4096 * 4010)
    writeFileSync(path, bytes)
    const { exitCode, stderr } = await runExecutable([], { DATABASE_PATH: path, PORT: '0' })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('is damaged')
  })
})

test('P7 killed during a migration: the old schema or the new one, never between', async () => {
  const ROWS = 20_000
  const old = join(temporaryFolder(), 'musakone.db')
  const file = new Sqlite(old)
  file.run('PRAGMA journal_mode = WAL')
  file.run(`${accounts}; ${listening}; ${door}; ${lives}; PRAGMA user_version = 4`)
  file.run(`INSERT INTO users (id, username, password_hash, role, created_at)
            VALUES (1, 'ada', 'x', 'member', 1)`)
  file.close()
  fill(old, ROWS)
  const schemaOf = (from: string) => valueIn(from, 'PRAGMA user_version')
  const tablesOf = (from: string) =>
    valueIn(from, 'SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema ORDER BY name)')
  const oldTables = tablesOf(old)
  const migrated = join(temporaryFolder(), 'musakone.db')
  copyFileSync(old, migrated)
  await (await start({ DATABASE_PATH: migrated })).stop()
  const newTables = tablesOf(migrated)
  expect(newTables).not.toBe(oldTables)

  const outcomes: Record<string, number> = { inTheMiddle: 0, after: 0 }
  for (let ms = 10; outcomes.after === 0; ms = Math.ceil(ms * 1.25)) {
    const at = join(temporaryFolder(), 'musakone.db')
    copyFileSync(old, at)
    const child = Bun.spawn([executable()], {
      env: { DATABASE_PATH: at, PORT: '0', NODE_ENV: 'development' },
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    await Bun.sleep(ms)
    child.kill('SIGKILL')
    await child.exited
    const hasBegun = existsSync(`${at}-lock`)
    expect(integrityOf(at)).toBe('ok')
    const schema = schemaOf(at)
    if (schema === 4) {
      expect(tablesOf(at)).toBe(oldTables)
      if (hasBegun) outcomes.inTheMiddle = (outcomes.inTheMiddle ?? 0) + 1
    } else {
      expect(schema).toBe(SCHEMA_VERSION)
      expect(tablesOf(at)).toBe(newTables)
      outcomes.after = (outcomes.after ?? 0) + 1
    }
    expect(valueIn(at, 'SELECT COUNT(*) FROM plays')).toBe(ROWS)
    // The next start migrates either database.
    if (schema !== 4 || outcomes.inTheMiddle === 1) {
      await (await start({ DATABASE_PATH: at })).stop()
      expect(schemaOf(at)).toBe(SCHEMA_VERSION)
      expect(tablesOf(at)).toBe(newTables)
    }
  }
  expect(outcomes.inTheMiddle).toBeGreaterThan(0)
}, 120_000)

describe('T4 a backup with what no version of musakone makes', () => {
  test.each([
    [
      'a trigger',
      "CREATE TRIGGER grab AFTER INSERT ON sessions BEGIN UPDATE users SET role = 'admin'; END",
      'trigger "grab"',
    ],
    ['a view', 'CREATE VIEW everybody AS SELECT * FROM users', 'view "everybody"'],
    ['a table', 'CREATE TABLE loot (hash)', 'table "loot"'],
    ['an index', 'CREATE INDEX quick ON users (created_at)', 'index "quick"'],
  ])('%s is refused, and named by the doctor', async (_, sql, named) => {
    change(backup, sql)
    const { exitCode, stderr } = await run(backup)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(named)
    expect(stderr).toContain(backup)
    expect(readdirSync(folder)).toEqual(['musakone.db'])

    const doctor = await runExecutable(['doctor', '--json', '--database', backup], { PORT: '1' })
    const { findings } = JSON.parse(doctor.stdout) as { findings: Record<string, string>[] }
    const finding = findings.find(({ check }) => check === 'database')
    expect(finding).toMatchObject({ mark: 'wrong', message: expect.stringContaining(named) })
  })

  // SQLite itself makes neither of these: somebody has written them into the file.
  test.each([
    [
      'another trigger under the name of ours',
      'UPDATE users SET created_at = created_at + 1',
      'SET count = count + 1;',
      'SET count = count + 7;',
    ],
    [
      'a trigger with a name like SQLite’s own',
      'CREATE TRIGGER sqliteXautoindexXx AFTER INSERT ON users BEGIN DELETE FROM users; END',
      'sqliteXautoindexXx',
      'sqlite_autoindex_x',
    ],
  ])('%s is refused', async (_, sql, ours, theirs) => {
    change(backup, sql)
    const bytes = readFileSync(backup, 'latin1')
    expect(bytes).toContain(ours)
    writeFileSync(backup, bytes.replaceAll(ours, theirs), 'latin1')
    const { exitCode, stderr } = await run(backup)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/has the trigger "\w+", which no version of musakone makes/)
    expect(readdirSync(folder)).toEqual(['musakone.db'])
  })

  test('a database of ours is none, also of an older version', () => {
    const other = new Sqlite(fresh)
    expect(foreignPart(other, SCHEMA_VERSION)).toBeUndefined()
    other.close()
    const old = new Sqlite(':memory:')
    old.run(`${accounts}; ${listening}; ${door}; ${lives}; PRAGMA user_version = 4; ANALYZE`)
    expect(foreignPart(old, 4)).toBeUndefined()
  })
})

// Only root can become somebody else.
describe.skipIf(process.getuid?.() !== 0)('T4 by root in the folder of the service', () => {
  const SERVICE = 4321
  /** What only root may read, and how it was. */
  let secret: string
  const stateOf = (file: string) => {
    const { mode, uid, gid, size, nlink, mtimeMs, ctimeMs } = statSync(file)
    return { mode, uid, gid, size, nlink, mtimeMs, ctimeMs, text: readFileSync(file, 'latin1') }
  }
  let before: ReturnType<typeof stateOf>
  beforeEach(() => {
    secret = join(temporaryFolder(), 'secret')
    keep(() => writeFileSync(secret, 'for root only'))
    for (const name of ['.', 'musakone.db']) chownSync(join(folder, name), SERVICE, SERVICE)
  })

  /** Makes what only root may read. */
  function keep(make: () => void): void {
    make()
    chmodSync(secret, 0o600)
    before = stateOf(secret)
  }

  const KINDS = {
    'a text': () => {},
    'an empty file': () => keep(() => truncateSync(secret)),
    'a database': () => keep(() => copyFileSync(fresh, secret)),
  }
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[]
  const planted = (names: string[]) =>
    names.flatMap((name) => kinds.map((kind) => [kind, name] as const))

  const expectUntouched = () => expect(stateOf(secret)).toEqual(before)

  /** Makes a link in the folder of the service, as the user of the service. */
  function plant(name: string, target = secret): void {
    rmSync(join(folder, name), { force: true })
    symlinkSync(target, join(folder, name))
    lchownSync(join(folder, name), SERVICE, SERVICE)
  }

  test.each(
    planted([
      'musakone.db',
      'musakone.db-lock',
      'musakone.db-wal',
      'musakone.db-shm',
      'musakone.db-journal',
      'musakone.db.restoring',
    ]),
  )('restore leaves alone %s that a link at %s leads to', async (kind, name) => {
    KINDS[kind]()
    plant(name)
    const { exitCode, stderr } = await run(backup)
    if (exitCode !== 0) expect(stderr).toMatch(ONE_LINE)
    expectUntouched()
    for (const left of readdirSync(folder))
      expect({ left, uid: lstatSync(join(folder, left)).uid }).toEqual({ left, uid: SERVICE })
  })

  test('restore gives nobody what only root may read, by a link in place of a backup', async () => {
    const others = join(temporaryFolder(), 'others.db')
    copyFileSync(backup, others)
    chmodSync(others, 0o600)
    plant('backup.db', others)
    const { exitCode, stderr } = await run(join(folder, 'backup.db'))
    expect({ exitCode, line: stderr }).toEqual({
      exitCode: 1,
      line: expect.stringMatching(ONE_LINE),
    })
    expect(stderr).toContain('copy the backup to a folder of your own')
    expect(createdAt(path)).not.toBe(77)
    // From a folder of root's it may be a link.
    const link = join(temporaryFolder(), 'link.db')
    symlinkSync(others, link)
    expect((await run(link)).exitCode).toBe(0)
    expect(createdAt(path)).toBe(77)
  })

  test('a folder of the service that is a link to one of root’s is not written in', async () => {
    const roots = temporaryFolder()
    plant('deeper', roots)
    const at = join(folder, 'deeper', 'musakone.db')
    const { exitCode } = await runExecutable(['restore', backup], { DATABASE_PATH: at })
    expect(exitCode).toBe(1)
    expect(readdirSync(roots)).toEqual([])
  })

  test('a backup into a folder of root’s is root’s, one beside the database the service’s', async () => {
    const own = join(temporaryFolder(), 'own.db')
    const beside = join(folder, 'beside.db')
    for (const file of [own, beside]) {
      const { exitCode, stderr } = await runExecutable(['backup', file], { DATABASE_PATH: path })
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(integrityOf(file)).toBe('ok')
      expect(statSync(file).mode & 0o777).toBe(0o600)
    }
    expect([statSync(own).uid, statSync(beside).uid]).toEqual([0, SERVICE])
    expect(readdirSync(folder).sort()).toEqual(['beside.db', 'musakone.db'])
  })

  test.each(planted(['musakone.db', 'musakone.db-wal', 'copy.db']))(
    'backup, user, invite and doctor leave alone %s that a link at %s leads to',
    async (kind, name) => {
      KINDS[kind]()
      plant(name)
      const into = join(folder, 'copy.db')
      for (const args of [
        ['backup', '--force', into],
        ['user', 'list'],
        ['invite', 'list'],
        ['doctor'],
      ])
        await runExecutable(args, { DATABASE_PATH: path, PORT: '1' })
      expectUntouched()
    },
  )
})
