import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { SessionEntry } from '../../../src/accounts/sessions/model'
import { remember } from '../../support/aftermath'
import { connectOwn } from '../../support/own-socket'
import { fixedClock } from '../../support/test-musakone'
import { withRows } from '../../support/user-rows'
import { type Office, openOffice, PASSWORD } from '../office'

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
const DAY_S = 86_400

describe('sessions', () => {
  const clock = fixedClock()
  let office: Office
  let checkAftermath: () => Promise<void>
  beforeAll(async () => {
    office = await openOffice({ clock })
    checkAftermath = await remember(office.musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await office.musakone.stop()
  })
  beforeEach(() => void office.notes())

  const now = () => Math.floor(clock.now() / 1000)
  async function logInFrom(username: string, userAgent: string): Promise<string> {
    const response = await office.musakone.request('/api/auth/login', {
      json: { username, password: PASSWORD },
      headers: { 'user-agent': userAgent },
    })
    return ((await response.json()) as { token: string }).token
  }
  async function sessionsOf(token: string): Promise<SessionEntry[]> {
    const { status, body } = await office.ask('/api/auth/sessions', 'GET', undefined, token)
    expect(status).toBe(200)
    return body.sessions as SessionEntry[]
  }
  const end = (id: number | string, token: string) =>
    office.ask(`/api/auth/sessions/${id}`, 'DELETE', undefined, token)
  const currentOf = async (token: string) =>
    (await sessionsOf(token)).find(({ current }) => current)?.id ?? 0

  test('are listed with their device, the one used last first, one of them current', async () => {
    const { username, token } = await office.someone()
    const loggedInAt = now()
    clock.advance(90_000)
    const phone = await logInFrom(username, PHONE)
    const [first, second, ...more] = await sessionsOf(phone)
    expect(first).toEqual({
      id: expect.any(Number),
      kind: 'login',
      name: null,
      device: 'Safari on iPhone',
      user_agent: PHONE,
      ip: '127.0.0.1',
      created_at: now(),
      last_seen: now(),
      expires_at: now() + 30 * DAY_S,
      current: true,
    })
    expect(second).toMatchObject({
      device: null,
      user_agent: null,
      ip: null,
      created_at: loggedInAt,
      last_seen: loggedInAt,
      current: false,
    })
    expect(more).toEqual([])
    clock.advance(90_000)
    expect(await sessionsOf(token)).toMatchObject([
      { user_agent: null, current: true, last_seen: now() },
      { user_agent: PHONE, current: false, last_seen: now() - 90 },
    ])
    expect(JSON.stringify(await sessionsOf(token))).not.toMatch(/token|hash/)
  })

  test('that have expired are not listed', async () => {
    const { username, token } = await office.someone()
    const old = await currentOf(token)
    clock.advance(29 * DAY_S * 1000)
    const fresh = await office.musakone.logIn(username, PASSWORD)
    expect(await sessionsOf(fresh)).toHaveLength(2)
    clock.advance(DAY_S * 1000)
    expect((await sessionsOf(fresh)).map(({ id }) => id)).not.toContain(old)
    await office.restoreAdmin()
  })

  test('that last no longer than their account say so', async () => {
    const { id, token } = await office.someone()
    withRows(office.databasePath, (rows) =>
      rows.run(`UPDATE users SET expires_at = ${now() + 60} WHERE id = ${id}`),
    )
    expect(await sessionsOf(token)).toMatchObject([{ expires_at: now() + 60 }])
  })

  test('and API keys stand in one list, keys by their name and without an end', async () => {
    const { id, token } = await office.someone()
    const keyId = withRows(
      office.databasePath,
      (rows) =>
        rows
          .query<{ id: number }, [number, number]>(
            `INSERT INTO sessions (user_id, token_hash, expires_at, created_at, last_seen, kind, name)
             VALUES (?, 'of a key', 253402300799, 0, ?, 'key', 'kitchen radio') RETURNING id`,
          )
          .get(id, now() - 5)?.id ?? 0,
    )
    expect((await sessionsOf(token))[1]).toMatchObject({
      id: keyId,
      kind: 'key',
      name: 'kitchen radio',
      device: null,
      expires_at: null,
    })
    expect((await office.find(id)).body).toMatchObject({ sessions: 1 })
    expect((await end(keyId, token)).status).toBe(200)
    expect(office.notes()).toMatchObject([
      { event_type: 'key_revoked', subject: null, details: { name: 'kitchen radio' } },
    ])
  })

  test('C3 can be ended one by one, which closes their sockets and no others', async () => {
    const { username, token } = await office.someone()
    const phone = await logInFrom(username, PHONE)
    const id = await currentOf(phone)
    const [gone, kept] = await Promise.all(
      [phone, token].map((one) => connectOwn(`${office.musakone.socketUrl}?token=${one}`)),
    )
    office.notes()
    expect(await end(id, token)).toEqual({ status: 200, body: { ok: true } })
    const endedAt = performance.now()
    expect((await gone?.closed)?.code).toBe(4401)
    expect(performance.now() - endedAt).toBeLessThan(2_000)
    expect(await office.statusOfMe(phone)).toBe(401)
    expect(await kept?.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
    expect(await sessionsOf(token)).toHaveLength(1)
    expect(office.notes()).toEqual([
      {
        event_type: 'session_ended',
        actor: username,
        subject: null,
        ip: '127.0.0.1',
        details: { device: 'Safari on iPhone' },
      },
    ])
    expect((await end(id, token)).status).toBe(404)
    kept?.close()
    await kept?.closed
  })

  test('ending the current one is a logout: the cookie goes too', async () => {
    const { token } = await office.someone()
    const response = await office.musakone.request(`/api/auth/sessions/${await currentOf(token)}`, {
      method: 'DELETE',
      token,
    })
    expect(response.headers.get('set-cookie')).toStartWith('musakone=; Path=/; Expires=Thu, 01 Jan')
    expect(await office.statusOfMe(token)).toBe(401)
    const other = await office.someone()
    const another = await office.musakone.logIn(other.username, PASSWORD)
    const ofOther = await office.musakone.request(
      `/api/auth/sessions/${await currentOf(another)}`,
      { method: 'DELETE', token: other.token },
    )
    expect(ofOther.headers.has('set-cookie')).toBe(false)
  })

  test("of others are as if they were not, but for an admin, who sees and ends anyone's", async () => {
    const { id, username, token } = await office.someone()
    const { token: stranger } = await office.someone()
    const session = await currentOf(token)
    const absent = await end(999_999_999, stranger)
    expect(await end(session, stranger)).toEqual(absent)
    expect(absent).toMatchObject({ status: 404, body: { error: 'not_found' } })
    for (const odd of ['0', '-1', 'x', '1.5', '9'.repeat(30)])
      expect((await end(odd, stranger)).status).toBe(404)
    expect(await office.statusOfMe(token)).toBe(200)

    const { body } = await office.ask(`/api/users/${id}/sessions`)
    expect(body.sessions).toMatchObject([{ id: session, kind: 'login', current: false }])
    office.notes()
    expect((await end(session, office.admin())).status).toBe(200)
    expect(await office.statusOfMe(token)).toBe(401)
    expect(office.notes()).toMatchObject([
      { event_type: 'session_ended', actor: 'admin', subject: username },
    ])
    expect((await office.ask(`/api/users/${id}/sessions`)).body).toEqual({ sessions: [] })
  })

  test('logging in and out, and a change of password, are noted', async () => {
    const { username, token } = await office.someone()
    const phone = await logInFrom(username, PHONE)
    await office.ask('/api/auth/logout', 'POST', undefined, phone)
    const json = { current_password: PASSWORD, new_password: 'a lemon cake and a half' }
    expect((await office.ask('/api/auth/password', 'POST', json, token)).status).toBe(200)
    const common = { actor: username, subject: null, ip: '127.0.0.1' }
    expect(office.notes()).toMatchObject([
      { event_type: 'login', ...common },
      { event_type: 'logout', ...common },
      { event_type: 'password_changed', ...common },
    ])
  })

  test('a password that is changed follows the rules, too', async () => {
    const { username, token } = await office.someone({ username: 'Annabella' })
    for (const new_password of ['short', 'password1', 'annabella1', '🍋🍰🎶🎧'])
      expect(
        await office.ask(
          '/api/auth/password',
          'POST',
          { current_password: PASSWORD, new_password },
          token,
        ),
      ).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const longest = '🍋🍰🎶🎧'.repeat(64)
    const json = { current_password: PASSWORD, new_password: longest }
    expect((await office.ask('/api/auth/password', 'POST', json, token)).status).toBe(200)
    expect(await office.logIn(username, longest)).toBe(200)
  })

  test('last_seen is right for who has an open socket only', async () => {
    const { id, token } = await office.someone()
    const identity = await office.musakone.services.accounts.door.identify(token)
    for (let minute = 0; minute < 5; minute += 1) {
      clock.advance(60_000)
      office.musakone.services.accounts.door.noteUse(identity)
    }
    const { body } = await office.ask(`/api/users/${id}/sessions`)
    expect(body.sessions).toMatchObject([{ last_seen: now() }])
    // What has ended meanwhile does not come back by it.
    await end(identity.sessionId, office.admin())
    office.musakone.services.accounts.door.noteUse(identity)
    expect((await office.ask(`/api/users/${id}/sessions`)).body).toEqual({ sessions: [] })
  })

  test('noting a use costs next to nothing', async () => {
    const identity = await office.musakone.services.accounts.door.identify(office.admin())
    const { noteUse } = office.musakone.services.accounts.door
    const startedAt = performance.now()
    for (let turn = 0; turn < 100_000; turn += 1) noteUse(identity)
    expect((performance.now() - startedAt) / 100_000).toBeLessThan(0.002)
  })
})

test('last_seen survives a stop, and what is noted is no reason to fail', async () => {
  const clock = fixedClock()
  const office = await openOffice({ clock })
  const { id, token } = await office.someone()
  const { accounts } = office.musakone.services
  const identity = await accounts.door.identify(token)
  clock.advance(3_600_000)
  accounts.door.noteUse(identity)
  const lastSeen = () =>
    withRows(office.databasePath, (rows) =>
      rows
        .query<{ last_seen: number }, [number]>('SELECT last_seen FROM sessions WHERE user_id = ?')
        .get(id),
    )?.last_seen
  expect(lastSeen()).toBe(Math.floor(clock.now() / 1000) - 3600)
  await office.musakone.stop()
  expect(lastSeen()).toBe(Math.floor(clock.now() / 1000))
})
