import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { fixedClock, TEST_PASSWORD } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'
import { type Office, openOffice } from '../office'

const CONFIRM = { error: 'confirm_required', message: 'Confirm this with your password.' }
const QUARTER_MS = 15 * 60_000
const HEADER = 'remote-user'

describe('T2 acts of administration', () => {
  const clock = fixedClock()
  let office: Office
  let token: string
  beforeAll(async () => {
    office = await openOffice({
      clock,
      registration: 'invite',
      authHeader: HEADER,
      trustedProxies: ['127.0.0.1'],
    })
    await addUser(office.databasePath, { username: 'mira', role: 'admin' })
  })
  afterAll(() => office.musakone.stop())
  beforeEach(async () => {
    clock.advance(60 * 60_000)
    token = await office.musakone.logIn()
  })

  const user = () => ({
    username: `n${clock.now()}`,
    password: 'nine green bottles',
    role: 'guest',
  })
  const confirm = (password: string, by = token) =>
    office.ask('/api/auth/confirm', 'POST', { password }, by)

  test.each<[string, string, object | undefined]>([
    ['POST', '/api/users', user()],
    ['PATCH', '/api/users/1', { disabled: false }],
    ['DELETE', '/api/users/999', undefined],
    ['PATCH', '/api/roles/guest', { limits: {} }],
    ['DELETE', '/api/roles/guest', undefined],
    ['POST', '/api/invites', { role: 'member' }],
    ['POST', '/api/keys', { name: 'a program' }],
    ['DELETE', '/api/keys/999', undefined],
    ['POST', '/api/backups', undefined],
  ])('want the password anew after a quarter of an hour: %s %s', async (method, path, json) => {
    clock.advance(QUARTER_MS - 1_000)
    expect((await office.ask(path, method, json, token)).body.error).not.toBe('confirm_required')
    clock.advance(1_000)
    expect(await office.ask(path, method, json, token)).toEqual({ status: 403, body: CONFIRM })
    expect(await confirm(TEST_PASSWORD)).toEqual({
      status: 200,
      body: { confirmed_until: (clock.now() + QUARTER_MS) / 1_000 },
    })
    expect((await office.ask(path, method, json, token)).body.error).not.toBe('confirm_required')
    clock.advance(QUARTER_MS)
    expect(await office.ask(path, method, json, token)).toEqual({ status: 403, body: CONFIRM })
  })

  test.each<[string, string, object | undefined]>([
    ['GET', '/api/users', undefined],
    ['GET', '/api/roles', undefined],
    ['GET', '/api/audit', undefined],
    ['GET', '/api/backups', undefined],
    ['POST', '/api/invites', { role: 'guest' }],
    ['PUT', '/api/analytics/incognito', { on: false }],
  ])('are not to look, nor to invite guests: %s %s', async (method, path, json) => {
    clock.advance(2 * QUARTER_MS)
    expect((await office.ask(path, method, json, token)).status).toBeLessThan(300)
  })

  test('are confirmed for one session, by its own password', async () => {
    clock.advance(QUARTER_MS)
    const other = await office.musakone.logIn('mira')
    clock.advance(QUARTER_MS)
    expect((await confirm(TEST_PASSWORD)).status).toBe(200)
    expect((await office.create(user(), token)).status).toBe(201)
    expect((await office.create(user(), other)).body).toEqual(CONFIRM)
  })

  test('are not confirmed by a wrong password, which is throttled and noted', async () => {
    clock.advance(QUARTER_MS)
    for (let time = 0; time < 5; time += 1)
      expect(await confirm(`wrong ${time}`)).toEqual({
        status: 401,
        body: { error: 'invalid_credentials', message: 'The password is wrong.' },
      })
    const locked = await confirm(TEST_PASSWORD)
    expect(locked).toMatchObject({ status: 429, body: { error: 'too_many_requests' } })
    expect((await office.create(user(), token)).body).toEqual(CONFIRM)
    expect(await office.statusOfMe(token)).toBe(200)
    clock.advance(QUARTER_MS)
    expect((await confirm(TEST_PASSWORD)).status).toBe(200)
    const { events } = (await office.ask('/api/audit?event_type=login_failed')).body as {
      events: { details: unknown }[]
    }
    expect(events[0]?.details).toEqual({ at: 'confirm' })
  })

  test('are not confirmed for an API key, a stranger, or a session that has ended', async () => {
    const json = { name: 'a', administration: true, expires_in_days: 1 }
    const { key } = (await office.ask('/api/keys', 'POST', json, token)).body as { key: string }
    expect((await confirm(TEST_PASSWORD, key)).status).toBe(403)
    expect((await confirm(TEST_PASSWORD, 'nobody')).status).toBe(401)
    await office.ask('/api/auth/logout', 'POST', undefined, token)
    expect((await confirm(TEST_PASSWORD)).status).toBe(401)
  })

  test('a clock that is set back makes nobody confirmed for long', async () => {
    clock.advance(-60 * 60_000)
    expect((await office.create(user(), token)).body).toEqual(CONFIRM)
    expect((await confirm(TEST_PASSWORD)).status).toBe(200)
    expect((await office.create(user(), token)).status).toBe(201)
    clock.advance(60 * 60_000)
  })

  test('need no confirming by whom a trusted proxy names in each request', async () => {
    const init = { headers: { [HEADER]: 'mira' }, json: user() }
    expect((await office.musakone.request('/api/users', init)).status).toBe(201)
    clock.advance(2 * QUARTER_MS)
    const later = { headers: { [HEADER]: 'mira' }, json: user() }
    expect((await office.musakone.request('/api/users', later)).status).toBe(201)
  })

  test('revoking a key of one’s own waits for no password', async () => {
    const { id } = (await office.ask('/api/keys', 'POST', { name: 'lost' }, token)).body
    clock.advance(QUARTER_MS)
    expect((await office.ask(`/api/keys/${id}`, 'DELETE', undefined, token)).status).toBe(200)
  })
})
