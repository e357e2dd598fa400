import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { hasChromium, startChromium } from '../clients/browser'
import { remember } from '../support/aftermath'
import { connectOwn } from '../support/own-socket'
import { connectRaw, upgradeRequest } from '../support/raw-socket'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../support/test-musakone'

const ALLOWED = 'https://radio.example'

const FOREIGN = [
  'http://evil.example',
  'null',
  'file://',
  `${ALLOWED}.evil.example`,
  `${ALLOWED}:8443`,
  'http://radio.example',
  'https://RADIO.example',
  'https://sub.radio.example',
  'http://localhost:5173',
]

const PATHS = [
  '/api/auth/me',
  '/api/auth/login',
  '/api/keys/1',
  '/health',
  '/mopidy/rpc',
  '/nothing',
]

const preflightOf = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'DELETE',
    'access-control-request-headers': 'authorization, content-type',
  },
})

/** The headers of a reply that have to do with other origins. */
const corsHeaders = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => /^access-control-|^vary$/.test(name)))

describe('pages of other origins', () => {
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let token: string
  beforeAll(async () => {
    musakone = await startTestMusakone({ allowedOrigins: [ALLOWED] })
    await musakone.online()
    token = await musakone.logIn()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  test.each(PATHS)('the allowed one may ask for %s', async (path) => {
    const response = await musakone.request(path, preflightOf(ALLOWED))
    expect(response.status).toBe(204)
    expect(corsHeaders(response)).toEqual({
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-expose-headers': 'Retry-After',
      'access-control-max-age': '7200',
      vary: 'Origin',
    })
  })

  test.each<[string, string, RequestInit & { json?: unknown; token?: string }, number]>([
    ['a reply', '/api/auth/me', { token: '' }, 200],
    ['a change', '/api/keys', { token: '', json: { name: 'a' } }, 201],
    ['a login', '/api/auth/login', { json: { username: 'admin', password: TEST_PASSWORD } }, 200],
    ['health', '/health', {}, 200],
    ['401', '/api/auth/me', {}, 401],
    ['401 for a bad login', '/api/auth/login', { json: { username: 'a', password: 'b' } }, 401],
    ['400', '/api/auth/login', { json: {} }, 400],
    [
      '403',
      '/mopidy/rpc',
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      401,
    ],
    ['404', '/api/nothing', {}, 404],
    ['404 of what may be Mopidy’s', '/nothing/at/all', {}, 404],
    ['415', '/api/auth/login', { method: 'POST', body: 'a' }, 415],
    ['421', '/health', { headers: { host: 'evil.example' } }, 421],
    ['426', '/ws', {}, 426],
    ['HEAD', '/mopidy/rpc', { method: 'HEAD' }, 200],
    ['a call', '/mopidy/rpc', { token: '', json: { jsonrpc: '2.0', id: 1, method: 'a' } }, 200],
  ])('the allowed one may read %s', async (_, path, init, status) => {
    const headers = { ...(init.headers as Record<string, string>), origin: ALLOWED }
    const response = await musakone.request(path, {
      ...init,
      headers,
      ...(init.token !== undefined && { token }),
    })
    expect(response.status).toBe(status)
    expect(corsHeaders(response)).toEqual({
      'access-control-allow-origin': ALLOWED,
      'access-control-expose-headers': 'Retry-After',
      vary: 'Origin',
    })
  })

  test('the allowed one may read that it asks too often, and for how long to wait', async () => {
    const headers = { origin: ALLOWED }
    const json = { username: 'somebody', password: 'b' }
    let response: Response
    do response = await musakone.request('/api/auth/login', { headers, json })
    while (response.status === 401)
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(corsHeaders(response)).toMatchObject({
      'access-control-allow-origin': ALLOWED,
      'access-control-expose-headers': 'Retry-After',
    })
  })

  test('pages and art of Mopidy say so too, and keep what they vary by', async () => {
    const uri = '/demo/cover/none.svg'
    const response = await musakone.request(uri, { token, headers: { origin: ALLOWED } })
    expect(response.headers.get('access-control-allow-origin')).toBe(ALLOWED)
    expect(response.headers.get('vary')).toContain('Origin')
  })

  test.each(FOREIGN)('A9 %s is told nothing, and changes nothing', async (origin) => {
    for (const path of PATHS) {
      const preflight = await musakone.request(path, preflightOf(origin))
      expect([path, preflight.status, corsHeaders(preflight)]).toEqual([
        path,
        403,
        { vary: 'Origin' },
      ])
      const read = await musakone.request(path, { token, headers: { origin } })
      expect([path, corsHeaders(read)]).toEqual([path, { vary: 'Origin' }])
    }
    const json = { name: 'of a foreign page' }
    const change = await musakone.request('/api/keys', { token, json, headers: { origin } })
    expect(change.status).toBe(403)
    expect(await change.json()).toMatchObject({ error: 'foreign_origin' })
    const body = new URLSearchParams({ name: 'a' })
    const form = { method: 'POST', body, headers: { origin } }
    expect((await musakone.request('/api/keys', form)).status).toBe(403)
    const { keys } = (await (await musakone.request('/api/keys', { token })).json()) as {
      keys: { name: string }[]
    }
    expect(keys.map(({ name }) => name)).not.toContain('of a foreign page')
  })

  test('A9 no origin is told that it may send cookies', async () => {
    for (const origin of [ALLOWED, ...FOREIGN, musakone.origin]) {
      const response = await musakone.request('/api/auth/me', { token, headers: { origin } })
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
      expect(response.headers.get('access-control-allow-origin')).not.toBe('*')
    }
  })

  test('sockets of the allowed one work with a token', async () => {
    const headers = { origin: ALLOWED }
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`, headers)
    expect(await client.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
    client.close()
    const later = await connectOwn(musakone.socketUrl, headers)
    await later.signIn(token)
    later.close()
  })
})

describe('pages of other origins when none is allowed', () => {
  let musakone: TestMusakone
  beforeAll(async () => {
    musakone = await startTestMusakone()
    await musakone.online()
  })
  afterAll(() => musakone.stop())

  test.each([ALLOWED, ...FOREIGN])('A9 %s finds nothing about it in any reply', async (origin) => {
    for (const path of PATHS) {
      const read = await musakone.request(path, { headers: { origin } })
      expect([path, corsHeaders(read)]).toEqual([path, {}])
      expect((await musakone.request(path, preflightOf(origin))).status).toBe(403)
    }
  })
})

describe('in development', () => {
  let musakone: TestMusakone
  let token: string
  beforeAll(async () => {
    musakone = await startTestMusakone({ development: true })
    await musakone.online()
    token = await musakone.logIn()
  })
  afterAll(() => musakone.stop())

  const HERE = [
    'http://localhost:5173',
    'https://localhost',
    'http://127.0.0.1:1',
    'http://[::1]:80',
  ]

  async function upgrade(headers: Record<string, string>, path = '/ws'): Promise<number> {
    const { host, port } = new URL(musakone.origin)
    const client = connectRaw(Number(port))
    client.write(upgradeRequest(path, { host, ...headers }))
    const { status } = await client.head()
    client.close()
    return status
  }

  test.each(HERE)('a page of %s may ask with a token, and log in for one', async (origin) => {
    expect((await musakone.request('/api/auth/me', preflightOf(origin))).status).toBe(204)
    const headers = { origin }
    const json = { username: 'admin', password: TEST_PASSWORD }
    const login = await musakone.request('/api/auth/login', { headers, json })
    expect(login.status).toBe(200)
    expect(login.headers.get('access-control-allow-origin')).toBe(origin)
    const change = await musakone.request('/api/keys', { token, headers, json: { name: 'a' } })
    expect(change.status).toBe(201)
    expect(await upgrade(headers, `/ws?token=${token}`)).toBe(101)
    expect(await upgrade(headers, `/mopidy/ws?token=${token}`)).toBe(101)
    expect(await upgrade(headers)).toBe(101)
  })

  test.each(HERE)('A9 a page of %s can do nothing by the cookie', async (origin) => {
    const headers = { origin, cookie: `musakone=${token}` }
    const change = await musakone.request('/api/auth/logout', { method: 'POST', headers })
    expect(change.status).toBe(403)
    expect(await change.json()).toMatchObject({ error: 'foreign_origin' })
    expect(await upgrade(headers)).toBe(403)
    expect(await upgrade(headers, '/mopidy/ws')).toBe(403)
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(200)
    // What the page itself says counts, not what the browser adds.
    expect(await upgrade(headers, `/ws?token=${token}`)).toBe(101)
  })

  test.each([
    'http://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://localhost:5173.evil.example',
    'http://localhost@evil.example',
    'http://127.0.0.2:5173',
    'http://192.168.0.1',
    'ftp://localhost',
    'http://localhost:123456',
  ])('A9 %s is another site all the same', async (origin) => {
    const headers = { origin }
    const response = await musakone.request('/api/auth/me', { token, headers })
    expect(corsHeaders(response)).toEqual({ vary: 'Origin' })
    expect((await musakone.request('/api/auth/me', preflightOf(origin))).status).toBe(403)
    const change = await musakone.request('/api/keys', { token, headers, json: { name: 'a' } })
    expect(change.status).toBe(403)
  })
})

describe.skipIf(!hasChromium())('a page of another origin in a browser', () => {
  let musakone: TestMusakone
  let browser: Browser
  let elsewhere: ReturnType<typeof Bun.serve>
  beforeAll(async () => {
    const headers = { 'content-type': 'text/html' }
    const answer = () => new Response('<!doctype html><title>elsewhere</title>', { headers })
    elsewhere = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
    musakone = await startTestMusakone({ allowedOrigins: [`http://127.0.0.1:${elsewhere.port}`] })
    await musakone.online()
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    await musakone.stop()
    await elsewhere.stop(true)
  })

  /** What a page on that host can do here, having a password. */
  async function trialFrom(host: string): Promise<unknown> {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://${host}:${elsewhere.port}/`)
    const result = await page.evaluate(
      async ({ origin, password }) => {
        const json = { 'content-type': 'application/json' }
        try {
          const login = await fetch(`${origin}/api/auth/login`, {
            method: 'POST',
            headers: json,
            body: JSON.stringify({ username: 'admin', password }),
          })
          const { token } = (await login.json()) as { token: string }
          const headers = { ...json, authorization: `Bearer ${token}` }
          const me = await fetch(`${origin}/api/auth/me`, { headers })
          const bad = await fetch(`${origin}/api/auth/me`)
          const body = JSON.stringify({ name: 'a page' })
          const made = await fetch(`${origin}/api/keys`, { method: 'POST', headers, body })
          const { id } = (await made.json()) as { id: number }
          const init = { method: 'DELETE', headers }
          const revoked = await fetch(`${origin}/api/keys/${id}`, init)
          const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws?token=${token}`)
          const opened = await new Promise((resolve) => {
            socket.onopen = () => resolve(true)
            socket.onerror = () => resolve(false)
          })
          const { username } = (await me.json()) as { username: string }
          return [username, bad.status, made.status, revoked.status, opened]
        } catch (error) {
          return String(error)
        }
      },
      { origin: musakone.origin, password: TEST_PASSWORD },
    )
    await context.close()
    return result
  }

  test('works with a token where it is allowed', async () => {
    expect(await trialFrom('127.0.0.1')).toEqual(['admin', 401, 201, 200, true])
  })

  test('A9 and not at all where it is not', async () => {
    expect(await trialFrom('localhost')).toBe('TypeError: Failed to fetch')
  })
})
