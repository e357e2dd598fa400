import { afterAll, beforeAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { remember } from '../../support/aftermath'
import { addUser, withRows } from '../../support/user-rows'
import { type Office, openOffice, PASSWORD } from '../office'

describe('the last admin', () => {
  let office: Office
  let checkAftermath: () => Promise<void>
  beforeAll(async () => {
    office = await openOffice()
    checkAftermath = await remember(office.musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await office.musakone.stop()
  })
  beforeEach(() => void office.notes())

  const lastAdmin = { status: 409, body: { error: 'last_admin' } }

  test('the last admin can neither go nor be made less, whoever else there is', async () => {
    await office.someone({ role: 'member' })
    const { id: disabled } = await office.someone({ role: 'admin' })
    await office.change(disabled, { disabled: true })
    const id = office.idOf('admin')
    const ending = await addUser(office.databasePath, { username: 'ending', role: 'admin' })
    withRows(office.databasePath, (rows) =>
      rows.run(`UPDATE users SET expires_at = ${2 ** 40} WHERE id = ${ending}`),
    )
    const before = await office.list()
    office.notes()
    expect(await office.remove(id)).toMatchObject(lastAdmin)
    for (const json of [
      { disabled: true },
      { role: 'member' },
      { role: 'guest', username: 'root' },
      { role: 'admin', disabled: true },
    ])
      expect(await office.change(id, json)).toMatchObject(lastAdmin)
    expect(await office.list()).toEqual(before)
    expect(await office.statusOfMe(office.admin())).toBe(200)
    expect(office.notes()).toEqual([])
    // Those who are no help can go, and all else can change.
    expect((await office.remove(ending)).status).toBe(200)
    expect((await office.change(disabled, { role: 'member' })).status).toBe(200)
    expect((await office.change(id, { role: 'admin', disabled: false })).status).toBe(200)
  })

  test.each<[string, (id: number, token: string, own: boolean) => Promise<{ status: number }>]>([
    ['delete', (id, token) => office.remove(id, token)],
    ['disable', (id, token) => office.change(id, { disabled: true }, token)],
    ['demote', (id, token) => office.change(id, { role: 'member' }, token)],
    // Hashing lies between the check of who asks and the change.
    [
      'demote with a password',
      (id, token, own) =>
        office.change(id, { role: 'guest', ...(!own && { password: PASSWORD }) }, token),
    ],
  ])('of two admins who %s each other, or themselves, at once one stays', async (_, act) => {
    for (const crossed of [true, false]) {
      const other = await office.someone({ role: 'admin' })
      const id = office.idOf('admin')
      const results = await Promise.all(
        crossed
          ? [act(id, other.token, false), act(other.id, office.admin(), false)]
          : [act(id, office.admin(), true), act(other.id, other.token, true)],
      )
      const [done, refused = 0] = results.map(({ status }) => status).sort()
      expect(done).toBe(200)
      // Who has been shown the door may do nothing more; else it is the last one.
      expect(crossed ? [401, 403, 409] : [409]).toContain(refused)
      expect(adminsLeft()).toBe(1)
      await office.restoreAdmin()
    }
  })

  test('of two processes that take away an admin each one is refused', async () => {
    const other = await office.someone({ role: 'admin' })
    const said = await Promise.all(['admin', other.username].map((name) => deleteInShell(name)))
    expect(said.sort()).toEqual(['', 'musakone: The last admin has to stay one.\n'])
    expect(adminsLeft()).toBe(1)
    await office.restoreAdmin()
  })

  function adminsLeft(): number {
    return withRows(office.databasePath, (rows) =>
      rows.query("SELECT 1 FROM users WHERE role = 'admin' AND disabled = 0").all(),
    ).length
  }

  /** What it complains of. */
  function deleteInShell(username: string): Promise<string> {
    const child = Bun.spawn([process.execPath, 'src/main.ts', 'user', 'delete', username], {
      env: { DATABASE_PATH: office.databasePath },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    return new Response(child.stderr).text()
  }
})

describe('an admin who is shown the door', () => {
  let office: Office
  beforeAll(async () => {
    office = await openOffice()
  })
  afterAll(() => office.musakone.stop())

  /** Runs `work` when the next password is about to be hashed, after who asks has been checked. */
  function beforeHashing(work: () => void) {
    const { hash } = Bun.password
    const spy = spyOn(Bun.password, 'hash').mockImplementation((...args) => {
      spy.mockRestore()
      work()
      return hash(...args)
    })
  }

  test.each([
    ['disabled', 'UPDATE users SET disabled = 1 WHERE id = ?'],
    ['deleted', 'DELETE FROM users WHERE id = ?'],
    ['made a member', "UPDATE users SET role = 'member' WHERE id = ?"],
    ['logged out', 'DELETE FROM sessions WHERE user_id = ?'],
  ])('C3 by being %s does nothing more, not even what was asked before', async (_, sql) => {
    const { id, username } = await office.someone()
    const admin = await office.someone({ role: 'admin' })
    const end = () => withRows(office.databasePath, (rows) => rows.query(sql).run(admin.id))
    beforeHashing(end)
    const change = { password: 'a lemon cake and a half', role: 'admin' }
    expect((await office.change(id, change, admin.token)).status).toBe(401)
    expect(await office.logIn(username)).toBe(200)

    const next = await office.someone({ role: 'admin' })
    beforeHashing(() => withRows(office.databasePath, (rows) => rows.query(sql).run(next.id)))
    const created = await office.create({ username: 'Nobody', role: 'admin' }, next.token)
    expect(created.status).toBe(401)
    expect(office.idOf('Nobody')).toBe(0)
    expect(office.notes().filter(({ event_type }) => event_type !== 'login')).toEqual([])
  })
})
