import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { executable, runExecutable, temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'
import { fill, integrityOf, valueIn } from './big-database'
import { online } from './footprint'
import { endAll, start } from './launch'

const SECRET = 'f3Kq0PzH7mVtX2wLbN9cRdYsGaJeUiTo4ZxQ'
const ONE_LINE = /^musakone: [^\n]+\n$/
const ROWS = 15_000

const fresh = join(temporaryFolder(), 'musakone.db')
const big = join(temporaryFolder(), 'musakone.db')

afterAll(endAll)
beforeAll(async () => {
  executable()
  await (await start({ DATABASE_PATH: fresh })).stop()
  copyFileSync(fresh, big)
  fill(big, ROWS)
})

describe('musakone backup', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = temporaryFolder()
    path = join(folder, 'musakone.db')
    copyFileSync(fresh, path)
  })
  const run = (...args: string[]) => runExecutable(['backup', ...args], { DATABASE_PATH: path })

  test('P8 while the service writes: whole, 0600, and the service goes on', async () => {
    copyFileSync(big, path)
    const mopidy = await startDemoMopidy()
    const variables = { DATABASE_PATH: path, JWT_SECRET: SECRET, MOPIDY_URL: mopidy.url }
    const musakone = await start(variables)
    const token = await musakone.logIn()
    await online(musakone)
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    let calls = 0
    const times: number[] = []
    let done = false
    const writing = (async () => {
      while (!done) {
        const startedAt = performance.now()
        await client.call('core.tracklist.set_repeat', { value: calls % 2 === 0 })
        times.push(performance.now() - startedAt)
        calls += 1
      }
    })()
    const files = [1, 2, 3].map((number) => join(folder, `backup-${number}.db`))
    for (const file of files) {
      const before = calls
      const { exitCode, stdout, stderr } = await run(file)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toMatch(/^\S+: [\d.]+ MB, looked through\n$/)
      expect(calls).toBeGreaterThan(before + 20)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(integrityOf(file)).toBe('ok')
      expect(valueIn(file, 'SELECT COUNT(*) FROM plays')).toBe(ROWS)
    }
    done = true
    await writing
    client.close()
    times.sort((one, other) => one - other)
    expect(times[Math.floor(times.length * 0.99)]).toBeLessThan(250)
    expect(await musakone.stop()).toBe(0)
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([])

    // On another machine with the same secret, the sessions of the backup still hold.
    const elsewhere = join(temporaryFolder(), 'musakone.db')
    const restored = await runExecutable(['restore', files[2] ?? ''], { DATABASE_PATH: elsewhere })
    expect(restored.stderr).toBe('')
    expect(restored.exitCode).toBe(0)
    const there = await start({ ...variables, DATABASE_PATH: elsewhere })
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${there.origin}/api/auth/me`, { headers })).status).toBe(200)
    await there.logIn()
    expect(await there.stop()).toBe(0)
    await mopidy.stop()
  })

  test('P8 killed at any moment, the file is there whole or not at all', async () => {
    copyFileSync(big, path)
    let whole = 0
    let killed = 0
    // The kills are spread from before the backup begins until after it has ended.
    for (let ms = 20; whole < 3; ms = Math.ceil(ms * 1.4)) {
      const file = join(folder, `after-${ms}.db`)
      const child = Bun.spawn([executable(), 'backup', file], {
        env: { DATABASE_PATH: path },
        stdio: ['ignore', 'ignore', 'ignore'],
      })
      await Promise.race([child.exited, Bun.sleep(ms)])
      child.kill('SIGKILL')
      await child.exited
      if (existsSync(file)) {
        whole += 1
        expect(integrityOf(file)).toBe('ok')
        expect(valueIn(file, 'SELECT COUNT(*) FROM user_actions')).toBe(ROWS)
      } else killed += 1
    }
    expect(killed).toBeGreaterThan(0)

    // A later backup removes the drafts of the killed ones once they are old enough.
    const drafts = readdirSync(folder).filter((name) => name.endsWith('.tmp'))
    const [draft = 'after-20.db.0123abcd.tmp'] = drafts
    writeFileSync(join(folder, draft), 'half')
    const file = join(folder, draft.split('.').slice(0, 2).join('.'))
    expect((await run(file, '--force')).exitCode).toBe(0)
    expect(existsSync(join(folder, draft))).toBe(true)
    const longAgo = new Date(Date.now() - 2 * 3_600_000)
    utimesSync(join(folder, draft), longAgo, longAgo)
    expect((await run(file, '--force')).exitCode).toBe(0)
    expect(existsSync(join(folder, draft))).toBe(false)
  })

  test('a file that is there stays, unless --force replaces it', async () => {
    const file = join(folder, 'kept.db')
    writeFileSync(file, 'precious')
    const refused = await run(file)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toMatch(ONE_LINE)
    expect(refused.stderr).toContain('--force')
    expect(readFileSync(file, 'utf8')).toBe('precious')
    expect((await run(file, '--force')).exitCode).toBe(0)
    expect(integrityOf(file)).toBe('ok')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['the database itself', () => [path, '--force'], 'is the database itself'],
    ['a folder', () => [folder], 'is not a file'],
    ['a folder that is not there', () => [join(folder, 'none/b.db')], 'there is no folder'],
    [
      'a database that is not there',
      () => [join(folder, 'b.db'), '--database', '/none/m.db'],
      '/none',
    ],
  ])('%s is refused in one line and nothing is left', async (_, args, why) => {
    const before = readdirSync(folder)
    const { exitCode, stderr } = await run(...args())
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(why)
    expect(readdirSync(folder)).toEqual(before)
  })

  test.each([
    ['neither file nor folder', []],
    ['both', ['b.db', '--directory', '.']],
    ['--keep with a file', ['b.db', '--keep', '3']],
    ['--keep 0', ['--directory', '.', '--keep', '0']],
    ['--keep seven', ['--directory', '.', '--keep', 'seven']],
  ])('%s is a wrong command line', async (_, args) => {
    const cwd = temporaryFolder()
    const { exitCode } = await runExecutable(['backup', ...args], { DATABASE_PATH: path }, cwd)
    expect(exitCode).toBe(2)
    expect(readdirSync(cwd)).toEqual([])
  })

  test('P6 a damaged database makes no backup, and takes none away', async () => {
    const bytes = readFileSync(path)
    bytes.fill(0x5a, 4096 * 3, 4096 * 8)
    writeFileSync(path, bytes)
    const backups = join(folder, 'backups')
    mkdirSync(backups)
    const old = ['musakone-2026-01-01T00-00-00Z.db', 'musakone-2026-01-02T00-00-00Z.db']
    for (const name of old) writeFileSync(join(backups, name), 'an old one')
    const { exitCode, stderr } = await run('--directory', backups, '--keep', '1')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toMatch(/damaged|malformed/)
    expect(readdirSync(backups).sort()).toEqual(old)
  })

  // Only root can mount the small disk of this test.
  const canMount = process.getuid?.() === 0 && Bun.which('mount') !== null
  test.skipIf(!canMount)('P8 a full disk: it is told, and nothing is left on it', async () => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const mount = (...args: string[]) => Bun.spawnSync(args).exitCode
    if (mount('mount', '-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', disk) !== 0) return
    try {
      const { exitCode, stderr } = await run(join(disk, 'b.db'))
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(ONE_LINE)
      expect(stderr).toMatch(/cannot write the backup \S+b\.db: .*full/)
      expect(readdirSync(disk)).toEqual([])
    } finally {
      mount('umount', disk)
    }
  })

  test('into a folder: named by time, the newest kept, others left alone', async () => {
    const backups = join(folder, 'backups')
    mkdirSync(backups)
    const old = [1, 2, 3, 4].map((day) => `musakone-2026-01-0${day}T00-00-00Z.db`)
    const others = [
      'musakone.db',
      'notes.txt',
      'musakone-2020-01-01T00-00-00Z.db.gz',
      'my-musakone-2020-01-01T00-00-00Z.db',
    ]
    for (const name of [...old, ...others]) writeFileSync(join(backups, name), '')
    // A folder with the name of a backup stays.
    mkdirSync(join(backups, 'musakone-2019-01-01T00-00-00Z.db'))
    const { exitCode, stdout } = await run('--directory', backups, '--keep', '3')
    expect(exitCode).toBe(0)
    const left = readdirSync(backups)
    expect(left).toEqual(expect.arrayContaining([...others, 'musakone-2019-01-01T00-00-00Z.db']))
    const kept = left.filter((name) => /^musakone-202[6-9]-.*Z\.db$/.test(name)).sort()
    expect(kept.slice(0, 2)).toEqual(old.slice(2))
    const [, made = ''] = /(musakone-[\dTZ-]+\.db): /.exec(stdout) ?? []
    expect(kept[2]).toBe(made)
    expect(integrityOf(join(backups, made))).toBe('ok')
    expect(statSync(join(backups, made)).mode & 0o777).toBe(0o600)
  })

  test('with a clock set back the new one is kept, though by its name it is the oldest', async () => {
    const backups = join(folder, 'backups')
    mkdirSync(backups)
    const old = ['musakone-2090-01-01T00-00-00Z.db', 'musakone-2090-01-02T00-00-00Z.db']
    for (const name of old) writeFileSync(join(backups, name), '')
    expect((await run('--directory', backups, '--keep', '2')).exitCode).toBe(0)
    const left = readdirSync(backups).sort()
    expect(left).toHaveLength(2)
    expect(left).toContain(old[1] ?? '')
    expect(left).not.toContain(old[0] ?? '')
  })

  test('it makes the folder, for its owner only', async () => {
    const backups = join(folder, 'new/backups')
    expect((await run('--directory', backups)).exitCode).toBe(0)
    expect(statSync(backups).mode & 0o777).toBe(0o700)
    await until(() => readdirSync(backups).length === 1, 'the backup')
  })

  test('a loose umask does not make it readable for others', async () => {
    const file = join(folder, 'b.db')
    const child = Bun.spawn(['sh', '-c', `umask 000; exec "$0" backup "$1"`, executable(), file], {
      env: { DATABASE_PATH: path },
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    expect(await child.exited).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o600)
  })
})
