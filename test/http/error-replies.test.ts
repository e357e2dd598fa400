import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { httpStatus } from '../../src/errors'
import { remember } from '../support/aftermath'
import { temporaryFolder } from '../support/executable'
import { connectOwn, type OwnMessage } from '../support/own-socket'
import {
  startTestMusakone,
  TEST_PASSWORD,
  TEST_SECRET,
  type TestMusakone,
} from '../support/test-musakone'
import { withRows } from '../support/user-rows'

/** Sent as every value that is refused; may not come back. */
const CANARY = 'cAnArY7331'

/** What tells of the inside: paths, stacks, SQL, names of libraries. */
const INSIDE =
  /\.[jt]s\b|node_modules|\/(src|home|work|usr|tmp|root|var)\/|\bat .*:\d+|\n {2,}|Traceback|File "|SELECT|INSERT|UPDATE |DELETE FROM|sqlite|constraint|no such|TypeError|ValidationError|elysia|typebox|Unexpected|Expected/i

function expectClean(text: string): void {
  expect(text).not.toContain(CANARY)
  expect(text).not.toContain(TEST_PASSWORD)
  expect(text).not.toContain(TEST_SECRET)
  expect(text).not.toMatch(INSIDE)
}

async function expectCleanError(response: Response): Promise<string> {
  const text = await response.text()
  expectClean(text)
  for (const [name, value] of response.headers)
    if (name !== 'date') expect(`${name}: ${value}`).not.toContain(CANARY)
  const { error, message, ...more } = JSON.parse(text)
  expect(httpStatus).toHaveProperty(error)
  expect(response.status).toBe(httpStatus[error as keyof typeof httpStatus])
  expect(message).toMatch(/^[A-Za-z_][^\n]{5,200}[a-z.]$/)
  expect(more).toEqual({})
  return error
}

describe('an error', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let token: string
  beforeAll(async () => {
    musakone = await startTestMusakone({ databasePath })
    await musakone.online()
    token = await musakone.logIn()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  const json = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) })
  const typed = { 'content-type': 'application/json' }

  test.each<[string, string, RequestInit]>([
    ['an unknown address', `/${CANARY}`, {}],
    ['an unknown address below api', `/api/auth/${CANARY}?x=${CANARY}`, {}],
    ['an address that leaves', `/..%2f..%2f${CANARY}`, {}],
    ['a broken escape', `/api/%E0%A4%A/${CANARY}`, {}],
    ['a NUL in the address', `/api/%00${CANARY}`, {}],
    ['another method', `/api/auth/login?${CANARY}`, { method: 'DELETE' }],
    ['a method of no meaning', `/api/auth/me`, { method: 'PROPFIND' }],
    ['no token', `/api/auth/me?token=${CANARY}`, {}],
    ['a bad token', '/api/auth/me', { headers: { authorization: `Bearer ${CANARY}` } }],
    ['a bad cookie', '/api/auth/me', { headers: { cookie: `musakone=${CANARY}` } }],
    ['a bad scheme', '/api/auth/me', { headers: { authorization: `Basic ${CANARY}` } }],
    ['a bad token for a socket', `/ws?token=${CANARY}`, {}],
    ['no upgrade', '/ws', { headers: { 'x-y': CANARY } }],
    ['a foreign page', '/api/auth/login', { ...json({}), headers: { origin: `http://${CANARY}` } }],
    ['a foreign host', '/health', { headers: { host: CANARY } }],
    ['a form', '/api/auth/login', { method: 'POST', body: new URLSearchParams({ a: CANARY }) }],
    ['a text', '/api/auth/login', { method: 'POST', body: CANARY }],
    ['no JSON', '/api/auth/login', { method: 'POST', headers: typed, body: `{"a":${CANARY}` }],
    ['a text of JSON', '/api/auth/login', { ...json(CANARY), headers: typed }],
    ['a list', '/api/auth/login', { ...json([CANARY, { password: CANARY }]), headers: typed }],
    [
      'wrong credentials',
      '/api/auth/login',
      { ...json({ username: CANARY, password: CANARY }), headers: typed },
    ],
    [
      'a name that is a list',
      '/api/auth/login',
      { ...json({ username: [CANARY], password: CANARY }), headers: typed },
    ],
    [
      'a password that is an object',
      '/api/auth/login',
      { ...json({ username: CANARY, password: { [CANARY]: CANARY } }), headers: typed },
    ],
  ])('A15 says nothing of the inside nor of what was sent: %s', async (_, path, init) => {
    const response = await fetch(`${musakone.origin}${path}`, init)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    await expectCleanError(response)
  })

  test('A15 a body that is too large is refused before it is read', async () => {
    const init = {
      ...json({ username: 'admin', password: CANARY.repeat(10_000) }),
      headers: typed,
    }
    const response = await fetch(`${musakone.origin}/api/auth/login`, init)
    expect(response.status).toBe(413)
    await expectCleanError(response)
  })

  test.each<[string, string, unknown]>([
    ['a limit', `/api/analytics/history?limit=${CANARY}`, null],
    ['a limit twice', `/api/analytics/history?limit=${CANARY}&limit=${CANARY}`, null],
    ['a time', `/api/analytics/history?from=${CANARY}`, null],
    ['an end', `/api/analytics/stats?to=1e${CANARY}`, null],
    ['a cursor', `/api/analytics/history?cursor=${CANARY}`, null],
    ['an action', `/api/analytics/history?action_type=play,${CANARY}`, null],
    [
      'a wrong password',
      '/api/auth/password',
      { current_password: CANARY, new_password: 'x y z x' },
    ],
    [
      'a short password',
      '/api/auth/password',
      { current_password: TEST_PASSWORD, new_password: 'cAnArY' },
    ],
    [
      'a long password',
      '/api/auth/password',
      { current_password: TEST_PASSWORD, new_password: CANARY.repeat(100) },
    ],
    ['a password that is a list', '/api/auth/password', { current_password: [CANARY] }],
  ])('A15 says nothing of what a member sent: %s', async (_, path, body) => {
    const response = await musakone.request(path, {
      token,
      ...(body !== null && { json: body }),
    })
    const error = await expectCleanError(response)
    expect(['invalid_request', 'invalid_credentials']).toContain(error)
  })

  test('A15 over a socket names no value, no path and no stack', async () => {
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    const stranger = await connectOwn(musakone.socketUrl)
    stranger.send({ type: 'auth', token: CANARY })
    expectClean(JSON.stringify(await stranger.next('auth_error')))
    stranger.send(`{"type":"${CANARY}"`)
    expectClean(JSON.stringify(await stranger.next()))
    for (const [method, params] of BAD_CALLS) {
      const { type, error } = await client.call(method, params)
      expect(type).toBe('mopidy_error')
      expectClean(JSON.stringify(error))
    }
    client.send(`${CANARY} is not JSON`)
    expectClean(JSON.stringify(await client.next()))
    client.send({ type: CANARY })
    expectClean(JSON.stringify(await client.next()))
    client.send({ type: 'mopidy', method: { [CANARY]: CANARY } })
    expectClean(JSON.stringify(await client.next()))
    client.close()
    stranger.close()
  })

  test('A15 in JSON-RPC names no value, no path and no stack', async () => {
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    for (const [method, params] of BAD_CALLS) {
      client.send({ jsonrpc: '2.0', id: 1, method, params })
      const answer = await client.next()
      expect(answer).toHaveProperty('error')
      expectClean(JSON.stringify(answer))
    }
    for (const frame of [
      `${CANARY}`,
      `{"jsonrpc":"${CANARY}"}`,
      `[{"jsonrpc":"2.0","x":"${CANARY}"}]`,
    ]) {
      client.send(frame)
      const answer: OwnMessage | OwnMessage[] = await client.next()
      expectClean(JSON.stringify(answer))
    }
    client.close()
  })

  test("A15 an error of Mopidy's own loses its traceback and the paths in it", async () => {
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    // Nothing is in the queue: Mopidy 3 fails with an AssertionError.
    const params = { start: 7, end: 9, to_position: 8 }
    const { error } = await client.call('core.tracklist.move', params)
    expect(error).toMatchObject({ code: 0, message: 'Application error' })
    expect(error).not.toHaveProperty('data.traceback')
    expectClean(JSON.stringify(error))
    client.close()
  })

  test('A15 an error that nobody foresaw is only `internal`', async () => {
    // Tokens that nobody has presented yet: what was seen before is known by heart.
    const [one = '', two = '', three = ''] = await Promise.all(
      [1, 2, 3].map(() => musakone.logIn()),
    )
    withRows(databasePath, (rows) => rows.run('ALTER TABLE users RENAME TO users_away'))
    const credentials = { username: CANARY, password: CANARY }
    const [login, me, history] = await Promise.all([
      musakone.request('/api/auth/login', { json: credentials }),
      musakone.request('/api/auth/me', { token: one }),
      musakone.request('/api/analytics/history', { token: two }),
    ])
    for (const response of [login, me, history])
      expect(await expectCleanError(response)).toBe('internal')
    expect(await expectCleanError(await musakone.request('/health'))).toBe('unavailable')
    const client = await connectOwn(musakone.socketUrl)
    client.send({ type: 'auth', token: three })
    const answer = await client.next()
    expect(answer).toEqual({ type: 'auth_error', error: 'Internal error' })
    client.close()
    withRows(databasePath, (rows) => rows.run('ALTER TABLE users_away RENAME TO users'))
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(200)
  })
})

const BAD_CALLS: readonly [string, unknown][] = [
  [`core.nope`, { x: CANARY }],
  ['core.mixer.set_volume', { volume: CANARY }],
  ['core.mixer.set_volume', [CANARY]],
  ['core.mixer.set_volume', CANARY],
  ['core.playback.set_state', { new_state: CANARY }],
  ['core.playback.play', { tlid: CANARY }],
  ['core.playback.seek', { time_position: { x: CANARY } }],
  ['core.tracklist.add', { uris: [CANARY] }],
  ['core.tracklist.add', { tracks: [{ uri: CANARY }] }],
  ['core.tracklist.filter', { criteria: CANARY }],
  ['core.tracklist.filter', { criteria: { uri: CANARY } }],
  ['core.library.search', { query: { any: [CANARY, 5] } }],
  ['core.library.search', { query: { any: [''] }, uris: [CANARY] }],
  ['core.library.search', { query: CANARY }],
  ['core.library.lookup', { uris: CANARY }],
  ['core.library.get_distinct', { field: CANARY }],
  ['core.playlists.save', { playlist: CANARY }],
  ['core.playlists.save', { playlist: { __model__: CANARY } }],
  ['core.playlists.lookup', { uri: CANARY }],
]
