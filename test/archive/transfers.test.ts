import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Identity } from '../../src/accounts/sessions/sessions'
import { temporaryFolder } from '../support/executable'
import { startTestMusakone, type TestMusakone, until } from '../support/test-musakone'
import { addUser, withRows } from '../support/user-rows'
import { actionRecord, linesOf } from './archive-room'
import { openRequest } from './raw-request'

const IDLE_MS = 400
const ROWS = 40_000
const EXPORT = '/api/analytics/export'

describe('exports and imports', () => {
  let musakone: TestMusakone
  let token: string
  let userId: number
  let begin = 0
  const opened: { end(): void }[] = []
  const path = `${temporaryFolder()}/musakone.db`

  beforeAll(async () => {
    musakone = await startTestMusakone({
      databasePath: path,
      limits: { transfers: { idleMs: IDLE_MS, lookEveryMs: 20, inAll: 3 } },
    })
    userId = await addUser(path, { username: 'berta' })
    await addUser(path, { username: 'carla' })
    token = await musakone.logIn('berta')
    withRows(path, (rows) =>
      rows.run(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
         INSERT INTO user_actions (user_id, action_type, metadata, timestamp)
         SELECT ${userId}, 'pause', json_object('x', printf('%.2000c', 'x')), i FROM n`,
      ),
    )
  })
  afterEach(async () => {
    for (const { end } of opened.splice(0)) end()
    await until(() => underWay() === 0, 'the end of all transfers')
  })
  afterAll(() => musakone.stop())

  const underWay = () => musakone.services.archive.transfers()
  function open(method: string, path: string, type?: string, by = token) {
    const { origin } = musakone
    const request = openRequest({ origin, method, path, token: by, ...(type && { type }) })
    opened.push(request)
    return request
  }
  const openImport = (by = token) => open('POST', '/api/analytics/import', 'application/jsonl', by)
  function openUnread(by = token) {
    const request = open('GET', EXPORT, undefined, by)
    request.stopReading()
    return request
  }
  const line = (timestamp: number) => linesOf([actionRecord({ timestamp, action_type: 'stop' })])
  const kept = (): number =>
    withRows(path, (rows) =>
      Number(
        rows
          .query(
            "SELECT COUNT(*) FROM user_actions WHERE action_type = 'stop' AND user_id IS NOT NULL",
          )
          .values()[0]?.[0],
      ),
    )
  const identityOf = async (by: string): Promise<Identity> =>
    musakone.services.accounts.door.identify(by)

  test('B3 a third at once of one person is refused with a sentence', async () => {
    openUnread()
    openImport().send(line(1))
    await until(() => underWay() === 2, 'two transfers')
    const reply = await musakone.request(EXPORT, { token })
    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('10')
    expect(await reply.json()).toMatchObject({
      error: 'too_many_requests',
      message: '2 exports and imports of yours are under way: wait until one has ended.',
    })
  })

  test('B3 beyond what all together may have, others are refused too', async () => {
    const admin = await musakone.logIn()
    openUnread()
    openUnread()
    openImport(admin).send(line(1))
    await until(() => underWay() === 3, 'three transfers')
    const reply = await musakone.request(EXPORT, { token: await musakone.logIn('carla') })
    expect(reply.status).toBe(429)
    expect(await reply.text()).toContain('Many exports and imports are under way here')
  })

  test('B3 an export that nobody reads ends, and its connection with it', async () => {
    const unread = openUnread()
    await until(() => underWay() === 1, 'the export')
    await until(() => underWay() === 0, 'the end of the export')
    unread.readOn()
    await unread.closed
    // Of 80 MB only what stood in the buffers of the connection came.
    expect(unread.received()).toBeLessThan(40 * 1024 * 1024)
    // The end of the reply never came: nobody takes it for a whole one.
    expect(unread.text()).toContain('HTTP/1.1 200')
  })

  test('B3 an import that stalls ends with a sentence, and what came before is kept', async () => {
    const request = openImport()
    const before = kept()
    for (let row = 0; row < 64; row += 1) request.send(line(1_000 + row))
    await until(() => kept() === before + 64, 'the first rows')
    await until(() => request.text().includes('has stalled'), 'the refusal')
    expect(request.text()).toContain('HTTP/1.1 408')
    expect(kept()).toBe(before + 64)
  })

  test('B3 an import that trickles ends too', async () => {
    const request = openImport()
    const trickling = setInterval(() => request.send(' '), 20)
    await until(() => request.text().includes('has stalled'), 'the refusal')
    clearInterval(trickling)
  })

  type End = readonly [string, (by: string) => Promise<void>]
  const ENDS: readonly End[] = [
    [
      'a logout',
      async (by) =>
        void (await musakone.request('/api/auth/logout', { token: by, method: 'POST' })),
    ],
    [
      'disabling',
      async () => {
        const { administration } = musakone.services.accounts
        await administration.change({ by: 'the test' }, userId, { disabled: true })
        await administration.change({ by: 'the test' }, userId, { disabled: false })
      },
    ],
    [
      'another role',
      async () => {
        const { administration } = musakone.services.accounts
        await administration.change({ by: 'the test' }, userId, { role: 'guest' })
        await administration.change({ by: 'the test' }, userId, { role: 'member' })
      },
    ],
  ]

  test.each(ENDS)('B4 %s ends an import, and nothing of it comes after', async (_, finish) => {
    const by = await musakone.logIn('berta')
    const request = openImport(by)
    const before = kept()
    begin += 1_000_000
    let row = 0
    const sending = setInterval(() => {
      for (let more = 0; more < 64; more += 1) request.send(line(begin + row++))
    }, 5)
    await until(() => kept() > before, 'the first rows')
    await finish(by)
    const then = kept()
    await until(() => underWay() === 0, 'the end of the import', 2_000)
    clearInterval(sending)
    expect(kept()).toBe(then)
    await until(() => request.text().includes('HTTP/1.1 401'), 'the refusal')
  })

  test('B4 a lost permission ends an import', async () => {
    const { roles } = musakone.services.accounts
    const request = openImport(await musakone.logIn('berta'))
    request.send(line(5))
    await until(() => underWay() === 1, 'the import')
    const permissions = roles.permissionsOf('member').filter((name) => name !== 'history.import')
    roles.change('member', { permissions }, {})
    await until(() => underWay() === 0, 'the end of the import', 2_000)
    roles.reset('member', {})
    await until(() => request.text().includes('HTTP/1.1 401'), 'the refusal')
  })

  test('B4 an export ends with its session', async () => {
    const by = await musakone.logIn('berta')
    openUnread(by)
    await until(() => underWay() === 1, 'the export')
    const { sessionId } = await identityOf(by)
    await musakone.request(`/api/auth/sessions/${sessionId}`, { method: 'DELETE', token: by })
    expect(underWay()).toBe(0)
  })
})
