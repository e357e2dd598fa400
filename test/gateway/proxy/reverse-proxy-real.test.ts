import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/executable'
import { hasRealMopidy, type RealMopidy, startRealMopidy } from '../../support/real-mopidy'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { connectWeb } from './web-socket'
import { type Tokens, tokensOf } from './web-stage'

/** A folder of Python with an extension that brings two web clients. */
const STAND_INS = join(import.meta.dir, 'stand-in-clients')

type Echo = { method: string; uri: string; headers: [string, string][]; body: string }

describe.skipIf(!hasRealMopidy())('the web clients of a real Mopidy', () => {
  let mopidy: RealMopidy
  let musakone: TestMusakone
  let tokens: Tokens
  beforeAll(async () => {
    const environment = { PYTHONPATH: STAND_INS, PYTHONDONTWRITEBYTECODE: '1' }
    mopidy = await startRealMopidy({ environment })
    const databasePath = join(temporaryFolder(), 'musakone.db')
    const limits = { proxy: { headersMs: 1_000 } }
    musakone = await startTestMusakone({ mopidyUrl: mopidy.url, databasePath, limits })
    await musakone.online()
    tokens = await tokensOf(musakone, databasePath)
  })
  afterAll(async () => {
    await musakone?.stop()
    await mopidy?.stop()
  })

  const get = (path: string, init: RequestInit & { token?: string } = {}) =>
    musakone.requestClient(path, { token: tokens.guest, redirect: 'manual', ...init })
  const socketUrl = (path: string) => musakone.clientsOrigin.replace('http', 'ws') + path
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  const counts = async () =>
    (await (await get('/stand-in/streams', { token: tokens.admin })).json()) as {
      open: number
      sockets: number
      closed_with: number | null
    }

  test('are listed', async () => {
    const response = await musakone.request('/api/clients', { token: tokens.guest })
    const { clients } = (await response.json()) as { clients: unknown }
    expect(clients).toEqual([
      { name: 'iris', path: '/iris/', url: `${musakone.clientsOrigin}/iris/` },
      { name: 'stand-in', path: '/stand-in/', url: `${musakone.clientsOrigin}/stand-in/` },
    ])
  })

  test('a page, its script, and what has not changed since', async () => {
    const page = await get('/stand-in/')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await page.text()).toContain('<script src="app.js">')
    const script = await get('/stand-in/app.js')
    expect(await script.text()).toContain('Stand-in, started')
    const etag = script.headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    const again = await get('/stand-in/app.js', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const part = await get('/stand-in/app.js', { headers: { range: 'bytes=0-7' } })
    expect([part.status, await part.text()]).toEqual([206, 'document'])
    const head = await get('/stand-in/app.js', { method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe('37')
    expect((await get('/stand-in/none.js')).status).toBe(404)
  })

  test('the slash of a client, a deep link, and a move to its own address', async () => {
    expect((await get('/stand-in')).headers.get('location')).toBe('/stand-in/')
    expect((await get('/iris/queue')).status).toBe(200)
    const moved = await get('/stand-in/moved', { token: tokens.admin })
    expect([moved.status, moved.headers.get('location')]).toEqual([302, '/stand-in/?x=1'])
  })

  test("Mopidy's own page, and the art of mopidy-local", async () => {
    expect(await (await get('/mopidy/')).text()).toContain('mopidy.css')
    expect((await get('/mopidy/mopidy.css')).headers.get('content-type')).toStartWith('text/css')
    const list = await (await get('/local/')).text()
    const image = /<img src="([^"]+)"/.exec(list)?.[1]
    const art = await get(`/local/${image}`)
    expect([art.status, art.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(
      Buffer.from(await art.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  })

  test('A14 hear who asks, and not the token', async () => {
    const headers = {
      cookie: `a=b; musakone=${tokens.guest}`,
      origin: musakone.clientsOrigin,
      referer: `${musakone.clientsOrigin}/stand-in/?token=${tokens.guest}`,
      'x-forwarded-for': '10.9.8.7',
    }
    const response = await get(`/stand-in/echo.json?a=1&token=${tokens.guest}`, { headers })
    expect(response.headers.getSetCookie()).toEqual(['theme=dark; Path=/'])
    const echo = (await response.json()) as Echo
    const sent = new Headers(echo.headers)
    expect(echo.uri).toBe('/stand-in/echo.json?a=1')
    expect(JSON.stringify(echo)).not.toContain(tokens.guest.slice(-20))
    expect(sent.get('cookie')).toBe('a=b')
    expect(sent.get('host')).toBe(`127.0.0.1:${mopidy.port}`)
    expect(sent.get('x-forwarded-for')).toBe('127.0.0.1')
    expect(sent.get('x-forwarded-host')).toBe(new URL(musakone.clientsOrigin).host)
    expect(sent.has('origin')).toBe(false)
    expect(mopidy.log()).not.toContain(tokens.guest.slice(-20))
  })

  test('a body goes in as it is', async () => {
    const init = { method: 'POST', token: tokens.admin, body: 'a song, a song' }
    const headers = { 'content-type': 'text/plain' }
    const echo = (await (await get('/stand-in/echo', { ...init, headers })).json()) as Echo
    expect(echo).toMatchObject({ method: 'POST', body: 'a song, a song' })
  })

  test('what they act with is closed to members, and open to admins', async () => {
    for (const path of ['/iris/http/restart', '/stand-in/echo', '/stand-in/stream']) {
      const response = await get(path, { token: tokens.member })
      expect([path, response.status]).toEqual([path, 403])
    }
    expect((await get('/iris/http/restart', { token: tokens.admin })).status).toBe(200)
    expect((await get('/iris/http/refresh_spotify_token')).status).toBe(200)
  })

  test('for strangers are a login page and 401', async () => {
    const page = await musakone.requestClient('/iris/', {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    })
    expect([page.status, page.headers.get('location')]).toEqual([
      302,
      `${musakone.origin}/login?next=%2Firis%2F`,
    ])
    expect((await musakone.requestClient('/stand-in/app.js')).status).toBe(401)
  })

  test('a stream comes piece by piece, and ends at Mopidy when it is left', async () => {
    const leaving = new AbortController()
    const init = { token: tokens.admin, signal: leaving.signal }
    const response = await get('/stand-in/stream', init)
    const reader = response.body?.getReader()
    let text = ''
    while (!text.includes('3\n')) text += new TextDecoder().decode((await reader?.read())?.value)
    expect(text).toStartWith('0\n1\n')
    expect((await counts()).open).toBe(1)
    leaving.abort()
    await until(async () => (await counts()).open === 0, 'the stream to end')
  })

  test('no answer in time is 504, and Mopidy is let go', async () => {
    const response = await get('/stand-in/never', { token: tokens.admin })
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ error: 'mopidy_timeout' })
  })

  test('a socket is joined to its own', async () => {
    const client = await connectWeb(socketUrl('/stand-in/ws'), {
      ...bearer(tokens.admin),
      protocols: ['one', 'two'],
    })
    expect(client.socket.protocol).toBe('one')
    const { headers } = JSON.parse(String(await client.next())) as { headers: object }
    expect(JSON.stringify(headers)).not.toContain(tokens.admin.slice(-20))
    client.send('hello')
    expect(await client.next()).toBe('hello')
    client.send(Buffer.from([1, 0, 255]))
    expect(await client.next()).toEqual(Buffer.from([1, 0, 255]))
    client.send('close')
    expect(await client.closed).toEqual({ code: 4321, reason: 'as asked' })
    const other = await connectWeb(socketUrl('/stand-in/ws'), bearer(tokens.admin))
    other.socket.close(4000, 'enough')
    await until(async () => (await counts()).sockets === 0, 'its end to be closed')
    expect((await counts()).closed_with).toBe(4000)
  })

  test('C3 a socket closes with its session, on both sides', async () => {
    const token = await musakone.logIn()
    const client = await connectWeb(socketUrl('/stand-in/ws'), bearer(token))
    expect((await counts()).sockets).toBe(1)
    const endedAt = performance.now()
    await musakone.request('/api/auth/logout', { method: 'POST', token })
    expect((await client.closed).code).toBe(4401)
    expect(performance.now() - endedAt).toBeLessThan(2_000)
    await until(async () => (await counts()).sockets === 0, 'its end to be closed')
  })

  test("a member's calls over Iris's socket are sifted", async () => {
    const client = await connectWeb(socketUrl('/iris/ws/'), bearer(tokens.member))
    expect(JSON.parse(String(await client.next()))).toMatchObject({ method: 'connection_added' })
    client.send({ jsonrpc: '2.0', id: 'a', method: 'restart' })
    expect(JSON.parse(String(await client.next()))).toMatchObject({ error: { code: -32002 } })
    client.send({ jsonrpc: '2.0', id: 'b', method: 'get_config', params: { connection_id: 'X' } })
    expect(JSON.parse(String(await client.next()))).toEqual({
      jsonrpc: '2.0',
      id: 'b',
      result: { jsonrpc: '2.0', id: 'b', method: 'get_config', params: {} },
    })
    client.socket.close()
    await client.closed
  })

  test('C5 a socket whose Mopidy does not listen is closed past 1 MiB', async () => {
    const client = await connectWeb(socketUrl('/stand-in/ws'), bearer(tokens.admin))
    await client.next()
    mopidy.freeze()
    const frame = 'x'.repeat(64 * 1024)
    let ending: number | undefined
    void client.closed.then(({ code }) => {
      ending = code
    })
    await until(async () => {
      if (client.socket.bufferedAmount === 0) client.send(frame)
      await Bun.sleep(1)
      return ending !== undefined
    }, 'the socket to be closed')
    mopidy.thaw()
    expect(ending).toBe(1013)
    await until(async () => (await counts()).sockets === 0, 'its end to be closed')
  })
})
