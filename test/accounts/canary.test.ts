import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { endAll, start } from '../cli/launch'
import { startWebMopidy, type WebMopidy } from '../gateway/proxy/web-mopidy'
import type { RunningExecutable } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'

// Words that can come from nowhere else.
const PASSWORD = 'canary-admin-Zq81'
const WRONG = 'canary-mistyped-Wp52'
const CHANGED = 'canary-changed-Kd90'
const REGISTERED = 'canary-registered-Ty67'
const GIVEN = 'canary-given-Mn43'
const BAD_TOKEN = 'canary.token.Bf37'
const BAD_CODE = '1-canaryCodeCanaryCode12'
const SECRET = 'canary-secret-7Hs0aLq2Vb9xTn4RyEu6Gm'

type Reply = { path: string; status: number; body: string; headers: string }

describe('A14 a canary in every cage', () => {
  let mopidy: WebMopidy
  let musakone: RunningExecutable
  const replies: Reply[] = []
  const secrets = ['canary', ...[PASSWORD, BAD_TOKEN].map((word) => btoa(`admin:${word}`))]
  beforeAll(async () => {
    mopidy = await startWebMopidy()
    musakone = await start({
      LOG_LEVEL: 'trace',
      MOPIDY_URL: mopidy.url,
      ADMIN_PASSWORD: PASSWORD,
      JWT_SECRET: SECRET,
      REGISTRATION: 'open',
      TRUSTED_PROXIES: '127.0.0.1',
    })
    const { origin } = musakone
    await until(
      async () => (await (await fetch(`${origin}/health`)).text()).includes('"status":"ok"'),
      'Mopidy to be online',
    )
  })
  afterAll(async () => {
    endAll()
    await mopidy.stop()
  })

  /** Where an address is: web clients have an origin of their own. */
  const originOf = (path: string) =>
    path.startsWith('/iris') ? musakone.clientsOrigin : musakone.origin

  async function ask(path: string, init: RequestInit = {}, place = '192.0.2.1'): Promise<Reply> {
    const headers = new Headers(init.headers)
    headers.set('x-forwarded-for', place)
    const response = await fetch(`${originOf(path)}${path}`, { ...init, headers })
    const reply = {
      path,
      status: response.status,
      body: await response.text(),
      headers: JSON.stringify([...response.headers]),
    }
    replies.push(reply)
    return reply
  }
  const post = (path: string, body: unknown, token?: string, method = 'POST', place?: string) =>
    ask(
      path,
      {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      },
      place,
    )
  /** The secret that a reply is there to hand out. */
  function secretIn({ status, path, body }: Reply, member = 'token'): string {
    if (status >= 300) throw new Error(`${path}: ${status} ${body}`)
    const secret: unknown = (JSON.parse(body) as Record<string, unknown>)[member]
    expect(secret).toBeString()
    // A JWT is a secret from its middle on, its first part is the same in all of them.
    const parts = String(secret).split('.')
    secrets.push(...(parts.length === 3 ? parts.slice(1) : parts))
    return String(secret)
  }

  async function logInEveryWay(): Promise<string> {
    const login = '/api/auth/login'
    const token = secretIn(await post(login, { username: 'admin', password: PASSWORD }))
    for (const body of [
      { username: 'admin', password: WRONG },
      { username: WRONG, password: WRONG },
      { username: 'admin', password: [PASSWORD] },
      { username: { [PASSWORD]: PASSWORD }, password: PASSWORD },
      { username: 'admin', passwort: PASSWORD, token },
      `{"username":"admin","password":"${PASSWORD}"`,
      `{"username":"admin","password":"${PASSWORD}\u0000"}`,
      `"${PASSWORD}"`,
      PASSWORD,
      { username: 'admin', password: `${PASSWORD}${'x'.repeat(70_000)}` },
    ])
      expect((await post(login, body)).status).toBeOneOf([400, 401, 413])
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      await ask(login, {
        method: 'POST',
        headers: { 'content-type': type },
        body: `password=${PASSWORD}`,
      })
    await ask(`${login}?username=admin&password=${PASSWORD}`)
    await post(`/api/auth/${PASSWORD}/${token}?password=${PASSWORD}`, {})
    // Until it is locked, which is noted.
    for (let time = 0; time < 8; time += 1)
      await post(login, { username: PASSWORD, password: WRONG }, undefined, 'POST', '192.0.2.66')
    expect(replies.at(-1)?.status).toBe(429)
    return token
  }

  async function makeAccounts(admin: string): Promise<void> {
    const register = '/api/auth/register'
    for (const body of [
      { username: 'admin', password: REGISTERED },
      { username: 'anna', password: REGISTERED, invite: BAD_CODE },
      { username: `${REGISTERED} with a space`, password: REGISTERED },
      { username: 'anna', password: 'canary' },
      { username: REGISTERED.toLowerCase().slice(0, 7), password: REGISTERED.slice(0, 7) },
      `{"username":"anna","password":"${REGISTERED}"`,
    ])
      expect((await post(register, body)).status).toBeGreaterThanOrEqual(400)
    secretIn(await post(register, { username: 'anna', password: REGISTERED }))
    await post('/api/auth/invite', { code: BAD_CODE })
    const invited = await post('/api/invites', { role: 'guest' }, admin)
    const code = secretIn(invited, 'code')
    secretIn(await post(register, { username: 'otto', invite: code }))

    const users = '/api/users'
    const carla = { username: 'carla', role: 'member' }
    await post(users, { ...carla, password: 'canary' }, admin)
    await post(users, { ...carla, password: [GIVEN] }, admin)
    expect((await post(users, { ...carla, password: WRONG }, admin)).status).toBe(201)
    const { id } = JSON.parse(replies.at(-1)?.body ?? '') as { id: number }
    expect((await post(`${users}/${id}`, { password: GIVEN }, admin, 'PATCH')).status).toBe(200)
    secretIn(await post('/api/auth/login', { username: 'carla', password: GIVEN }))
  }

  async function presentEveryWay(token: string): Promise<void> {
    for (const value of [BAD_TOKEN, `${token}x`, PASSWORD, token]) {
      for (const path of ['/api/auth/me', '/iris/page', '/local/cover.png', '/mopidy/rpc'])
        for (const headers of [
          { authorization: `Bearer ${value}` },
          { authorization: `Basic ${btoa(`admin:${value}`)}` },
          { authorization: value },
          { cookie: `a=b; musakone=${value}`, referer: `${musakone.origin}/?token=${value}` },
        ]) {
          await ask(path, { headers })
          await ask(path, { headers: { ...headers, origin: originOf(path) } })
        }
      for (const path of ['/ws', '/mopidy/ws', '/iris/socket']) {
        await ask(`${path}?token=${value}`)
        const url = originOf(path).replace('http', 'ws') + path
        for (const [search, headers] of [
          [`?token=${value}`, {}],
          ['', { authorization: `Bearer ${value}` }],
          ['', { authorization: `Basic ${btoa(`admin:${value}`)}` }],
          ['', { cookie: `musakone=${value}` }],
        ] as const)
          await connectOwn(url + search, { ...headers, origin: originOf(path) }).then(
            (client) => client.close(),
            () => {},
          )
      }
      await sayInSocket(value)
    }
  }

  async function sayInSocket(value: string): Promise<void> {
    const client = await connectOwn(musakone.socketUrl)
    client.send({ type: 'auth', token: value })
    client.send({ type: 'mopidy', token: value, method: 'core.get_version', id: value })
    client.send({ type: 'mopidy', token: value, method: value, params: { [value]: PASSWORD } })
    client.send({
      type: 'mopidy',
      token: value,
      method: 'core.mixer.set_volume',
      params: { volume: PASSWORD },
    })
    client.send(`{"type":"auth","token":"${value}"`)
    client.send({ type: value, password: PASSWORD })
    client.send({ jsonrpc: '2.0', id: value, method: 'core.get_version' })
    await until(() => client.messages.length >= 7, 'an answer to each message')
    client.close()
    await client.closed
  }

  async function changePassword(token: string): Promise<string> {
    const body = { current_password: PASSWORD, new_password: CHANGED }
    for (const wrong of [
      { ...body, current_password: WRONG },
      { ...body, new_password: 'canary' },
      { ...body, new_password: 5 },
      `{"current_password":"${PASSWORD}"`,
    ])
      expect((await post('/api/auth/password', wrong, token)).status).toBeOneOf([400, 401])
    const fresh = secretIn(await post('/api/auth/password', body, token))
    // What was the password says nothing any more, to nobody.
    await post('/api/auth/login', { username: 'admin', password: PASSWORD })
    return fresh
  }

  test('A14 0 hits in the log, the database, the error replies, and what Mopidy received', async () => {
    const admin = await logInEveryWay()
    await makeAccounts(admin)
    await presentEveryWay(admin)
    const key = secretIn(await post('/api/keys', { name: 'bot' }, admin), 'key')
    await presentEveryWay(key)
    const fresh = await changePassword(admin)
    await ask('/api/audit', { headers: { authorization: `Bearer ${fresh}` } })
    const audit = replies.at(-1)

    const places: { name: string; text: string }[] = [{ name: 'audit', text: audit?.body ?? '' }]
    const data = join(musakone.cwd, 'data')
    const readData = () => {
      for (const name of readdirSync(data))
        places.push({ name, text: readFileSync(join(data, name), 'latin1') })
    }
    readData()
    expect(places.map(({ name }) => name)).toContain('musakone.db-wal')
    expect(await musakone.stop()).toBe(0)
    readData()
    places.push({ name: 'log', text: JSON.stringify(musakone.lines()) })
    const received = [...mopidy.requests, ...mopidy.upgrades].map(({ headers, ...request }) => ({
      ...request,
      headers: [...headers],
    }))
    places.push({
      name: 'Mopidy',
      text: JSON.stringify([received, mopidy.calls, mopidy.heard.map(String)]),
    })
    for (const { path, status, body, headers } of replies)
      if (status >= 400) places.push({ name: `${status} of ${path}`, text: body + headers })

    // Each place did get what may be there.
    const inPlace = (name: string) => places.findLast((place) => place.name === name)?.text
    expect(inPlace('Mopidy')).toContain('/iris/page')
    expect(inPlace('Mopidy')).toContain('/iris/socket')
    expect(inPlace('Mopidy')).toContain('core.get_version')
    expect(inPlace('log')).toContain('mopidy is online')
    expect(inPlace('musakone.db')).toContain('carla')
    expect(inPlace('audit')).toContain('login_locked')
    const hits = places.flatMap(({ name, text }) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${name}`),
    )
    expect(hits).toEqual([])
    process.stderr.write(
      `A14: ${secrets.length} secrets, ${replies.length} replies, ${places.length} places, 0 hits\n`,
    )
  }, 120_000)
})
