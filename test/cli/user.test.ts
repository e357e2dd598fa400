import { Database as Sqlite } from 'bun:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { executable, temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { withRows } from '../support/user-rows'
import { endAll, start } from './launch'
import { runUser, typeUser } from './user-command'

const PASSWORD = 'half a lemon cake'
const NEW_PASSWORD = 'a lemon cake and a half'
const STDIN = '--password-stdin'
const ONE_LINE = /^musakone: [^\n]+\n$/

/** A new database with the account `admin`, as the service creates it. */
const fresh = join(temporaryFolder(), 'musakone.db')

afterAll(endAll)
beforeAll(async () => {
  executable()
  await (await start({ DATABASE_PATH: fresh })).stop()
})

describe('musakone user', () => {
  let path: string
  beforeEach(() => {
    path = join(temporaryFolder(), 'musakone.db')
    copyFileSync(fresh, path)
  })

  const run = (...args: string[]) => runUser(path, args)
  const runWith = (input: string, ...args: string[]) => runUser(path, args, { input })
  async function list(): Promise<Record<string, unknown>[]> {
    const { exitCode, stdout } = await run('list', '--json')
    expect(exitCode).toBe(0)
    return JSON.parse(stdout)
  }
  const find = async (name: string) => (await list()).find(({ username }) => username === name)

  test('add, role, disable, enable, passwd and delete do what they say', async () => {
    expect(await runWith(PASSWORD, 'add', 'Zoë', '--role', 'guest', STDIN)).toEqual({
      exitCode: 0,
      stdout: 'added Zoë, guest\n',
      stderr: '',
    })
    expect(await find('Zoë')).toMatchObject({ role: 'guest', has_password: true, last_login: null })
    expect((await run('role', 'ZOË', 'member')).stdout).toBe('ZOË has the role member\n')
    expect(await find('Zoë')).toMatchObject({ role: 'member' })
    expect((await run('disable', 'zoë')).stdout).toBe('zoë is disabled\n')
    expect(await find('Zoë')).toMatchObject({ disabled: true })
    const set = await runWith(`${NEW_PASSWORD}\n`, 'passwd', 'zoë', STDIN, '--must-change-password')
    expect(set.stdout).toBe(
      'the password of zoë is set\nzoë is still disabled: musakone user enable zoë\n',
    )
    expect(await find('Zoë')).toMatchObject({ disabled: true, must_change_password: true })
    expect((await run('enable', 'zoë')).stdout).toBe('zoë is enabled\n')
    expect(await find('Zoë')).toMatchObject({ disabled: false })
    expect((await run('delete', 'zoë')).stdout).toBe('zoë is deleted\n')
    expect(await find('Zoë')).toBeUndefined()
    const notes = withRows(path, (rows) =>
      rows
        .query<{ event_type: string; details: string }, []>(
          "SELECT event_type, details FROM security_events WHERE details LIKE '%command line%'",
        )
        .all(),
    )
    expect(notes.map(({ event_type }) => event_type)).toEqual([
      'user_created',
      'role_changed',
      'user_disabled',
      'password_set',
      'user_enabled',
      'user_deleted',
    ])
    expect(JSON.parse(notes[5]?.details ?? '')).toEqual({
      username: 'Zoë',
      role: 'member',
      by: 'command line',
    })
  })

  test('every command has its help, and the whole names them', async () => {
    const { stdout } = await run('--help')
    for (const name of ['list', 'add', 'passwd', 'role', 'disable', 'enable', 'delete']) {
      expect(stdout).toContain(`\n  ${name} `)
      expect((await run(name, '--help')).stdout).toContain('--database <file>')
    }
  })

  test('list prints a table that lines up, in any script', async () => {
    await runWith(PASSWORD, 'add', '日本語', STDIN, '--must-change-password')
    await runWith(PASSWORD, 'add', 'bertil', STDIN)
    await run('disable', 'bertil')
    const { stdout } = await run('list')
    expect(stdout).toBe(
      [
        'NAME    ROLE    STATE                     LAST LOGIN  SESSIONS',
        'admin   admin   enabled                   never       0',
        'bertil  member  disabled                  never       0',
        '日本語  member  must change the password  never       0',
        '',
      ].join('\n'),
    )
  })

  test.each<[string, string[], string, string]>([
    ['nobody of that name', ['disable', 'nobody'], '', 'there is no user nobody'],
    ['nobody whose password to set', ['passwd', 'nobody', STDIN], PASSWORD, 'there is no user'],
    ['a name in use', ['add', 'ADMIN', STDIN], PASSWORD, 'the name is taken'],
    ['a name with a space', ['add', 'an na', STDIN], PASSWORD, '1 to 64 visible characters'],
    ['a short password', ['add', 'anna', STDIN], 'lemon', '8 to 256 characters'],
    ['a common password', ['passwd', 'admin', STDIN], 'password1', 'one of the most common'],
    ['the name as the password', ['add', 'annabella', STDIN], 'annabella1', 'easy to guess'],
    ['no password', ['add', 'anna', STDIN], '', '8 to 256 characters'],
    ['the last admin, deleted', ['delete', 'admin'], '', 'The last admin'],
    ['the last admin, disabled', ['disable', 'admin'], '', 'The last admin'],
    ['the last admin, demoted', ['role', 'admin', 'member'], '', 'The last admin'],
  ])('says so in one line, exit code 1, and changes nothing: %s', async (_, args, input, why) => {
    const before = await list()
    const { exitCode, stdout, stderr } = await runWith(input, ...args)
    expect(stderr).toMatch(ONE_LINE)
    expect(stderr).toContain(why)
    if (input !== '') expect(stderr).not.toContain(input)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(await list()).toEqual(before)
  })

  test.each<[string, string[]]>([
    ['no command', []],
    ['an unknown command', ['ad', 'anna']],
    ['no name', ['add']],
    ['an unknown role', ['role', 'admin', 'king']],
    ['an unknown role to add', ['add', 'anna', '--role', 'king', STDIN]],
    ['a password where others could see it', ['add', 'anna', PASSWORD]],
    ['an unknown option', ['passwd', 'admin', '--password', PASSWORD]],
    ['nowhere to ask for a password', ['passwd', 'admin']],
  ])('is refused with exit code 2: %s', async (_, args) => {
    const before = await list()
    const { exitCode, stdout, stderr } = await runWith(PASSWORD, ...args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).not.toBe('')
    expect(await list()).toEqual(before)
  })

  test('on a terminal it asks twice, shows nothing of it, and minds the keys', async () => {
    const typed = await typeUser(
      path,
      ['add', 'anna'],
      [
        ['New password for anna: ', `wrong\u0015${PASSWORD}xé\u007f\u007f\r`],
        ['Again: ', `${PASSWORD}\n`],
      ],
    )
    expect(typed.shown.replaceAll('\r', '')).toBe(
      'New password for anna: \nAgain: \nadded anna, member\n',
    )
    expect(typed.exitCode).toBe(0)
    const service = await start({ DATABASE_PATH: path })
    const response = await logIn(service.origin, 'anna', PASSWORD)
    expect(response.status).toBe(200)
    await service.stop()
  })

  test.each<[string, [string, string][], number, string]>([
    [
      'two that differ',
      [
        ['New password', `${PASSWORD}\r`],
        ['Again', `${NEW_PASSWORD}\r`],
      ],
      1,
      'the two passwords differ',
    ],
    ['an interruption', [['New password', 'half\u0003']], 130, 'broken off'],
    ['an end', [['New password', '\u0004']], 130, 'broken off'],
  ])('on a terminal %s changes nothing', async (_, answers, exitCode, why) => {
    const before = await list()
    const typed = await typeUser(path, ['passwd', 'admin'], answers)
    expect(typed.exitCode).toBe(exitCode)
    expect(typed.shown).toContain(why)
    expect(typed.shown).not.toContain('lemon')
    expect(await list()).toEqual(before)
  })

  test('needs no other settings, wrong ones do not disturb it, and leaves nothing behind', async () => {
    const variables = { NODE_ENV: 'production', PORT: 'abc', REGISTRATION: 'perhaps' }
    const options = { input: PASSWORD, variables }
    expect((await runUser(path, ['passwd', 'admin', STDIN], options)).exitCode).toBe(0)
    const byOption = ['list', '--json', '--database', path]
    expect((await runUser('', byOption, { variables })).stdout).toContain('"admin"')
    expect(readdirSync(join(path, '..'))).toEqual(['musakone.db'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('waits a moment for who is writing, then says that it could not', async () => {
    const writer = new Sqlite(path)
    writer.run('BEGIN IMMEDIATE')
    const busy = await run('disable', 'nobody')
    expect(busy.stderr).toContain('there is no user nobody')
    const refused = await runWith(PASSWORD, 'add', 'anna', STDIN)
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toMatch(ONE_LINE)
    expect(refused.stderr).toContain('database is locked')
    const waiting = runWith(PASSWORD, 'add', 'anna', STDIN)
    writer.run('COMMIT')
    expect((await waiting).stdout).toBe('added anna, member\n')
    writer.close()
  })
})

describe('musakone user makes no database, of', () => {
  test.each<[string, (path: string) => unknown, string]>([
    ['nothing', () => {}, 'there is no database at'],
    ['an empty file', (path) => Bun.write(path, ''), 'is not a database of musakone'],
    ['a text', (path) => Bun.write(path, 'hello '.repeat(500)), 'file is not a database'],
    [
      'another database',
      (path) => new Sqlite(path).run('CREATE TABLE users (id)'),
      'is not a database of musakone',
    ],
    ['a newer one', (path) => new Sqlite(path).run('PRAGMA user_version = 99'), 'has schema 99'],
    [
      'an older one',
      (path) => new Sqlite(path).run('PRAGMA user_version = 1'),
      'restart the service',
    ],
  ])('%s', async (_, make, why) => {
    const folder = temporaryFolder()
    const path = join(folder, 'musakone.db')
    await make(path)
    const before = existsSync(path) ? await Bun.file(path).text() : undefined
    for (const args of [['list'], ['add', 'anna', STDIN], ['delete', 'anna']]) {
      const { exitCode, stdout, stderr } = await runUser(path, args, { input: PASSWORD })
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toMatch(ONE_LINE)
      expect(stderr).toContain(why)
      expect(stderr).toContain(path)
    }
    expect(existsSync(path) ? await Bun.file(path).text() : undefined).toBe(before)
    if (before === undefined) expect(readdirSync(folder)).toEqual([])
  })
})

describe('musakone user beside the running service', () => {
  test('C3 lets a locked-out admin in, and ends who was in, within two seconds', async () => {
    const path = join(temporaryFolder(), 'data/musakone.db')
    const service = await start({ DATABASE_PATH: path })
    const token = await service.logIn()
    const client = await connectOwn(`${service.socketUrl}?token=${token}`)
    const set = await runUser(path, ['passwd', 'admin', STDIN], { input: NEW_PASSWORD })
    const setAt = performance.now()
    expect(set).toEqual({ exitCode: 0, stdout: 'the password of admin is set\n', stderr: '' })
    expect((await client.closed).code).toBe(4401)
    expect(performance.now() - setAt).toBeLessThan(2_000)
    await expect(service.logIn()).rejects.toThrow('401')
    const fresh = await service.logIn(NEW_PASSWORD)

    expect((await runUser(path, ['add', 'anna', STDIN], { input: PASSWORD })).exitCode).toBe(0)
    expect((await logIn(service.origin, 'anna', PASSWORD)).status).toBe(200)
    const list = await runUser(path, ['list', '--json'])
    expect(JSON.parse(list.stdout)).toMatchObject([
      { username: 'admin', sessions: 1 },
      { username: 'anna', sessions: 1 },
    ])
    const headers = { authorization: `Bearer ${fresh}` }
    expect((await fetch(`${service.origin}/api/auth/me`, { headers })).status).toBe(200)
    expect(JSON.stringify(service.lines())).not.toContain(NEW_PASSWORD)
    expect(await service.stop()).toBe(0)
  })

  test('many at once are all done, and the service goes on', async () => {
    const path = join(temporaryFolder(), 'data/musakone.db')
    const service = await start({ DATABASE_PATH: path })
    const token = await service.logIn()
    const headers = { authorization: `Bearer ${token}` }
    const names = Array.from({ length: 8 }, (_, index) => `anna-${index}`)
    const done = Promise.all(
      names.map((name) => runUser(path, ['add', name, STDIN], { input: PASSWORD })),
    )
    let running = true
    void done.finally(() => {
      running = false
    })
    while (running)
      expect((await fetch(`${service.origin}/api/users`, { headers })).status).toBe(200)
    expect((await done).map(({ exitCode }) => exitCode)).toEqual(names.map(() => 0))
    const response = await fetch(`${service.origin}/api/users`, { headers })
    const { users } = (await response.json()) as { users: { username: string }[] }
    expect(users.map(({ username }) => username)).toEqual(['admin', ...names])
    expect(await service.stop()).toBe(0)
  })
})

function logIn(origin: string, username: string, password: string): Promise<Response> {
  return fetch(`${origin}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
}
