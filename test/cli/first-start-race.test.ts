import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createAccounts } from '../../src/accounts/accounts'
import { systemClock } from '../../src/clock'
import { openDatabase } from '../../src/database/database'
import { createLog } from '../../src/log'
import { executable, temporaryFolder } from '../support/executable'
import { TEST_SECRET, until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'
import { endAll, launch } from './launch'
import { runUser } from './user-command'

const PASSWORD = 'half a lemon cake'

afterAll(endAll)

/** The outcomes when several people set up a new box at once. */
describe('A8 of set-ups that race', () => {
  beforeAll(() => void executable())

  const usersOf = (path: string) =>
    withRows(path, (rows) =>
      rows
        .query<{ username: string; role: string }, []>(
          'SELECT username, role FROM users ORDER BY id',
        )
        .all(),
    )

  test('in two processes one makes the admin, and the other does not start', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const path = join(temporaryFolder(), 'data/musakone.db')
      const passwords = ['half a lemon cake', 'a lemon cake and a half']
      const children = passwords.map((ADMIN_PASSWORD) =>
        launch({ DATABASE_PATH: path, ADMIN_PASSWORD, LOG_FORMAT: 'json' }),
      )
      await until(() => children.some(({ exitCode }) => exitCode !== null), 'one to give up')
      const winner = children.findIndex(({ exitCode }) => exitCode === null)
      const [kept, other] = winner === 0 ? children : children.toReversed()
      expect(other?.exitCode).toBe(1)
      let log = ''
      const reading = (async () => {
        for await (const chunk of kept?.stdout ?? []) log += new TextDecoder().decode(chunk)
      })()
      await until(() => log.includes('musakone is listening'), 'the other to listen')
      expect(usersOf(path)).toEqual([{ username: 'admin', role: 'admin' }])
      const port = Number(/"port":(\d+)/.exec(log)?.[1])
      const post = (route: string, password: string, username: string) =>
        fetch(`http://127.0.0.1:${port}/api/auth/${route}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ username, password }),
        })
      const statuses = await Promise.all(
        passwords.map(async (password) => (await post('login', password, 'admin')).status),
      )
      expect(statuses).toEqual(winner === 0 ? [200, 401] : [401, 200])
      // Nobody else can register, not even as a second admin.
      for (const username of ['admin', 'ADMIN', 'root', 'anna'])
        expect((await post('register', PASSWORD, username)).status).toBe(403)
      expect(usersOf(path)).toHaveLength(1)
      kept?.kill('SIGTERM')
      expect(await kept?.exited).toBe(0)
      await reading
    }
  })

  test('in one process one makes the admin, with one password', async () => {
    const database = openDatabase(':memory:')
    const accounts = createAccounts({
      database,
      clock: systemClock,
      log: await createLog({ level: 'silent', format: 'json' }),
      secret: TEST_SECRET,
      sessionDays: 1,
    })
    const passwords = Array.from({ length: 5 }, (_, index) => `${PASSWORD} ${index}`)
    const made = await Promise.all(passwords.map((one) => accounts.createFirstAdmin(one)))
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(accounts.administration.list()).toMatchObject([{ username: 'admin', role: 'admin' }])
    const origin = { ip: null, userAgent: null }
    const logins = await Promise.allSettled(
      passwords.map((password) =>
        accounts.ownAccount.logIn({ username: 'admin', password }, origin),
      ),
    )
    expect(logins.map(({ status }) => status === 'fulfilled')).toEqual(made)
    expect(await accounts.createFirstAdmin(PASSWORD)).toBe(false)
    accounts.close()
    database.close()
  })

  test('the command line makes the first admin where the service has not yet', async () => {
    const path = join(temporaryFolder(), 'musakone.db')
    openDatabase(path).close()
    const args = ['add', 'anna', '--role', 'admin', '--password-stdin']
    expect((await runUser(path, args, { input: PASSWORD })).exitCode).toBe(0)
    const child = launch({ DATABASE_PATH: path, LOG_FORMAT: 'json' })
    let log = ''
    const reading = (async () => {
      for await (const chunk of child.stdout) log += new TextDecoder().decode(chunk)
    })()
    await until(() => log.includes('musakone is listening'), 'it to listen')
    expect(usersOf(path)).toEqual([{ username: 'anna', role: 'admin' }])
    expect(log).not.toContain('log in as admin')
    child.kill('SIGTERM')
    await child.exited
    await reading
  })
})
