import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Login } from '../../../src/accounts/model'
import type { RegistrationPolicy } from '../../../src/config'
import { fixedClock, TEST_PASSWORD } from '../../support/test-musakone'
import { withRows } from '../../support/user-rows'
import { guestsOf, type Party, startParty } from '../party'

const PASSWORD = 'nine green bottles'
const SECONDS_AN_HOUR = 3_600
const UNLIMITED = { registration: { atOnce: 1e6 } }

const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error

describe('making an account of one’s own', () => {
  const parties = {} as Record<RegistrationPolicy, Party>
  beforeAll(async () => {
    for (const registration of ['closed', 'invite', 'open'] as const)
      parties[registration] = await startParty({ registration, limits: UNLIMITED })
  })
  afterAll(async () => {
    for (const { musakone } of Object.values(parties)) await musakone.stop()
  })

  const users = ({ databasePath }: Party) =>
    withRows(
      databasePath,
      (rows) => rows.query('SELECT * FROM users ORDER BY id').all() as Record<string, unknown>[],
    )

  test('A8 is closed where nothing else is said', async () => {
    const { musakone, databasePath } = await startParty({ registration: undefined as never })
    try {
      const json = { username: 'anna', password: PASSWORD }
      const response = await musakone.request('/api/auth/register', { json })
      expect([response.status, await errorOf(response)]).toEqual([403, 'registration_closed'])
      expect(users({ databasePath } as Party).length).toBe(1)
    } finally {
      await musakone.stop()
    }
  })

  test('A8 closed lets nobody in, with an invite from before neither', async () => {
    const { databasePath, musakone, register } = parties.closed
    const id = withRows(databasePath, (rows) =>
      rows.run(
        `INSERT INTO invites (role, created_at, expires_at) VALUES ('guest', 5, 9999999999)`,
      ),
    ).lastInsertRowid
    const { invites } = musakone.services.accounts
    const { code = '' } = invites.show(invites.find(Number(id)), 'http://x')
    expect(code).toStartWith(`${id}-`)
    for (const json of [
      { username: 'anna', invite: code },
      { username: 'anna', password: PASSWORD },
      { username: 'admin', password: PASSWORD },
      { username: '', invite: 'x' },
    ]) {
      const response = await register(json)
      expect(response.status).toBe(403)
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(await errorOf(response)).toBe('registration_closed')
    }
    const asked = await musakone.request('/api/auth/invite', { json: { code } })
    expect([asked.status, await errorOf(asked)]).toEqual([403, 'registration_closed'])
    expect(users(parties.closed).length).toBe(1)
  })

  test('closed makes no invites, and says which variable to set', async () => {
    const { musakone, token } = parties.closed
    const response = await musakone.request('/api/invites', { token, json: { role: 'guest' } })
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      error: 'registration_closed',
      message: expect.stringContaining('REGISTRATION'),
    })
  })

  test('invite needs an invite', async () => {
    const response = await parties.invite.register({ username: 'anna', password: PASSWORD })
    expect([response.status, await errorOf(response)]).toEqual([403, 'invite_required'])
    expect(users(parties.invite).length).toBe(1)
  })

  test.each(['closed', 'invite', 'open'] as const)('tells that it is %s', async (policy) => {
    const response = await parties[policy].musakone.request('/api/auth/registration')
    expect([response.status, await response.json()]).toEqual([200, { policy }])
  })

  test('open makes anyone a guest with a password, for ever', async () => {
    const { register, musakone } = parties.open
    const response = await register({ username: 'Émile', password: PASSWORD })
    expect(response.status).toBe(201)
    const { token, expires_at, user } = (await response.json()) as Login
    expect(user).toEqual({
      id: expect.any(Number),
      username: 'Émile',
      role: 'guest',
      created_at: expect.any(Number),
      last_login: expect.any(Number),
    })
    expect(expires_at).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400)
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toStartWith(`musakone=${token}; Path=/; Expires=`)
    expect(cookie).toContain('; HttpOnly; SameSite=Lax')
    const me = await musakone.request('/api/auth/me', { token })
    expect(me.status).toBe(200)
    expect(await musakone.logIn('émile', PASSWORD)).toBeString()
    const row = users(parties.open).find(({ id }) => id === user.id)
    expect(row).toMatchObject({ expires_at: null, invite_id: null, must_change_password: 0 })
  })

  test('open gives who brings an invite its role', async () => {
    const { invite, join, musakone } = parties.open
    const member = await invite({ role: 'member' })
    const { user } = await join(member.code, 'mia', { password: PASSWORD })
    expect(user.role).toBe('member')
    const guest = await invite()
    const { user: other, expires_at } = await join(guest.code, 'gus')
    expect([other.role, expires_at]).toEqual(['guest', guest.expires_at])
    await expect(musakone.logIn('gus', '')).rejects.toThrow('wrong')
  })

  test('A13 a name that is taken is said to be so, however it is written', async () => {
    const { register } = parties.open
    await register({ username: 'Straße', password: PASSWORD })
    for (const username of ['ADMIN', 'ａｄｍｉｎ', 'STRAßE', 'straße']) {
      const response = await register({ username, password: PASSWORD })
      expect([username, response.status, await errorOf(response)]).toEqual([
        username,
        409,
        'name_taken',
      ])
    }
  })

  test.each([
    ['', PASSWORD],
    [' ', PASSWORD],
    ['an na', PASSWORD],
    ['an\u00a0na', PASSWORD],
    ['a\u200dnna', PASSWORD],
    ['anna\u200c', PASSWORD],
    ['\u3164', PASSWORD],
    ['\u2800', PASSWORD],
    ['\u034f\ufe0f', PASSWORD],
    ['an\u0000na', PASSWORD],
    ['an\u202ena', PASSWORD],
    ['\ud800', PASSWORD],
    ['a'.repeat(65), PASSWORD],
    ['anna', 'short'],
    ['anna', ''],
    ['anna', 'password1'],
    ['gooseberry', 'gooseberry'],
    ['anna', 'x'.repeat(257)],
    ['anna', undefined],
  ])('a name or a password that will not do is refused with a sentence: %p %p', async (...pair) => {
    const before = users(parties.open).length
    const [username, password] = pair
    const response = await parties.open.register({ username, password })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      message: expect.stringMatching(/^[A-Z].*(name|password).*\.$/),
    })
    expect(users(parties.open).length).toBe(before)
  })

  describe('by an invite', () => {
    test('a guest needs a nickname only, and can log in with no password', async () => {
      const { invite, join, musakone } = parties.invite
      const { code, id, expires_at } = await invite()
      const login = await join(code, 'lena')
      expect(login).toMatchObject({ expires_at, user: { username: 'lena', role: 'guest' } })
      const row = users(parties.invite).find(({ username }) => username === 'lena')
      expect(row).toMatchObject({ password_hash: '', invite_id: id, expires_at })
      for (const password of ['', '-', TEST_PASSWORD, 'null'])
        await expect(musakone.logIn('lena', password)).rejects.toThrow('wrong')
    })

    test('a guest who brings a password is told that there is none', async () => {
      const { invite, register } = parties.invite
      const { code } = await invite()
      const response = await register({ username: 'otto', password: PASSWORD, invite: code })
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request'])
    })

    test('a member needs a name and a password, and stays', async () => {
      const { invite, register, join, musakone, end } = parties.invite
      const { code, id } = await invite({ role: 'member' })
      expect((await register({ username: 'mara', invite: code })).status).toBe(400)
      const { user, token } = await join(code, 'mara', { password: PASSWORD })
      expect(user.role).toBe('member')
      await end(id)
      expect((await musakone.request('/api/auth/me', { token })).status).toBe(200)
      expect(await musakone.logIn('mara', PASSWORD)).toBeString()
    })

    test('a refused try uses nothing up', async () => {
      const { invite, register, join } = parties.invite
      const { code } = await invite({ max_uses: 1 })
      expect((await register({ username: 'admin', invite: code })).status).toBe(409)
      expect((await register({ username: 'a b', invite: code })).status).toBe(400)
      expect((await join(code, 'last-one')).user.username).toBe('last-one')
      const response = await register({ username: 'too-late', invite: code })
      expect([response.status, await errorOf(response)]).toEqual([404, 'invalid_invite'])
    })

    test('A13 of many who race for the last uses, as many come in as there are', async () => {
      const { invite, register, musakone, token } = parties.invite
      const member = await invite({ role: 'member', max_uses: 1 })
      const guest = await invite({ max_uses: 2 })
      const tries = [1, 2, 3, 4, 5, 6].map((n) => ({ username: `racer-${n}`, invite: guest.code }))
      const members = [1, 2, 3, 4].map((n) => ({
        username: `member-${n}`,
        password: PASSWORD,
        invite: member.code,
      }))
      const before = users(parties.invite).length
      const responses = await Promise.all([...tries, ...members].map(register))
      const statuses = responses.map(({ status }) => status)
      expect(statuses.slice(0, 6).filter((status) => status === 201).length).toBe(2)
      expect(statuses.slice(6).filter((status) => status === 201).length).toBe(1)
      expect(statuses.filter((status) => status === 404).length).toBe(7)
      expect(users(parties.invite).length).toBe(before + 3)
      const { uses } = (await (
        await musakone.request(`/api/invites/${guest.id}`, { token })
      ).json()) as { uses: number }
      expect(uses).toBe(2)
    })

    test('A13 of two who race for a name, one gets it', async () => {
      const { invite, register } = parties.invite
      const { code } = await invite({ role: 'member', max_uses: 5 })
      const json = { username: 'twin', password: PASSWORD, invite: code }
      const statuses = (await Promise.all([json, json, json].map(register))).map((r) => r.status)
      expect(statuses.sort()).toEqual([201, 409, 409])
    })

    test.each([
      '',
      '-',
      '1',
      '1-',
      '0-AAAAAAAAAAAAAAAAAAAAAA',
      '99999-AAAAAAAAAAAAAAAAAAAAAA',
      '-1-AAAAAAAAAAAAAAAAAAAAAA',
      '99999999999999999999-AAAAAAAAAAAAAAAAAAAAAA',
      '1-ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄ',
      "1' OR 1=1 --",
      '\u0000',
    ])('one that never was is refused like one that has ended: %p', async (code) => {
      const { invite, end, register, musakone } = parties.invite
      const ended = await invite()
      await end(ended.id)
      const refusals = await Promise.all(
        [code, ended.code].flatMap((invite) => [
          register({ username: 'nobody', invite }),
          musakone.request('/api/auth/invite', { json: { code: invite } }),
        ]),
      )
      const replies = await Promise.all(refusals.map((response) => response.text()))
      expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 404])
      expect(new Set(replies).size).toBe(1)
    })

    test('the code of one fits no other, and no letter of it may differ', async () => {
      const { invite, musakone } = parties.invite
      const [one, other] = [await invite(), await invite()]
      const proof = one.code.split('-').slice(1).join('-')
      const ask = (code: string) => musakone.request('/api/auth/invite', { json: { code } })
      expect((await ask(one.code)).status).toBe(200)
      expect((await ask(`${other.id}-${proof}`)).status).toBe(404)
      for (let at = 0; at < proof.length; at += 1) {
        const letter = proof[at] === 'A' ? 'B' : 'A'
        const changed = `${one.id}-${proof.slice(0, at)}${letter}${proof.slice(at + 1)}`
        expect((await ask(changed)).status).toBe(404)
      }
    })
  })

  test('A13 no body makes a registration fail with a 5xx', async () => {
    const { register, invite } = parties.open
    const { code } = await invite()
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom('admin', '', code, `${code}=`, '__proto__', 'constructor', PASSWORD),
      fc.jsonValue(),
    )
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { username: text, password: text, invite: text, __proto__: text, role: text },
        { requiredKeys: [] },
      ),
    )
    await fc.assert(
      fc.asyncProperty(body, async (json) => {
        const response = await register(json)
        expect([201, 400, 403, 404, 409]).toContain(response.status)
        const reply = (await response.json()) as Login
        if (response.status === 201) expect(reply.user.role).toBe('guest')
        else
          expect(reply).toEqual({ error: expect.any(String), message: expect.any(String) } as never)
      }),
      { numRuns: 300 },
    )
  })

  test('A13 members that nobody asked for change nothing', async () => {
    const { invite, join, databasePath } = parties.invite
    const { code } = await invite()
    const { user } = await join(code, 'sly', {
      role: 'admin',
      id: 1,
      expires_at: null,
      must_change_password: true,
      invite_id: 7,
    })
    expect(user).toMatchObject({ role: 'guest', username: 'sly' })
    const row = users({ databasePath } as Party).find(({ username }) => username === 'sly')
    expect(row?.expires_at).toBeNumber()
  })

  test('is noted, without what is secret', async () => {
    const { invite, join, databasePath } = parties.invite
    const { code, id } = await invite({ role: 'member' })
    const { user } = await join(code, 'noted', { password: PASSWORD })
    const [event] = withRows(databasePath, (rows) =>
      rows
        .query('SELECT * FROM security_events WHERE event_type = ? AND user_id = ?')
        .all('registered', user.id),
    ) as Record<string, unknown>[]
    expect(event).toMatchObject({ ip: '127.0.0.1', subject_id: null })
    expect(JSON.parse(String(event?.details))).toEqual({ role: 'member', invite_id: id })
  })
})

describe('guests who have gone', () => {
  const clock = fixedClock()
  let party: Party
  beforeAll(async () => {
    party = await startParty({ clock, limits: UNLIMITED })
  })
  afterAll(() => party.musakone.stop())

  const names = () =>
    withRows(party.databasePath, (rows) =>
      (rows.query('SELECT username FROM users ORDER BY id').all() as { username: string }[]).map(
        ({ username }) => username,
      ),
    )

  test('leave their names to others, and keep readable ones', async () => {
    const { invite, join, end, register } = party
    const first = await invite()
    const gone = await join(first.code, 'Anna')
    await end(first.id)
    const second = await invite()
    const { user } = await join(second.code, 'ANNA')
    expect(user.id).not.toBe(gone.user.id)
    expect(names()).toEqual(['admin', `Anna~${gone.user.id}`, 'ANNA'])
    expect((await register({ username: 'anna', invite: second.code })).status).toBe(409)
  })

  test('also where somebody has the name that would be theirs', async () => {
    const { invite, join, end } = party
    const first = await invite()
    const gone = await join(first.code, 'b'.repeat(64))
    const squatter = `${'b'.repeat(64 - String(gone.user.id).length - 1)}~${gone.user.id}`
    const second = await invite()
    await join(second.code, squatter)
    await end(first.id)
    await join(second.code, 'B'.repeat(64))
    expect(names()).toContain(
      `${'b'.repeat(64 - 3 - String(gone.user.id).length)}~${gone.user.id}~2`,
    )
  })

  test('do so when their time is over, by itself', async () => {
    const { invite, join, musakone, register } = party
    const { code, id } = await invite({ expires_in_s: 2 * SECONDS_AN_HOUR })
    const { token, user } = await join(code, 'carl')
    clock.advance((2 * SECONDS_AN_HOUR - 1) * 1000)
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(200)
    clock.advance(1000)
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(401)
    expect((await register({ username: 'dora', invite: code })).status).toBe(404)
    const json = (await (
      await musakone.request(`/api/invites/${id}`, { token: await musakone.logIn() })
    ).json()) as object
    expect(json).not.toHaveProperty('url')
    expect(json).not.toHaveProperty('code')
    const { code: next } = await invite()
    await join(next, 'carl')
    expect(names()).toContain(`carl~${user.id}`)
  })

  test('the names of members and of those who made their account stay theirs', async () => {
    const { invite, join, register } = party
    const { invite: inviteNow } = guestsOf(party.musakone, await party.musakone.logIn())
    const member = await inviteNow({ role: 'member', expires_in_s: 60 })
    await join(member.code, 'emma', { password: PASSWORD })
    clock.advance(120_000)
    const { code } = await invite()
    expect((await register({ username: 'emma', invite: code })).status).toBe(409)
  })
})

test('A3 one place makes only so many accounts at once, others go on', async () => {
  const clock = fixedClock()
  const { musakone, invite, register } = await startParty({
    clock,
    trustedProxies: ['127.0.0.1'],
    limits: { registration: { atOnce: 3, oneMoreAfterMs: 5_000 } },
  })
  try {
    const { code } = await invite()
    const from = (address: string, username: string) =>
      musakone.request('/api/auth/register', {
        json: { username, invite: code },
        headers: { 'x-forwarded-for': address },
      })
    for (const name of ['a', 'b', 'c']) expect((await from('10.0.0.1', name)).status).toBe(201)
    const refused = await from('10.0.0.1', 'd')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
    expect(await errorOf(refused)).toBe('too_many_requests')
    expect((await from('10.0.0.2', 'e')).status).toBe(201)
    clock.advance(5_000)
    expect((await from('10.0.0.1', 'f')).status).toBe(201)
    expect((await from('10.0.0.1', 'g')).status).toBe(429)
    expect((await register({ username: 'h', invite: code })).status).toBe(201)
  } finally {
    await musakone.stop()
  }
})
