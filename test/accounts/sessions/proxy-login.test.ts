import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { remember } from '../../support/aftermath'
import { temporaryFolder } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import { connectRaw, upgradeRequest } from '../../support/raw-socket'
import {
  startTestMusakone,
  type TestMusakone,
  type TestMusakoneOptions,
} from '../../support/test-musakone'
import { addUser, withRows } from '../../support/user-rows'

const HEADER = 'remote-user'
const ALLOWED = 'https://radio.example'

/** A program with a member called `mira`, and what is asked of it. */
async function startDoor(options: TestMusakoneOptions) {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const musakone = await startTestMusakone({
    databasePath,
    authHeader: HEADER,
    allowedOrigins: [ALLOWED],
    ...options,
  })
  await musakone.online()
  const mira = await addUser(databasePath, { username: 'mira' })
  const me = (headers: Record<string, string>) => musakone.request('/api/auth/me', { headers })

  return {
    musakone,
    databasePath,
    mira,
    me,
    async statusOf(headers: Record<string, string>): Promise<number> {
      return (await me(headers)).status
    },
    /** The answer to an upgrade. */
    async upgrade(headers: Record<string, string>, path = '/ws'): Promise<number> {
      const { host, port } = new URL(musakone.origin)
      const client = connectRaw(Number(port))
      client.write(upgradeRequest(path, { host, ...headers }))
      const { status } = await client.head()
      client.close()
      return status
    },
    sessionsOf: (userId: number) =>
      withRows(databasePath, (rows) =>
        rows
          .query<Record<string, unknown>, { userId: number }>(
            'SELECT * FROM sessions WHERE user_id = $userId ORDER BY id',
          )
          .all({ userId }),
      ),
    usersNamed: (username: string) =>
      withRows(databasePath, (rows) =>
        rows
          .query<Record<string, unknown>, { username: string }>(
            'SELECT * FROM users WHERE username = $username',
          )
          .all({ username }),
      ),
  }
}

type Door = Awaited<ReturnType<typeof startDoor>>

describe('login by a trusted proxy', () => {
  let door: Door
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let admin: string
  beforeAll(async () => {
    door = await startDoor({ trustedProxies: ['127.0.0.1'] })
    musakone = door.musakone
    admin = await musakone.logIn()
    await addUser(door.databasePath, { username: 'kit' })
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  const patch = (id: number, json: unknown) =>
    musakone.request(`/api/users/${id}`, { token: admin, method: 'PATCH', json })

  test('signs in whom it names, whatever the case, over HTTP and on sockets', async () => {
    for (const name of ['mira', 'MIRA']) {
      const response = await door.me({ [HEADER]: name })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ id: door.mira, username: 'mira' })
      expect(response.headers.get('set-cookie')).toBeNull()
    }
    for (const path of ['/ws', '/mopidy/ws'])
      expect(await door.upgrade({ [HEADER]: 'mira' }, path)).toBe(101)
    const client = await connectOwn(musakone.socketUrl, { [HEADER]: 'mira' })
    expect(await client.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
    client.close()
    const page = await musakone.request('/demo/cover/none.svg', { headers: { [HEADER]: 'mira' } })
    expect(page.status).toBe(404)
  })

  test.each([
    ['full-width letters', '\uff41\uff44\uff4d\uff49\uff4e'],
    ['a circled letter', '\u24d0dmin'],
    ['a raised letter', '\u1d2cdmin'],
    ['a Cyrillic letter', '\u0430dmin'],
    ['a grapheme joiner', 'ad\u034fmin'],
    ['a blank that is none', 'admin\u2800'],
    ['the Kelvin sign', '\u212ait'],
  ])('T1 is nobody by a name that is only like that of an account: %s', async (_, name) => {
    const value = Buffer.from(name).toString('latin1')
    expect(await door.statusOf({ [HEADER]: value })).toBe(403)
    expect(await door.upgrade({ [HEADER]: value })).toBe(403)
  })

  test('T1 is the account by its own name, composed or not, in any script', async () => {
    await addUser(door.databasePath, { username: 'Zo\u00eb' })
    for (const name of ['Zo\u00eb', 'zo\u00eb', 'Zoe\u0308'])
      expect(await door.statusOf({ [HEADER]: Buffer.from(name).toString('latin1') })).toBe(200)
    expect(await door.statusOf({ [HEADER]: Buffer.from('ZO\u00cb').toString('latin1') })).toBe(403)
  })

  test('is one session of a user, listed like any other, with the address of the person', async () => {
    const headers = {
      [HEADER]: 'mira',
      'x-forwarded-for': '10.0.0.1, 203.0.113.9',
      'user-agent': 'Sofa/1.0',
    }
    await Promise.all([1, 2, 3].map(() => door.statusOf(headers)))
    const response = await musakone.request('/api/auth/sessions', { headers })
    const { sessions } = (await response.json()) as { sessions: Record<string, unknown>[] }
    expect(sessions).toHaveLength(1)
    expect(sessions[0]).toMatchObject({ kind: 'header', current: true })
    const stored = JSON.stringify(door.sessionsOf(door.mira))
    expect(stored).not.toContain('mh_')
  })

  test('A5 the session shows the address that the proxy saw', async () => {
    const id = await addUser(door.databasePath, { username: 'far-away' })
    const headers = { [HEADER]: 'far-away', 'x-forwarded-for': '10.0.0.1, 203.0.113.9' }
    expect(await door.statusOf(headers)).toBe(200)
    expect(door.sessionsOf(id)).toMatchObject([{ ip: '203.0.113.9', kind: 'header' }])
  })

  test('C3 ending the session closes its sockets; the proxy may open another', async () => {
    const headers = { [HEADER]: 'mira' }
    const client = await connectOwn(musakone.socketUrl, headers)
    const [session] = door.sessionsOf(door.mira)
    const end = await musakone.request(`/api/auth/sessions/${session?.id}`, {
      token: admin,
      method: 'DELETE',
    })
    expect(end.status).toBe(200)
    expect((await client.closed).code).toBe(4401)
    expect(await door.statusOf(headers)).toBe(200)
    expect(door.sessionsOf(door.mira)[0]?.id).not.toBe(session?.id)
  })

  test('C3 who is disabled gets 403, and what is open closes', async () => {
    const id = await addUser(door.databasePath, { username: 'gone' })
    const headers = { [HEADER]: 'gone' }
    const client = await connectOwn(musakone.socketUrl, headers)
    await patch(id, { disabled: true })
    expect((await client.closed).code).toBe(4401)
    const refused = await door.me(headers)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toEqual({
      error: 'forbidden',
      message: 'Your account is disabled.',
    })
    expect(await door.upgrade(headers)).toBe(403)
    await patch(id, { disabled: false })
    expect(await door.statusOf(headers)).toBe(200)
  })

  test('a name that another bears by now is the other’s', async () => {
    const first = await addUser(door.databasePath, { username: 'kim' })
    expect(await door.statusOf({ [HEADER]: 'kim' })).toBe(200)
    await patch(first, { username: 'kim-1' })
    expect(await door.statusOf({ [HEADER]: 'kim' })).toBe(403)
    const second = await addUser(door.databasePath, { username: 'kim' })
    expect(await (await door.me({ [HEADER]: 'kim' })).json()).toMatchObject({ id: second })
    expect(await (await door.me({ [HEADER]: 'kim-1' })).json()).toMatchObject({ id: first })
    await musakone.request(`/api/users/${second}`, { token: admin, method: 'DELETE' })
    expect(await door.statusOf({ [HEADER]: 'kim' })).toBe(403)
  })

  test('whom nobody knows is refused with a sentence, and gets no account', async () => {
    const response = await door.me({ [HEADER]: 'stranger' })
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      error: 'forbidden',
      message: 'There is no account here with the name you logged in by.',
    })
    expect(await door.upgrade({ [HEADER]: 'stranger' })).toBe(403)
    expect(door.usersNamed('stranger')).toEqual([])
  })

  test('a name in UTF-8 is read as that', async () => {
    const id = await addUser(door.databasePath, { username: 'jörg' })
    withRows(door.databasePath, (rows) =>
      rows.query("UPDATE users SET name_key = 'jörg' WHERE id = $id").run({ id }),
    )
    for (const encoding of ['utf8', 'latin1'] as const) {
      const client = connectRaw(Number(new URL(musakone.origin).port))
      const request = 'GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\nRemote-User: jörg\r\n\r\n'
      client.write(Buffer.from(request, encoding))
      expect([encoding, (await client.head()).status]).toEqual([encoding, 200])
      client.close()
    }
  })

  test.each([
    ['two names', 'mira, admin'],
    ['a name twice', 'mira,mira'],
    ['a comma', 'mira,'],
  ])('%s are refused: nobody can say which counts', async (_, value) => {
    expect(await door.statusOf({ [HEADER]: value })).toBe(401)
    expect(await door.upgrade({ [HEADER]: value })).toBe(401)
  })

  test('two headers are refused', async () => {
    const client = connectRaw(Number(new URL(musakone.origin).port))
    const names = 'Remote-User: mira\r\nRemote-User: admin\r\n'
    client.write(Buffer.from(`GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\n${names}\r\n`))
    expect((await client.head()).status).toBe(401)
    client.close()
  })

  test('no name is nobody', async () => {
    expect(await door.statusOf({ [HEADER]: '' })).toBe(401)
    expect(await door.statusOf({})).toBe(401)
  })

  test('a token that is stated wins; a cookie, and the password for the proxy, do not', async () => {
    const who = async (headers: Record<string, string>) => {
      const response = await door.me({ [HEADER]: 'mira', ...headers })
      return ((await response.json()) as { username?: string }).username ?? response.status
    }
    const json = { name: 'bot' }
    const made = await musakone.request('/api/keys', { token: admin, json })
    const { key } = (await made.json()) as { key: string }
    expect(await who({ authorization: `Bearer ${admin}` })).toBe('admin')
    expect(await who({ authorization: 'Bearer nonsense' })).toBe(401)
    expect(await who({ authorization: `Basic ${btoa(`mira:${key}`)}` })).toBe('admin')
    expect(await who({ authorization: `Basic ${btoa('mira:of the proxy')}` })).toBe('mira')
    expect(await who({ cookie: `musakone=${admin}` })).toBe('mira')
    const stated = await connectOwn(`${musakone.socketUrl}?token=${key}`, { [HEADER]: 'mira' })
    const answer = await stated.call('core.library.refresh')
    expect(answer.type).toBe('mopidy_response')
    stated.close()
  })

  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost:5173'])(
    'A9 a page of %s cannot use it',
    async (origin) => {
      const headers = { [HEADER]: 'mira', origin }
      expect(await door.upgrade(headers)).toBe(403)
      expect(await door.upgrade(headers, '/mopidy/ws')).toBe(403)
      const changed = await musakone.request('/api/auth/logout', { method: 'POST', headers })
      expect(changed.status).toBe(403)
      const read = await door.me(headers)
      expect(read.headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  test('A9 our own pages, and those that are allowed, can', async () => {
    for (const origin of [musakone.origin, ALLOWED])
      expect(await door.upgrade({ [HEADER]: 'mira', origin })).toBe(101)
  })

  test('needs no change of a first password that nobody has to know', async () => {
    const { databasePath } = door
    await addUser(databasePath, { username: 'new', mustChangePassword: true })
    const headers = { [HEADER]: 'new' }
    expect((await musakone.request('/api/clients', { headers })).status).toBe(200)
  })

  test('may make keys and end sessions: it is a person', async () => {
    const headers = { [HEADER]: 'mira' }
    const made = await musakone.request('/api/keys', { headers, json: { name: 'a' } })
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as { id: number }
    const init = { method: 'DELETE', headers }
    expect((await musakone.request(`/api/keys/${id}`, init)).status).toBe(200)
  })
})

describe('login by a proxy', () => {
  test.each<[string, TestMusakoneOptions]>([
    ['that is not trusted', { trustedProxies: ['10.0.0.0/8', '127.0.0.2'] }],
    ['when none is trusted', { trustedProxies: [] }],
  ])('A5 %s is none, whatever else it claims', async (_, options) => {
    const door = await startDoor(options)
    for (const more of [{}, { 'x-forwarded-for': '10.0.0.1' }, { forwarded: 'for=10.0.0.1' }]) {
      expect(await door.statusOf({ [HEADER]: 'admin', ...more })).toBe(401)
      expect(await door.upgrade({ [HEADER]: 'admin', ...more }, '/mopidy/ws')).toBe(401)
    }
    const token = await door.musakone.logIn('mira')
    const mine = await door.me({ [HEADER]: 'admin', authorization: `Bearer ${token}` })
    expect(await mine.json()).toMatchObject({ username: 'mira' })
    await door.musakone.stop()
  })

  test('A5 counts the one that speaks to us, not those before it', async () => {
    const door = await startDoor({ trustedProxies: ['127.0.0.0/8'] })
    const headers = { [HEADER]: 'mira', 'x-forwarded-for': '203.0.113.9' }
    expect(await door.statusOf(headers)).toBe(200)
    await door.musakone.stop()
  })

  test('where everyone may register, whom nobody knows becomes a guest without a password', async () => {
    const door = await startDoor({ trustedProxies: ['127.0.0.1'], registration: 'open' })
    const headers = { [HEADER]: 'newcomer', 'x-forwarded-for': '203.0.113.9' }
    const response = await door.me(headers)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ username: 'newcomer', role: 'guest' })
    expect(await door.statusOf(headers)).toBe(200)
    expect(door.usersNamed('newcomer')).toMatchObject([{ role: 'guest', password_hash: '' }])
    await expect(door.musakone.logIn('newcomer', '')).rejects.toThrow()
    for (const name of ['\u24d0dmin', '\u0430dmin', 'mira\ufe0f'])
      expect(await door.statusOf({ [HEADER]: Buffer.from(name).toString('latin1') })).toBe(403)
    for (const name of ['two words', 'a\u00a0b', 'x'.repeat(65)]) {
      expect(await door.statusOf({ [HEADER]: name })).toBe(403)
      expect(door.usersNamed(name)).toEqual([])
    }
    const events = withRows(door.databasePath, (rows) =>
      rows
        .query<Record<string, unknown>, []>(
          "SELECT event_type, ip, details FROM security_events WHERE event_type <> 'login_failed'",
        )
        .all(),
    )
    expect(events).toEqual([
      { event_type: 'registered', ip: '203.0.113.9', details: '{"by":"proxy","role":"guest"}' },
      { event_type: 'login', ip: '203.0.113.9', details: '{"by":"proxy"}' },
    ])
    await door.musakone.stop()
  })

  test('in development a page on another port of this machine cannot use it either', async () => {
    const door = await startDoor({ trustedProxies: ['127.0.0.1'], development: true })
    const headers = { [HEADER]: 'mira', origin: 'http://localhost:5173' }
    expect(await door.statusOf(headers)).toBe(403)
    expect(await door.upgrade(headers)).toBe(403)
    const token = await door.musakone.logIn('mira')
    expect(await door.statusOf({ ...headers, authorization: `Bearer ${token}` })).toBe(200)
    await door.musakone.stop()
  })
})
