import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { connectRaw } from '../../support/raw-socket'
import { setWebStage, type WebStage } from './web-stage'

const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: '*/*' }
const OLD_BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the web clients of Mopidy', () => {
  let stage: WebStage
  let token: string
  beforeAll(async () => {
    stage = await setWebStage()
    token = stage.tokens.guest
  })
  afterAll(() => stage.stop())
  beforeEach(() => void stage.mopidy.requests.splice(0))

  const get = (path: string, init: RequestInit & { token?: string } = {}) =>
    stage.musakone.requestClient(path, { redirect: 'manual', ...init })

  /** What Mopidy was asked for last. */
  function asked() {
    const request = stage.mopidy.requests.at(-1)
    if (request === undefined) throw new Error('Mopidy was not asked')
    return request
  }

  describe('for who is signed in', () => {
    test.each([
      '/iris/',
      '/iris',
      '/iris/?x=1&y=a%20b',
      '/iris/assets/app.3f2a.js',
      '/iris/queue',
      '/iris/album/local%3Aalbum%3Amd5:0c6b',
      '/stand-in/',
      '/stand-in/icons/a.png',
      '/local/2b40b9355fdeec3a-1x1.png',
      '/images/cover.jpeg',
      '/demo/cover/a-long-night.svg',
      '/mopidy/mopidy.css',
    ])('are where Mopidy has them: %s', async (path) => {
      const response = await get(path, { token })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(`this is ${path.split('?')[0]}`)
      expect(asked()).toMatchObject({ method: 'GET', path })
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    })

    test('are reached with the cookie too', async () => {
      const headers = { cookie: `musakone=${token}` }
      expect((await get('/iris/', { headers })).status).toBe(200)
    })

    test.each(['/nope/', '/nope', '/nope/a.js', '/iris.css', '/constructor/', '/IRIS/'])(
      'are all that there is: %s is 404',
      async (path) => {
        const response = await get(path, { token })
        expect(response.status).toBe(404)
        expect(await response.json()).toMatchObject({ error: 'not_found' })
        expect(stage.mopidy.requests).toEqual([])
      },
    )

    test.each(['/api/nope', '/ws/x.js', '/health/x.css', '/login/nope.js', '/mopidy/rpc/x.js'])(
      'leave our own addresses alone: %s is 404',
      async (path) => {
        expect((await get(path, { token })).status).toBe(404)
        expect(stage.mopidy.requests).toEqual([])
      },
    )

    test("do not take Mopidy's own socket and calls with them", async () => {
      expect((await get('/mopidy/ws', { token })).status).toBe(426)
      expect((await get('/mopidy/ws/', { token })).status).toBe(426)
      expect((await get('/mopidy/rpc', { token })).status).toBe(404)
      expect(stage.mopidy.requests).toEqual([])
    })
  })

  describe('for who is not', () => {
    test.each<[string, Record<string, string>]>([
      ['a page of a browser', NAVIGATION],
      ['a page of a browser without TLS', OLD_BROWSER],
    ])('are behind the login page: %s', async (_, headers) => {
      const response = await get('/iris/queue?a=b&token=secret', { headers })
      expect(response.status).toBe(302)
      expect(response.headers.get('location')).toBe(
        `${stage.musakone.origin}/login?next=%2Firis%2Fqueue%3Fa%3Db`,
      )
      expect(response.headers.get('cache-control')).toBe('no-store')
    })

    test.each<[string, string, RequestInit]>([
      ['an asset', '/iris/assets/app.js', {}],
      ['art', '/local/a.png', { headers: { accept: 'image/*' } }],
      ['a script of a page', '/iris/', { headers: { ...OLD_BROWSER, 'sec-fetch-mode': 'cors' } }],
      ['a frame', '/iris/', { headers: { ...NAVIGATION, 'sec-fetch-dest': 'iframe' } }],
      ['an asset that says it is text', '/iris/a.js', { headers: { 'sec-fetch-dest': 'script' } }],
      ['a form', '/iris/', { method: 'POST', headers: OLD_BROWSER }],
      ['a bad token', '/iris/', { headers: { authorization: 'Bearer nonsense' } }],
      ['a token in the query', '/iris/a.js?token=TOKEN', {}],
    ])('are 401, not to be kept: %s', async (_, path, init) => {
      const response = await get(path.replace('TOKEN', token), init)
      expect(response.status).toBe(401)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('content-type')).toStartWith('application/json')
      expect(await response.json()).toMatchObject({ error: 'unauthorized' })
    })

    test('are not to be told from nothing by asking Mopidy', async () => {
      for (const headers of [NAVIGATION, OLD_BROWSER, {}]) {
        expect((await get('/nope/', { headers })).status).toBe(404)
        await get('/iris/', { headers })
      }
      expect(stage.mopidy.requests).toEqual([])
    })
  })

  describe('what Mopidy hears of a request', () => {
    test('A14 is never the token', async () => {
      const headers = {
        authorization: `Bearer ${token}`,
        cookie: `a=b; musakone=${token}; c="d;e"; MUSAKONE=${token}`,
        referer: `${stage.musakone.clientsOrigin}/iris/?token=${token}`,
        'proxy-authorization': token,
      }
      await get(`/iris/?x=1&token=${token}&%74oken=${token}&y`, { headers })
      const { path, headers: sent } = asked()
      expect(path).toBe('/iris/?x=1&y')
      expect(JSON.stringify([...sent])).not.toContain(token.slice(-20))
      expect(sent.get('cookie')).toBe('a=b; c="d; e"')
      expect(sent.get('referer')).toBe(`${stage.mopidy.origin}/iris/`)
      expect(sent.has('authorization')).toBe(false)
    })

    test('is whom it comes from, whatever it says itself', async () => {
      const headers = {
        'x-forwarded-for': '10.9.8.7',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-real-ip': '10.9.8.7',
        forwarded: 'for=10.9.8.7',
        origin: stage.musakone.clientsOrigin,
        referer: 'http://evil.example/secret',
      }
      await get('/iris/', { token, headers })
      const { headers: sent } = asked()
      expect(sent.get('host')).toBe(new URL(stage.mopidy.origin).host)
      expect(sent.get('x-forwarded-for')).toBe('127.0.0.1')
      expect(sent.get('x-forwarded-proto')).toBe('http')
      expect(sent.get('x-forwarded-host')).toBe(new URL(stage.musakone.clientsOrigin).host)
      for (const name of ['origin', 'referer', 'forwarded', 'x-real-ip'])
        expect([name, sent.get(name)]).toEqual([name, null])
    })

    test('is nothing that a proxy says of who has logged in there', async () => {
      const own = await setWebStage({ trustedProxies: ['127.0.0.1'], authHeader: 'x-radio-user' })
      const names = ['x-radio-user', 'remote-user', 'remote-groups', 'x-forwarded-user']
      const others = ['x-auth-request-email', 'cf-access-jwt-assertion', 'x-forwarded-port']
      const headers = Object.fromEntries([...names, ...others].map((name) => [name, 'member']))
      const { status } = await own.musakone.requestClient('/iris/', { headers, redirect: 'manual' })
      const sent = own.mopidy.requests.at(-1)?.headers
      await own.stop()
      expect(status).toBe(200)
      for (const name of [...names, ...others])
        expect([name, sent?.get(name)]).toEqual([name, null])
    })

    test('has nothing that is meant for one connection only', async () => {
      const client = connectRaw(Number(new URL(stage.musakone.clientsOrigin).port))
      client.write(
        Buffer.from(
          [
            'GET /iris/ HTTP/1.1',
            'Host: 127.0.0.1',
            `Authorization: Bearer ${token}`,
            'Connection: close, X-Secret',
            'X-Secret: 1',
            'X-Kept: 2',
            'Keep-Alive: timeout=5',
            'TE: trailers',
            'Trailer: x',
            'Upgrade: h2c',
            'Proxy-Connection: keep-alive',
            '',
            '',
          ].join('\r\n'),
        ),
      )
      expect((await client.head()).status).toBe(200)
      client.close()
      const { headers: sent } = asked()
      expect(sent.get('x-kept')).toBe('2')
      const names = ['x-secret', 'keep-alive', 'te', 'trailer', 'upgrade', 'proxy-connection']
      for (const name of [...names, 'expect']) expect([name, sent.get(name)]).toEqual([name, null])
      // Nothing was said of encodings; then none is welcome.
      expect(sent.get('accept-encoding')).toBe('identity')
    })
  })

  describe('what the client hears of the answer', () => {
    test('is as Mopidy said it, but for what is not its to say', async () => {
      stage.mopidy.answers('/stand-in/a.js', () => {
        const headers = new Headers({
          etag: '"1"',
          'cache-control': 'max-age=60',
          'content-type': 'text/javascript',
          'x-other': 'kept',
          'keep-alive': 'timeout=5',
          'proxy-authenticate': 'Basic',
          'clear-site-data': '"cookies"',
          'service-worker-allowed': '/',
          nel: '{"report_to":"evil","max_age":31536000}',
          'report-to': '{"group":"evil","max_age":1,"endpoints":[{"url":"https://evil.example"}]}',
          'reporting-endpoints': 'evil="https://evil.example"',
          'accept-ch': 'Sec-CH-UA-Model',
          'critical-ch': 'Sec-CH-UA-Model',
          'expect-ct': 'max-age=1',
          'public-key-pins': 'max-age=1',
          'x-content-type-options': 'other',
        })
        for (const cookie of ['musakone=stolen; Path=/', 'theme=dark', ' Musakone =x'])
          headers.append('set-cookie', cookie)
        return new Response('1', { headers })
      })
      const { headers } = await get('/stand-in/a.js', { token })
      expect(headers.get('etag')).toBe('"1"')
      expect(headers.get('cache-control')).toBe('max-age=60')
      expect(headers.get('x-other')).toBe('kept')
      expect(headers.getSetCookie()).toEqual(['theme=dark'])
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      const others = ['proxy-authenticate', 'keep-alive', 'clear-site-data']
      const reports = ['nel', 'report-to', 'reporting-endpoints', 'expect-ct', 'public-key-pins']
      const hints = ['accept-ch', 'critical-ch', 'service-worker-allowed']
      for (const name of [...others, ...reports, ...hints])
        expect([name, headers.get(name)]).toEqual([name, null])
    })

    test.each([
      ['MOPIDY/iris/?a#b', '/iris/?a#b'],
      ['MOPIDY//evil.example/', '/evil.example/'],
      ['/iris/', '/iris/'],
      ['other', 'other'],
      ['https://evil.example/', 'https://evil.example/'],
    ])('leads not to where only we may go: %s', async (location, expected) => {
      const to = location.replace('MOPIDY', stage.mopidy.origin)
      stage.mopidy.answers(
        '/stand-in/moved.html',
        () => new Response(null, { status: 302, headers: { location: to } }),
      )
      const response = await get('/stand-in/moved.html', { token })
      expect([response.status, response.headers.get('location')]).toEqual([302, expected])
    })

    test('a 401 of its own is not to be kept', async () => {
      stage.mopidy.answers('/stand-in/b.js', () => new Response('no', { status: 401 }))
      const response = await get('/stand-in/b.js', { token })
      expect(response.status).toBe(401)
      expect(response.headers.get('cache-control')).toBe('no-store')
    })

    test('an encoding stays', async () => {
      const packed = Bun.gzipSync('a song '.repeat(100))
      const headers = { 'content-encoding': 'gzip', 'content-type': 'text/css' }
      stage.mopidy.answers('/stand-in/a.css', () => new Response(packed, { headers }))
      const init = { token, decompress: false, headers: { 'accept-encoding': 'gzip' } }
      const response = await get('/stand-in/a.css', init)
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(packed))
    })

    test('part of a file, the head of it, and nothing new', async () => {
      stage.mopidy.answers('/stand-in/a.ogg', ({ headers, method }) => {
        if (headers.get('if-none-match') === '"1"')
          return new Response(null, { status: 304, headers: { etag: '"1"' } })
        if (method === 'HEAD') return new Response(null, { headers: { 'content-length': '1234' } })
        const range = { 'content-range': 'bytes 0-2/10', 'accept-ranges': 'bytes' }
        return new Response('abc', { status: 206, headers: range })
      })
      const part = await get('/stand-in/a.ogg', { token, headers: { range: 'bytes=0-2' } })
      expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 0-2/10'])
      expect(asked().headers.get('range')).toBe('bytes=0-2')
      expect(await part.text()).toBe('abc')
      const head = await get('/stand-in/a.ogg', { token, method: 'HEAD' })
      expect([head.status, head.headers.get('content-length')]).toEqual([200, '1234'])
      expect(asked().method).toBe('HEAD')
      const headers = { 'if-none-match': '"1"' }
      const same = await get('/stand-in/a.ogg', { token, headers })
      expect([same.status, same.headers.get('etag')]).toEqual([304, '"1"'])
    })
  })
})
