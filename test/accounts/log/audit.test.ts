import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Audit } from '../../../src/accounts/log/model'
import { createSecurityLog, SECURITY_LOG_LIMITS } from '../../../src/accounts/log/security-log'
import { openDatabase } from '../../../src/database/database'
import { temporaryFolder } from '../../support/executable'
import {
  fixedClock,
  startTestMusakone,
  TEST_PASSWORD,
  type TestMusakone,
} from '../../support/test-musakone'
import { addUser, withRows } from '../../support/user-rows'

const LOOPBACK = '127.0.0.1'
const DAY_MS = 86_400_000

describe('the security log', () => {
  let musakone: TestMusakone
  let databasePath: string
  let clock: ReturnType<typeof fixedClock>
  let admin: string
  let berta: number
  beforeEach(async () => {
    databasePath = join(temporaryFolder(), 'musakone.db')
    clock = fixedClock()
    musakone = await startTestMusakone({ databasePath, clock })
    berta = await addUser(databasePath, { username: 'berta' })
    // A login that is not of the test itself.
    admin = await musakone.logIn()
    withRows(databasePath, (rows) => rows.run('DELETE FROM security_events'))
  })
  afterEach(() => musakone.stop())

  const logIn = (username: string, password = TEST_PASSWORD) =>
    musakone.request('/api/auth/login', { json: { username, password } })
  async function audit(query: Record<string, string | number> = {}): Promise<Audit> {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) search.set(name, String(value))
    const reply = await musakone.request(`/api/audit?${search}`, { token: admin })
    expect(reply.status).toBe(200)
    return (await reply.json()) as Audit
  }
  /** Many events of one second. */
  function note(times: number): void {
    for (let time = 0; time < times; time += 1)
      musakone.services.accounts.securityLog.note({ type: 'login', userId: 1 })
  }
  const idsOf = ({ events }: Audit) => events.map(({ id }) => id)

  test('says who came in, who was kept out, and who left', async () => {
    const { token } = (await (await logIn('BERTA')).json()) as { token: string }
    await logIn('berta', 'wrong')
    await logIn('a password typed as a name', 'wrong')
    const json = { current_password: 'wrong', new_password: 'Xyq 77 violets' }
    await musakone.request('/api/auth/password', { token, json })
    const right = { ...json, current_password: TEST_PASSWORD }
    const changed = await musakone.request('/api/auth/password', { token, json: right })
    const fresh = ((await changed.json()) as { token: string }).token
    await musakone.request('/api/auth/logout', { method: 'POST', token: fresh })

    const { events, next_cursor } = await audit()
    const user = { id: berta, username: 'berta' }
    const timestamp = clock.now() / 1000
    const entry = { ip: LOOPBACK, timestamp, details: null, user: null, subject: null }
    const at = { at: 'password_change' }
    expect(next_cursor).toBeNull()
    expect(events.map(({ id, ...event }) => event)).toEqual([
      { ...entry, event_type: 'logout', user },
      { ...entry, event_type: 'password_changed', user },
      { ...entry, event_type: 'login_failed', user, subject: user, details: at },
      { ...entry, event_type: 'login_failed' },
      { ...entry, event_type: 'login_failed', subject: user },
      { ...entry, event_type: 'login', user },
    ])
    expect(JSON.stringify(events)).not.toContain('typed')
  })

  test('pages follow each other without gap or repeat while rows arrive', async () => {
    note(25)
    const all = idsOf(await audit({ limit: 200 }))
    expect(all).toHaveLength(25)
    expect(all).toEqual(all.toSorted((a, b) => b - a))
    const seen: number[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Audit = await audit({ limit: 10, ...(cursor !== '' && { cursor }) })
      seen.push(...idsOf(page))
      cursor = page.next_cursor
      note(3)
    }
    expect(seen).toEqual(all)
  })

  test('P11 the order is that in which things happened, though the clock was set back', async () => {
    note(2)
    clock.advance(-DAY_MS)
    note(2)
    const { events } = await audit()
    const noon = clock.now() / 1000
    expect(events.map(({ timestamp }) => timestamp - noon)).toEqual([0, 0, 86_400, 86_400])
  })

  test('can be asked for a time, some kinds, and a user, whichever part they played', async () => {
    await logIn('berta')
    clock.advance(1_000)
    await logIn('berta', 'wrong')
    clock.advance(1_000)
    await logIn('admin')
    const now = clock.now() / 1000
    const kinds = async (query: Record<string, string | number>) =>
      (await audit(query)).events.map(({ event_type }) => event_type)
    expect(await kinds({ user: berta })).toEqual(['login_failed', 'login'])
    expect(await kinds({ user: 1 })).toEqual(['login'])
    expect(await kinds({ user: 99 })).toEqual([])
    expect(await kinds({ event_type: 'login' })).toEqual(['login', 'login'])
    expect(await kinds({ event_type: 'login_failed,logout' })).toEqual(['login_failed'])
    expect(await kinds({ from: now - 1 })).toEqual(['login', 'login_failed'])
    expect(await kinds({ from: now - 1, to: now })).toEqual(['login_failed'])
  })

  test('of a deleted user the event stays, without the name', async () => {
    await logIn('berta')
    withRows(databasePath, (rows) => rows.run("DELETE FROM users WHERE username = 'berta'"))
    expect((await audit()).events).toMatchObject([{ event_type: 'login', user: null }])
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['from=-1', 'from'],
    ['to=1e99', 'to'],
    ['cursor=1-1', 'cursor'],
    ['user=berta', 'user'],
    ['event_type=dance', 'event_type'],
  ])('a wrong question is refused and named: %s', async (query, name) => {
    const reply = await musakone.request(`/api/audit?${query}`, { token: admin })
    expect(reply.status).toBe(400)
    expect(((await reply.json()) as { message: string }).message).toStartWith(name)
  })

  test('A12 only admins may read it', async () => {
    const member = await musakone.logIn('berta')
    expect((await musakone.request('/api/audit', { token: member })).status).toBe(403)
    expect((await musakone.request('/api/audit')).status).toBe(401)
  })

  test('P4 what cannot be noted keeps nobody out, and is counted', async () => {
    const rename = (from: string, to: string) =>
      withRows(databasePath, (rows) => rows.run(`ALTER TABLE ${from} RENAME TO ${to}`))
    rename('security_events', 'away')
    expect((await logIn('berta', 'wrong')).status).toBe(401)
    expect((await logIn('nobody', 'wrong')).status).toBe(401)
    rename('away', 'security_events')
    expect((await logIn('nobody', 'wrong')).status).toBe(401)
    expect((await audit()).events.map(({ details }) => details)).toEqual([{ lost_before: 2 }])
  })
})

describe('what the security log forgets', () => {
  function openLog(limits: Partial<typeof SECURITY_LOG_LIMITS>) {
    const clock = fixedClock()
    const database = openDatabase(':memory:')
    const log = createSecurityLog({
      database,
      clock,
      limits: { ...SECURITY_LOG_LIMITS, forgetEveryMs: 1e9, ...limits },
    })
    const rows = () =>
      database.sqlite
        .query<{ type: string; count: number }, []>(
          `SELECT event_type AS type, COUNT(*) AS count FROM security_events
            GROUP BY event_type ORDER BY event_type`,
        )
        .all()
        .map(({ type, count }) => `${type} ${count}`)
    const note = (type: 'login' | 'login_failed', times: number) => {
      for (let time = 0; time < times; time += 1) log.note({ type })
    }
    return { clock, log, rows, note }
  }

  test('is what is beyond the most, the oldest first and in small steps', () => {
    const { log, rows, note } = openLog({ mostEvents: 100, step: 30 })
    note('login_failed', 40)
    note('login', 100)
    log.forget()
    expect(rows()).toEqual(['login 100', 'login_failed 10'])
    log.forget()
    expect(rows()).toEqual(['login 100'])
    log.forget()
    expect(rows()).toEqual(['login 100'])
  })

  test('is not what an admin did, however many fail at the door', () => {
    const { log, rows, note } = openLog({ mostEvents: 100, mostFailures: 50 })
    note('login', 50)
    note('login_failed', 1_000)
    for (let step = 0; step < 5; step += 1) log.forget()
    expect(rows()).toEqual(['login 50', 'login_failed 50'])
  })

  test('is what is older than 400 days', () => {
    const { clock, log, rows, note } = openLog({})
    note('login', 3)
    clock.advance(400 * DAY_MS)
    note('login_failed', 1)
    log.forget()
    expect(rows()).toEqual(['login 3', 'login_failed 1'])
    clock.advance(1_000)
    note('login_failed', 1)
    log.forget()
    expect(rows()).toEqual(['login_failed 2'])
  })
})
