import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { TICKET_MS } from '../../../src/gateway/origin/tickets'
import { connectOwn } from '../../support/own-socket'
import { connectRaw, upgradeRequest } from '../../support/raw-socket'
import { connectRpc } from '../../support/rpc-client'
import { fixedClock, startTestMusakone } from '../../support/test-musakone'
import { setWebStage, type WebStage } from '../proxy/web-stage'

const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

describe('the origin of the web clients', () => {
  let stage: WebStage
  beforeAll(async () => {
    stage = await setWebStage({ development: true })
  })
  afterAll(() => stage.stop())
  beforeEach(() => void stage.mopidy.requests.splice(0))

  const cookie = () => ({ cookie: `musakone=${stage.tokens.admin}` })
  const byClient = () => ({ ...cookie(), origin: stage.musakone.clientsOrigin })
  const atPage = (path: string, init: RequestInit & { token?: string } = {}) =>
    stage.musakone.request(path, { redirect: 'manual', ...init })
  const atClients = (path: string, init: RequestInit & { token?: string } = {}) =>
    stage.musakone.requestClient(path, { redirect: 'manual', ...init })

  async function refusedUpgrade(at: string, path: string, headers: Record<string, string>) {
    const client = connectRaw(Number(new URL(at).port))
    client.write(upgradeRequest(path, { host: new URL(at).host, ...headers }))
    const { status } = await client.head()
    client.close()
    return status
  }

  describe('T2 has nothing of ours', () => {
    test.each([
      '/api/users',
      '/api/keys',
      '/api/auth/me',
      '/api/auth/login',
      '/api/clients',
      '/health',
      '/api/health',
      '/metrics',
      '/swagger',
      '/swagger/json',
      '/login',
      '/login/login.js',
      '/join',
      '/queue',
      '/page/main.js',
      '/service-worker.js',
      '/',
      '/ws',
    ])('%s is 404', async (path) => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const headers = { ...byClient(), 'content-type': 'application/json' }
        const init = { method, headers, ...(method !== 'GET' && { body: '{}' }) }
        expect([path, method, (await atClients(path, init)).status]).toEqual([path, method, 404])
      }
    })

    test('no socket but Mopidy’s', async () => {
      const { clientsOrigin } = stage.musakone
      expect(await refusedUpgrade(clientsOrigin, '/ws', byClient())).toBe(404)
      const url = `${clientsOrigin.replace('http', 'ws')}/mopidy/ws`
      const rpc = await connectRpc(url, { headers: byClient() })
      expect(await rpc.call<string>('core.get_version')).toBe('3.4.1')
      await rpc.call('core.mixer.set_volume', { volume: 33 })
      await rpc.close()
      const call = { jsonrpc: '2.0', id: 7, method: 'core.mixer.get_volume' }
      const reply = await stage.musakone.requestClient('/mopidy/rpc', {
        headers: byClient(),
        json: call,
      })
      expect(await reply.json()).toMatchObject({ id: 7, result: 33 })
    })

    test('and a name that is not ours is refused there too', async () => {
      for (const host of ['evil.example', 'ab'])
        expect((await atClients('/iris/', { headers: { host } })).status).toBe(421)
    })
  })

  describe('T2 is refused by the page’s own port', () => {
    test.each<[string, string]>([
      ['GET', '/api/users'],
      ['GET', '/api/keys'],
      ['POST', '/api/keys'],
      ['POST', '/api/auth/login'],
      ['POST', '/api/clients/ticket'],
      ['DELETE', '/api/users/1'],
      ['OPTIONS', '/api/users'],
      ['GET', '/'],
      ['GET', '/metrics'],
      ['POST', '/mopidy/rpc'],
    ])('%s %s', async (method, path) => {
      const { admin } = stage.tokens
      for (const headers of [
        byClient(),
        { origin: stage.musakone.clientsOrigin, authorization: `Bearer ${admin}` },
      ]) {
        const type = { 'content-type': 'application/json' }
        const body = method === 'POST' ? { body: '{"name":"mine","role":"admin"}' } : {}
        const response = await atPage(path, { method, headers: { ...headers, ...type }, ...body })
        expect(response.status).toBe(403)
        expect(await response.json()).toMatchObject({ error: 'foreign_origin' })
        expect(response.headers.get('access-control-allow-credentials')).toBeNull()
      }
      expect(stage.musakone.services.accounts.keys.list(1)).toEqual([])
    })

    test('its sockets', async () => {
      const { origin, clientsOrigin } = stage.musakone
      for (const path of ['/ws', '/mopidy/ws', `/ws?token=${stage.tokens.admin}`])
        expect(await refusedUpgrade(origin, path, byClient())).toBe(403)
      await expect(
        connectOwn(stage.musakone.socketUrl, { origin: clientsOrigin }),
      ).rejects.toThrow()
    })

    test('a reply of the API cannot be loaded as a part of its page', async () => {
      const response = await atPage('/api/auth/me', { headers: cookie() })
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    })
  })

  describe('T2 a second cookie of the session’s name', () => {
    test.each([
      'musakone=A; musakone=B',
      'a=b; musakone=B; theme=dark; musakone=A',
      'musakone=A;musakone=A',
    ])('is refused: %s', async (pattern) => {
      const { admin, guest } = stage.tokens
      const header = pattern.replaceAll('A', admin).replaceAll('B', guest)
      for (const response of [
        await atPage('/api/auth/me', { headers: { cookie: header } }),
        await atClients('/iris/', { headers: { cookie: header } }),
      ]) {
        expect(response.status).toBe(400)
        expect(await response.json()).toMatchObject({ error: 'invalid_request' })
      }
      const { origin } = stage.musakone
      expect(await refusedUpgrade(origin, '/ws', { cookie: header })).toBe(400)
    })

    test('is removed from every path that the browser can have it for, the session’s is not', async () => {
      const double = { cookie: `musakone=x; musakone=${stage.tokens.admin}` }
      const response = await atPage('/api/auth/me', { headers: double })
      const removed = response.headers.getSetCookie()
      const paths = removed.map((one) => /Path=([^;]+)/.exec(one)?.[1])
      expect(paths).toEqual([
        '/api',
        '/api/',
        '/api/auth',
        '/api/auth/',
        '/api/auth/me',
        '/api/auth/me/',
      ])
      for (const one of removed) expect(one).toMatch(/^musakone=; .*Expires=Thu, 01 Jan 1970/)
      const headers = { ...double, host: 'box.local' }
      const named = (await atPage('/api/auth/me', { headers })).headers.getSetCookie()
      expect(named.filter((one) => one.includes('Path=/;'))).toEqual([
        expect.stringContaining('Domain=box.local'),
      ])
    })
  })

  describe('where web clients were before', () => {
    test('a page leads to where it is now', async () => {
      for (const path of [
        '/iris/',
        '/iris/queue?a=b',
        '/stand-in/',
        '/mopidy/',
        '/iris/album/a%20b',
      ]) {
        const response = await atPage(path, { headers: { ...cookie(), ...NAVIGATION } })
        expect(response.status).toBe(302)
        expect(response.headers.get('location')).toBe(stage.musakone.clientsOrigin + path)
        expect(response.headers.get('cache-control')).toBe('no-store')
      }
      expect(stage.mopidy.requests).toEqual([])
    })

    test('a token in the query does not go there', async () => {
      const path = `/iris/?a=b&token=${stage.tokens.admin}`
      const response = await atPage(path, { headers: NAVIGATION })
      expect(response.headers.get('location')).toBe(`${stage.musakone.clientsOrigin}/iris/?a=b`)
    })

    test.each<[string, string, RequestInit]>([
      ['a script', '/iris/app.js', {}],
      ['a call', '/iris/http/restart', {}],
      ['a form', '/iris/', { method: 'POST', headers: NAVIGATION }],
      ['a page in a frame', '/iris/', { headers: { ...NAVIGATION, 'sec-fetch-dest': 'iframe' } }],
    ])('%s is 404, not to be kept', async (_, path, init) => {
      const headers = { ...cookie(), ...init.headers }
      const response = await atPage(path, { ...init, headers })
      expect(response.status).toBe(404)
      expect(response.headers.get('cache-control')).toBe('no-store')
      const { message } = (await response.json()) as { message: string }
      expect(message).toContain(stage.musakone.clientsOrigin)
      expect(stage.mopidy.requests).toEqual([])
    })

    test('sockets are 404', async () => {
      const { origin } = stage.musakone
      for (const path of ['/iris/ws', '/stand-in/ws', '/iris/a.png'])
        expect(await refusedUpgrade(origin, path, cookie())).toBe(404)
      expect(stage.mopidy.sockets()).toEqual([])
    })

    test('a service worker that was left there is answered with one that removes itself', async () => {
      for (const path of ['/iris/service-worker.js', '/stand-in/sw.js']) {
        const response = await atPage(path, { headers: { 'service-worker': 'script' } })
        expect(response.status).toBe(200)
        expect(response.headers.get('content-type')).toStartWith('text/javascript')
        expect(response.headers.get('cache-control')).toBe('no-store')
        expect(await response.text()).toContain('registration.unregister()')
      }
      expect(stage.mopidy.requests).toEqual([])
    })

    test('pictures stay, as nothing but pictures', async () => {
      const headers = { 'content-type': 'image/svg+xml', 'set-cookie': 'a=b' }
      stage.mopidy.answers('/local/a.svg', () => new Response(SVG, { headers }))
      stage.mopidy.answers('/stand-in/a.png', () => new Response('PNG', { headers }))
      for (const path of ['/local/a.svg', '/stand-in/a.png']) {
        const response = await atPage(path, { headers: cookie() })
        expect(response.status).toBe(200)
        expect(response.headers.get('content-security-policy')).toBe(
          "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
        )
        expect(response.headers.getSetCookie()).toEqual([])
        expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      }
    })

    test.each(['text/html', 'application/javascript', 'text/xml', ''])(
      'what is called a picture and is %j is 404',
      async (type) => {
        for (const path of ['/local/b.png', '/stand-in/b.svg']) {
          const headers = type === '' ? undefined : { 'content-type': type }
          stage.mopidy.answers(path, () => new Response('<script>', headers && { headers }))
          const response = await atPage(path, { headers: { ...cookie(), ...NAVIGATION } })
          expect([path, response.status]).toEqual([path, 404])
        }
      },
    )

    test('pictures are for who is signed in', async () => {
      expect((await atPage('/local/a.png')).status).toBe(401)
      const page = await atPage('/local/a.png', { headers: NAVIGATION })
      expect(page.headers.get('location')).toBe('/login?next=%2Flocal%2Fa.png')
    })
  })

  test('who is not signed in is sent to the page’s login, and by it to where they were going', async () => {
    const page = await atClients('/iris/queue?a=b', { headers: NAVIGATION })
    const { origin, clientsOrigin } = stage.musakone
    expect(page.headers.get('location')).toBe(`${origin}/login?next=%2Firis%2Fqueue%3Fa%3Db`)
    const back = await atPage('/iris/queue?a=b', { headers: { ...cookie(), ...NAVIGATION } })
    expect(back.headers.get('location')).toBe(`${clientsOrigin}/iris/queue?a=b`)
    expect((await atClients('/iris/queue?a=b', { headers: cookie() })).status).toBe(200)
  })

  test('the name by which a browser came stays', async () => {
    const port = (at: string) => new URL(at).port
    const { origin, clientsOrigin } = stage.musakone
    const headers = { ...NAVIGATION, host: `musicbox.local:${port(origin)}` }
    const there = await atPage('/iris/', { headers })
    expect(there.headers.get('location')).toBe(`http://musicbox.local:${port(clientsOrigin)}/iris/`)
    const host = `[::1]:${port(clientsOrigin)}`
    const back = await atClients('/iris/', { headers: { ...NAVIGATION, host } })
    expect(back.headers.get('location')).toBe(`http://[::1]:${port(origin)}/login?next=%2Firis%2F`)
  })
})

describe('web clients on another host', () => {
  const PAGE = 'https://radio.example'
  const CLIENTS = 'https://clients.example'
  const clock = fixedClock()
  let stage: WebStage
  beforeAll(async () => {
    stage = await setWebStage({
      clock,
      clientsAt: { origin: CLIENTS, publicOrigin: PAGE },
      allowedHosts: ['radio.example', 'clients.example'],
      trustedProxies: ['127.0.0.1'],
    })
  })
  afterAll(() => stage.stop())

  const overTls = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }
  const cookie = () => ({ cookie: `musakone=${stage.tokens.member}` })
  const atPage = (path: string, headers: Record<string, string> = {}) =>
    stage.musakone.request(path, {
      redirect: 'manual',
      headers: { host: 'radio.example', ...overTls, ...NAVIGATION, ...headers },
    })
  const atClients = (path: string, headers: Record<string, string> = {}) =>
    stage.musakone.requestClient(path, {
      redirect: 'manual',
      headers: { host: 'clients.example', ...overTls, ...NAVIGATION, ...headers },
    })
  const ticketTo = async (path: string) => {
    const location = (await atPage(path, cookie())).headers.get('location') ?? ''
    expect(location).toStartWith(`${CLIENTS}/enter?ticket=`)
    return location.slice(CLIENTS.length)
  }

  test('T2 a ticket takes the session there, once', async () => {
    const entry = await ticketTo('/iris/queue?a=b')
    const entered = await atClients(entry)
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/iris/queue?a=b'])
    const setCookie = entered.headers.get('set-cookie') ?? ''
    expect(setCookie).toMatch(/; HttpOnly; SameSite=Lax; Secure$/)
    expect(setCookie).not.toContain('Domain')
    expect(entered.headers.get('cache-control')).toBe('no-store')
    expect(entered.headers.get('referrer-policy')).toBe('no-referrer')
    const mine = { cookie: setCookie.split(';')[0] ?? '' }
    expect((await atClients('/iris/queue?a=b', mine)).status).toBe(200)
    const again = await atClients(entry)
    expect(again.headers.get('set-cookie')).toBeNull()
    expect(again.headers.get('location')).toBe(`${PAGE}/login?next=%2Firis%2Fqueue%3Fa%3Db`)
  })

  test('T2 a ticket holds for half a minute', async () => {
    const [early, late] = [await ticketTo('/iris/'), await ticketTo('/iris/')]
    clock.advance(TICKET_MS - 1)
    expect((await atClients(early)).headers.get('set-cookie')).not.toBeNull()
    clock.advance(1)
    expect((await atClients(late, { 'sec-fetch-mode': 'cors' })).status).toBe(401)
  })

  test('T2 a ticket ends with its session', async () => {
    const token = await stage.musakone.logIn('guest')
    const response = await stage.musakone.request('/api/clients/ticket', {
      token,
      json: { path: '/iris/' },
    })
    expect(response.status).toBe(201)
    const { url } = (await response.json()) as { url: string }
    await stage.musakone.request('/api/auth/logout', { method: 'POST', token })
    const entered = await atClients(url.slice(CLIENTS.length))
    expect(entered.headers.get('set-cookie')).toBeNull()
    expect(entered.headers.get('location')).toBe(`${PAGE}/login?next=%2Firis%2F`)
  })

  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/iris/../api/users',
    '/api/users',
    '/login',
    '/enter?ticket=a',
    'iris',
    '',
  ])('T2 a ticket leads nowhere else: %s', async (path) => {
    const { member: token } = stage.tokens
    const made = await stage.musakone.request('/api/clients/ticket', { token, json: { path } })
    expect(made.status).toBe(400)
    const entry = await ticketTo('/iris/')
    const ticket = new URLSearchParams(entry.split('?')[1]).get('ticket') ?? ''
    const query = new URLSearchParams({ ticket, next: path })
    const entered = await atClients(`/enter?${query}`)
    expect([entered.status, entered.headers.get('location')]).toEqual([404, null])
  })

  test('a key gets no ticket', async () => {
    const { member: token } = stage.tokens
    const made = await stage.musakone.request('/api/keys', { token, json: { name: 'program' } })
    const { key } = (await made.json()) as { key: string }
    const init = { token: key, json: { path: '/iris/' } }
    expect((await stage.musakone.request('/api/clients/ticket', init)).status).toBe(403)
  })

  test('who is not signed in gets none either, and is sent to the page’s login', async () => {
    expect((await atPage('/iris/')).headers.get('location')).toBe(`${CLIENTS}/iris/`)
    expect((await atClients('/iris/')).headers.get('location')).toBe(
      `${PAGE}/login?next=%2Firis%2F`,
    )
  })

  test('links lead by the page’s own port, which gives the ticket', async () => {
    const response = await atPage('/api/clients', cookie())
    expect(await response.json()).toMatchObject({
      origin: CLIENTS,
      clients: [{ name: 'iris', url: '/iris/' }, { name: 'stand-in' }],
    })
  })

  test('T2 its pages are refused by the page’s port', async () => {
    for (const origin of [CLIENTS, stage.musakone.clientsOrigin]) {
      const { host } = new URL(stage.musakone.origin)
      const headers = { ...cookie(), origin, host: origin === CLIENTS ? 'radio.example' : host }
      expect((await atPage('/api/auth/me', headers)).status).toBe(403)
    }
  })
})

test('events reach the sockets of both ports', async () => {
  const musakone = await startTestMusakone()
  await musakone.online()
  const headers = { authorization: `Bearer ${await musakone.logIn()}` }
  const [page, client] = await Promise.all(
    [musakone.origin, musakone.clientsOrigin].map((at) =>
      connectRpc(`${at.replace('http', 'ws')}/mopidy/ws`, { headers }),
    ),
  )
  await client?.call('core.mixer.set_volume', { volume: 34 })
  for (const socket of [page, client]) {
    expect((await socket?.nextEvent('volume_changed'))?.data).toEqual({ volume: 34 })
    await socket?.close()
  }
  await musakone.stop()
})

test('T2 who is logged in by a proxy comes along, though the proxy says nothing there', async () => {
  const stage = await setWebStage({ trustedProxies: ['127.0.0.1'], authHeader: 'remote-user' })
  const headers = { ...NAVIGATION, 'remote-user': 'member' }
  const there = await stage.musakone.request('/iris/', { redirect: 'manual', headers })
  const location = there.headers.get('location') ?? ''
  const entered = await fetch(location, { redirect: 'manual' })
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const response = await stage.musakone.requestClient('/iris/', { headers: { cookie } })
  await stage.stop()
  expect(response.status).toBe(200)
})
