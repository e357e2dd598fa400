import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join as joinPath } from 'node:path'
import fc from 'fast-check'
import type { Invite } from '../../../src/accounts/invites/model'
import { qrSvg, qrText } from '../../../src/accounts/invites/qr'
import { startWebMopidy } from '../../gateway/proxy/web-mopidy'
import { connectWeb } from '../../gateway/proxy/web-socket'
import { connectOwn } from '../../support/own-socket'
import { fixedClock, TEST_SECRET, until } from '../../support/test-musakone'
import { addUser, withRows } from '../../support/user-rows'
import { guestsOf, type Party, startParty } from '../party'

const PASSWORD = 'nine green bottles'
const SECONDS_AN_HOUR = 3_600
const SECONDS_A_YEAR = 365 * 24 * SECONDS_AN_HOUR

describe('an invite', () => {
  const clock = fixedClock()
  const now = () => clock.now() / 1000
  let party: Party
  beforeAll(async () => {
    party = await startParty({
      clock,
      trustedProxies: ['127.0.0.2'],
      limits: { registration: { atOnce: 1e6 } },
    })
    for (const [username, role] of [
      ['mo', 'member'],
      ['max', 'member'],
      ['gil', 'guest'],
    ] as const)
      await addUser(party.databasePath, { username, role })
  })
  afterAll(() => party.musakone.stop())

  const create = (json: unknown, token = party.token) =>
    party.musakone.request('/api/invites', { token, json })
  const get = (path: string, token = party.token) =>
    party.musakone.request(`/api/invites${path}`, { token })
  const replyOf = async <T>(response: Promise<Response>) => (await (await response).json()) as T

  /** Lets a role invite as well while `work` runs. */
  async function whileInviting(role: string, work: () => Promise<void>): Promise<void> {
    const { token, musakone } = party
    const path = `/api/roles/${role}`
    const { roles } = await replyOf<{ roles: { role: string; permissions: string[] }[] }>(
      musakone.request('/api/roles', { token }),
    )
    const { permissions = [] } = roles.find((rules) => rules.role === role) ?? {}
    const set = async (names: string[]) => {
      const init = { method: 'PATCH', token, json: { permissions: names } }
      expect((await musakone.request(path, init)).status).toBe(200)
    }
    await set([...permissions, 'invites'])
    try {
      await work()
    } finally {
      await set(permissions)
    }
  }

  test('for guests lasts twelve hours, for as many as come', async () => {
    const response = await create({ role: 'guest', name: '  Sommerfest ☀ ' })
    expect(response.status).toBe(201)
    const invite = (await response.json()) as Invite
    expect(invite).toEqual({
      id: expect.any(Number),
      name: 'Sommerfest ☀',
      role: 'guest',
      created_by: { id: 1, username: 'admin' },
      created_at: now(),
      expires_at: now() + 12 * SECONDS_AN_HOUR,
      ended_at: null,
      max_uses: null,
      uses: 0,
      usable: true,
      url: `${party.musakone.origin}/join#${invite.code}`,
      code: expect.stringMatching(/^\d+-[\w-]{22}$/),
    })
    expect(await replyOf(get(`/${invite.id}`))).toEqual(invite)
    const { invites } = await replyOf<{ invites: Invite[] }>(get(''))
    expect(invites[0]).toEqual(invite)
  })

  test('for members makes one account, unless it is said how many', async () => {
    const { invite } = party
    expect(await invite({ role: 'member' })).toMatchObject({ max_uses: 1 })
    expect(await invite({ role: 'member', max_uses: null })).toMatchObject({ max_uses: null })
    expect(await invite({ role: 'guest', max_uses: 30 })).toMatchObject({ max_uses: 30 })
  })

  test('ends when it is said to', async () => {
    const { invite } = party
    const end = now() + SECONDS_A_YEAR
    expect(await invite({ expires_at: end })).toMatchObject({ expires_at: end })
    expect(await invite({ expires_in_s: 60 })).toMatchObject({ expires_at: now() + 60 })
  })

  test.each<[string, object]>([
    ['no role', {}],
    ['for an admin', { role: 'admin' }],
    ['a role that is none', { role: ['guest'] }],
    ['no time', { role: 'guest', expires_in_s: 0 }],
    ['more than a year', { role: 'guest', expires_in_s: SECONDS_A_YEAR + 1 }],
    ['1e308 seconds', { role: 'guest', expires_in_s: 1e308 }],
    ['half a second', { role: 'guest', expires_in_s: 100.5 }],
    ['an end in the past', { role: 'guest', expires_at: 1 }],
    ['an end that is far', { role: 'guest', expires_at: 9_999_999_999 }],
    ['both', { role: 'guest', expires_at: 1_900_000_000, expires_in_s: 60 }],
    ['no uses', { role: 'guest', max_uses: 0 }],
    ['fewer uses', { role: 'guest', max_uses: -1 }],
    ['a text of uses', { role: 'guest', max_uses: '5' }],
    ['a long name', { role: 'guest', name: 'x'.repeat(101) }],
    ['a name that steers the terminal', { role: 'guest', name: '\u001b[2J' }],
  ])('A13 is not made of %s', async (_, json) => {
    const response = await create(json)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      message: expect.stringMatching(/^[A-Za-z_]+ .*\.$/),
    })
  })

  test('A13 no body makes the making of one fail with a 5xx', async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.double(),
      fc.integer(),
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.constantFrom('guest', 'member', 60, 1_800_000_000),
    )
    const body = fc.record(
      { role: value, expires_in_s: value, expires_at: value, max_uses: value, name: value },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(body, async (json) => {
        expect([201, 400]).toContain((await create(json)).status)
      }),
      { numRuns: 200 },
    )
  })

  test('says in its link where it was asked for, and a trusted proxy that TLS ends there', async () => {
    const { id } = await party.invite()
    const urlFor = async (headers: Record<string, string>) => {
      const { musakone, token } = party
      return (await replyOf<Invite>(musakone.request(`/api/invites/${id}`, { token, headers }))).url
    }
    expect(await urlFor({ host: 'music.local:8080' })).toStartWith('http://music.local:8080/join#')
    const overTls = { host: 'music.local', 'x-forwarded-proto': 'https' }
    expect(await urlFor(overTls)).toStartWith('http://music.local/join#')
    const behind = await startParty({ trustedProxies: ['127.0.0.1'] })
    try {
      const invite = await behind.musakone.request('/api/invites', {
        token: behind.token,
        json: { role: 'guest' },
        headers: overTls,
      })
      expect(((await invite.json()) as Invite).url).toStartWith('https://music.local/join#')
    } finally {
      await behind.musakone.stop()
    }
  })

  test('A14 has a code that is made from the secret, and kept nowhere', async () => {
    const { invite, join, databasePath } = party
    const { id, code, created_at } = await invite()
    await join(code, 'witness')
    const proof = code.slice(`${id}-`.length)
    const hmac = createHmac('sha256', TEST_SECRET).update(`invite:${id}:${created_at}`).digest()
    expect(proof).toBe(hmac.subarray(0, 16).toString('base64url'))
    expect(Buffer.from(proof, 'base64url').length * 8).toBeGreaterThanOrEqual(128)
    const folder = dirname(databasePath)
    const files = readdirSync(folder).map((name) => readFileSync(joinPath(folder, name)))
    expect(files.some((bytes) => bytes.includes('witness'))).toBe(true)
    for (const form of [proof, Buffer.from(proof, 'base64url').toString('hex')])
      expect(files.some((bytes) => bytes.includes(form))).toBe(false)
    expect(files.some((bytes) => bytes.includes(Buffer.from(proof, 'base64url')))).toBe(false)
  })

  test('tells who holds its code what it is for, and no more', async () => {
    const { invite, musakone } = party
    const ask = (code: string) => musakone.request('/api/auth/invite', { json: { code } })
    const guest = await invite({ name: 'Party' })
    expect(await replyOf<object>(ask(guest.code))).toEqual({
      name: 'Party',
      role: 'guest',
      expires_at: guest.expires_at,
      password: false,
    })
    const member = await invite({ role: 'member' })
    expect(await replyOf<object>(ask(member.code))).toMatchObject({
      role: 'member',
      password: true,
    })
  })

  test('is a QR code, as a picture and as text', async () => {
    const { id, url } = await party.invite()
    const svg = await get(`/${id}/qr.svg`)
    expect([svg.status, svg.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(svg.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(svg.headers.get('cache-control')).toBe('no-store')
    const picture = await svg.text()
    expect(picture).toBe(qrSvg(url))
    expect(picture).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 \d+ \d+"><rect /,
    )
    expect(picture).not.toMatch(/<script|style|\son/)
    const text = await get(`/${id}/qr.txt`)
    expect([text.status, text.headers.get('content-type')]).toEqual([
      200,
      'text/plain; charset=utf-8',
    ])
    expect(await text.text()).toBe(`${qrText(url)}\n${url}\n`)
    expect(qrText(url)).not.toBe(qrText(`${url}x`))
  })

  test.each(['', '/qr.svg', '/qr.txt'])('A1 that is not there is 404: %s', async (what) => {
    for (const id of ['0', '999999', '-1', '1e3', 'x', '1.5', '%00', '9'.repeat(30)])
      expect((await get(`/${id}${what}`)).status).toBe(404)
  })

  describe('A12', () => {
    const requests = (id: number): [string, RequestInit & { json?: unknown }][] => [
      ['', { method: 'POST', json: { role: 'guest' } }],
      ['', {}],
      [`/${id}`, {}],
      [`/${id}/qr.svg`, {}],
      [`/${id}/qr.txt`, {}],
      [`/${id}`, { method: 'DELETE' }],
    ]

    test.each(['mo', 'gil'])('is for who may invite: %s may not', async (username) => {
      const { id, code } = await party.invite()
      const token = await party.musakone.logIn(username)
      for (const [path, init] of requests(id)) {
        const refused = await party.musakone.request(`/api/invites${path}`, { ...init, token })
        expect([path, refused.status]).toEqual([path, 403])
        const unknown = await party.musakone.request(`/api/invites${path}`, init)
        expect([path, unknown.status]).toEqual([path, 401])
      }
      await party.join(code, `by-${username}`)
    })

    test('lets no role invite above itself', () =>
      whileInviting('guest', async () => {
        const token = await party.musakone.logIn('gil')
        expect((await create({ role: 'guest' }, token)).status).toBe(201)
        const refused = await create({ role: 'member' }, token)
        expect(refused.status).toBe(403)
        expect(await replyOf(Promise.resolve(refused))).toEqual({
          error: 'forbidden',
          message: 'A guest may not invite a member.',
        })
      }))

    test("shows and ends one's own only, for admins all", () =>
      whileInviting('member', async () => {
        const [mo, max] = [await party.musakone.logIn('mo'), await party.musakone.logIn('max')]
        const byAdmin = await party.invite({ role: 'member' })
        const own = await guestsOf(party.musakone, mo).invite({ role: 'member' })
        const listed = async (token: string) =>
          (await replyOf<{ invites: Invite[] }>(get('', token))).invites.map(({ id }) => id)
        expect(await listed(mo)).toEqual([own.id])
        expect(await listed(max)).toEqual([])
        expect(await listed(party.token)).toEqual(expect.arrayContaining([own.id, byAdmin.id]))
        for (const [path, init] of requests(byAdmin.id).slice(2))
          expect(
            (await party.musakone.request(`/api/invites${path}`, { ...init, token: mo })).status,
          ).toBe(404)
        expect((await get(`/${byAdmin.id}`)).status).toBe(200)
        expect((await guestsOf(party.musakone, mo).end(own.id)).status).toBe(200)
      }))

    test('is worth nothing once its maker may not let such people in', () =>
      whileInviting('member', async () => {
        const { musakone, token, databasePath } = party
        const id = await addUser(databasePath, { username: 'ina' })
        const mine = guestsOf(musakone, await musakone.logIn('ina'))
        const [guest, member] = [await mine.invite(), await mine.invite({ role: 'member' })]
        const ask = async (code: string) =>
          (await musakone.request('/api/auth/invite', { json: { code } })).status
        const set = (json: object) =>
          musakone.request(`/api/users/${id}`, { method: 'PATCH', token, json })
        expect([await ask(guest.code), await ask(member.code)]).toEqual([200, 200])
        await set({ role: 'guest' })
        expect([await ask(guest.code), await ask(member.code)]).toEqual([404, 404])
        await set({ role: 'member', disabled: true })
        expect([await ask(guest.code), await ask(member.code)]).toEqual([404, 404])
        const refused = await party.register({ username: 'ivo', invite: guest.code })
        expect(refused.status).toBe(404)
        await set({ disabled: false })
        expect([await ask(guest.code), await ask(member.code)]).toEqual([200, 200])
        await musakone.request(`/api/users/${id}`, { method: 'DELETE', token })
        expect([await ask(guest.code), await ask(member.code)]).toEqual([404, 404])
      }))

    test('T6 lets nobody in once members may invite no more, and is listed so', async () => {
      const { musakone, token } = party
      const id = await addUser(party.databasePath, { username: 'ute' })
      const seen = async (invite: number) => await replyOf<Invite>(get(`/${invite}`))
      let made: Required<Invite> | undefined
      await whileInviting('member', async () => {
        const mine = guestsOf(musakone, await musakone.logIn('ute'))
        made = await mine.invite({ role: 'member', max_uses: null })
        await party.join(made.code, 'first', { password: 'nine green bottles' })
        expect(await seen(made.id)).toMatchObject({ usable: true })
      })
      const { id: invite = 0, code = '' } = made ?? {}
      const refusal = {
        error: 'invalid_invite',
        message: 'This invite counts no more: its maker may not invite people any longer.',
      }
      const refused = async () => {
        const json = { username: 'second', invite: code, password: 'nine green bottles' }
        for (const response of [
          await party.register(json),
          await musakone.request('/api/auth/invite', { json: { code } }),
        ]) {
          expect(response.status).toBe(404)
          expect(await response.json()).toEqual(refusal)
        }
        expect(await seen(invite)).toMatchObject({ usable: false, uses: 1, ended_at: null })
        expect(await seen(invite)).not.toHaveProperty('url')
      }
      await refused()
      await whileInviting('member', async () => {
        expect(await seen(invite)).toMatchObject({ usable: true })
        const set = (json: object) =>
          musakone.request(`/api/users/${id}`, { method: 'PATCH', token, json })
        await set({ disabled: true })
        await refused()
        await set({ disabled: false })
        expect(await seen(invite)).toMatchObject({ usable: true })
      })
    })
  })

  test('once ended is out of the list, and shown on request', async () => {
    const { invite, end } = party
    const { id } = await invite()
    const ended = (await (await end(id)).json()) as Invite
    expect(ended).toMatchObject({ id, ended_at: now() })
    expect(ended).not.toHaveProperty('url')
    const ids = async (query: string) =>
      (await replyOf<{ invites: Invite[] }>(get(query))).invites.map((one) => one.id)
    expect(await ids('')).not.toContain(id)
    expect(await ids('?ended=false')).not.toContain(id)
    expect(await ids('?ended=true')).toContain(id)
    expect((await get('?ended=perhaps')).status).toBe(400)
    for (const picture of ['qr.svg', 'qr.txt'])
      expect((await get(`/${id}/${picture}`)).status).toBe(404)
    clock.advance(5_000)
    expect(await (await end(id)).json()).toEqual(ended)
  })

  test('is noted when it is made and when it is ended, without its code', async () => {
    const { invite, join, end, databasePath } = party
    const { id, code, expires_at } = await invite({ max_uses: 4 })
    await join(code, 'kim')
    await end(id)
    await end(id)
    const events = withRows(databasePath, (rows) =>
      rows
        .query(
          `SELECT event_type, user_id, ip, details FROM security_events
            WHERE event_type LIKE 'invite_%' AND json_extract(details, '$.invite_id') = ?`,
        )
        .all(id),
    ) as { event_type: string; user_id: number; ip: string; details: string }[]
    expect(events.map(({ details, ...event }) => ({ ...event, ...JSON.parse(details) }))).toEqual([
      {
        event_type: 'invite_created',
        user_id: 1,
        ip: '127.0.0.1',
        invite_id: id,
        role: 'guest',
        expires_at,
        max_uses: 4,
      },
      { event_type: 'invite_ended', user_id: 1, ip: '127.0.0.1', invite_id: id, guests: 1 },
    ])
    expect(JSON.stringify(events)).not.toContain(code)
  })
})

describe('the end of an invite', () => {
  let mopidy: Awaited<ReturnType<typeof startWebMopidy>>
  let party: Party
  beforeAll(async () => {
    mopidy = await startWebMopidy()
    party = await startParty({ mopidyUrl: mopidy.url })
    await party.musakone.online()
  })
  afterAll(async () => {
    await party.musakone.stop()
    await mopidy.stop()
  })

  /** Everything that a guest may have open. */
  async function open(token: string) {
    const { musakone } = party
    const own = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    const base = musakone.socketUrl.replace(/\/ws$/, '')
    const headers = { authorization: `Bearer ${token}` }
    const rpc = await connectOwn(`${base}/mopidy/ws`, headers)
    const atClients = musakone.clientsOrigin.replace('http', 'ws')
    const proxied = await connectWeb(`${atClients}/iris/ws`, { headers })
    expect(await own.call('core.get_version')).toMatchObject({ result: '3.4.1' })
    return [own, rpc, proxied]
  }

  test.each(['over HTTP', 'beside the program'])(
    'C3 has its guests out within two seconds, and nobody else: %s',
    async (how) => {
      const { invite, join, end, musakone, databasePath, register } = party
      const tag = how.length
      const [one, other] = [await invite(), await invite()]
      const guests = await Promise.all(['a', 'b'].map((name) => join(one.code, `${name}-${tag}`)))
      const stranger = await join(other.code, `c-${tag}`)
      const [first, second, others] = await Promise.all(
        [...guests, stranger].map(({ token }) => open(token)),
      )
      const endedAt = performance.now()
      if (how === 'over HTTP') expect((await end(one.id)).status).toBe(200)
      else
        withRows(databasePath, (rows) => {
          rows.run('UPDATE invites SET ended_at = unixepoch() WHERE id = ?', [one.id])
          rows.run('UPDATE users SET expires_at = unixepoch() WHERE invite_id = ?', [one.id])
        })
      for (const { closed } of [...(first ?? []), ...(second ?? [])])
        expect((await closed).code).toBe(4401)
      expect(performance.now() - endedAt).toBeLessThan(2_000)
      for (const { token } of guests) {
        expect((await musakone.request('/api/auth/me', { token })).status).toBe(401)
        await expect(connectOwn(`${musakone.socketUrl}?token=${token}`)).rejects.toThrow('refused')
      }
      expect((await register({ username: 'late', invite: one.code })).status).toBe(404)
      if (how === 'over HTTP') {
        const left = withRows(databasePath, (rows) =>
          rows
            .query('SELECT s.id FROM sessions s JOIN users u ON u.id = user_id WHERE invite_id = ?')
            .all(one.id),
        )
        expect(left).toEqual([])
      }
      expect((await musakone.request('/api/auth/me', { token: stranger.token })).status).toBe(200)
      for (const { socket, closed } of others ?? []) {
        expect(socket.readyState).toBe(WebSocket.OPEN)
        socket.close()
        await closed
      }
    },
  )

  test('C3 spares who has become a member meanwhile', async () => {
    const { invite, join, end, musakone, token } = party
    const { id, code } = await invite()
    const { user } = await join(code, 'promoted')
    const promoted = await musakone.request(`/api/users/${user.id}`, {
      method: 'PATCH',
      token,
      json: { role: 'member', password: PASSWORD },
    })
    expect(promoted.status).toBe(200)
    await end(id)
    expect(await musakone.logIn('promoted', PASSWORD)).toBeString()
  })

  test('C2 by its time closes what its guests have open', async () => {
    const clock = fixedClock()
    const { musakone, invite, join } = await startParty({
      clock,
      limits: { gateway: { sweepMs: 50 } },
    })
    try {
      await musakone.online()
      const { code } = await invite({ expires_in_s: 60 })
      const { token } = await join(code, 'short')
      const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
      clock.advance(60_000)
      expect((await client.closed).code).toBe(4401)
      await until(() => musakone.services.gateway.connectionCount() === 0, 'the socket to be gone')
    } finally {
      await musakone.stop()
    }
  })
})
