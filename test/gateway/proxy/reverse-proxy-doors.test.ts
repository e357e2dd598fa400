import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Role } from '../../../src/accounts/roles/role'
import { connectRaw } from '../../support/raw-socket'
import { setWebStage, type WebStage } from './web-stage'

const ROLES: readonly Role[] = ['admin', 'member', 'guest']
const ALL = 'admin, member, guest'
const LYRICS = 'path=/The-kettle-lids-boil-lyrics&connection_id=A1B2'

describe('the doors to the web clients', () => {
  let stage: WebStage
  beforeAll(async () => {
    stage = await setWebStage({}, ['iris', 'settings', 'stand-in', 'local'])
  })
  afterAll(() => stage.stop())
  beforeEach(() => void stage.mopidy.requests.splice(0))

  const request = (path: string, init: RequestInit & { token?: string } = {}) =>
    stage.musakone.requestClient(path, { redirect: 'manual', ...init })

  test.each<[string, string, string]>([
    ['GET', '/iris/', ALL],
    ['HEAD', '/iris/', ALL],
    ['GET', '/iris/library/browse', ALL],
    ['GET', '/iris/service-worker.js', ALL],
    ['GET', '/local/', ALL],
    ['GET', '/demo/cover/x.svg', ALL],
    ['GET', `/iris/http/get_lyrics?${LYRICS}`, ALL],
    ['GET', '/iris/http/refresh_spotify_token', ALL],
    // Mopidy would be made to ask another host, or told something else than the rule has seen.
    ['GET', '/iris/http/get_lyrics?path=@10.0.0.1/&connection_id=A', 'admin'],
    ['GET', '/iris/http/get_lyrics?path=.evil.example/&connection_id=A', 'admin'],
    ['GET', `/iris/http/get_lyrics?${LYRICS}&path=@10.0.0.1/`, 'admin'],
    ['GET', '/iris/http/get_lyrics', 'admin'],
    ['POST', `/iris/http/get_lyrics?${LYRICS}`, 'admin'],
    ['GET', '/iris/http/restart', 'admin'],
    ['GET', '/iris/http/restart.js', 'admin'],
    ['GET', '/iris/h%74tp/restart.js', 'admin'],
    ['GET', '/iris/http/%72estart', 'admin'],
    ['GET', '/iris/http/upgrade', 'admin'],
    ['POST', '/iris/http/upgrade', 'admin'],
    ['GET', '/iris/http/local_scan', 'admin'],
    ['POST', '/iris/http/run_command', 'admin'],
    ['GET', '/iris/http/get_commands', 'admin'],
    ['GET', '/iris/http/', 'admin'],
    ['GET', '/iris/unheard-of', 'admin'],
    ['POST', '/iris/', 'admin'],
    ['PUT', '/iris/a.js', 'admin'],
    ['DELETE', '/iris/a.js', 'admin'],
    ['OPTIONS', '/iris/a.js', 'admin'],
    ['POST', '/local/', 'admin'],
    ['GET', '/demo/other', 'admin'],
    ['GET', '/stand-in/echo', 'admin'],
    ['GET', '/stand-in/api/volume', 'admin'],
    ['POST', '/stand-in/api.json', 'admin'],
    ['GET', '/settings/', 'admin'],
    ['GET', '/settings/a.js', 'admin'],
  ])('A12 %s %s is for %s', async (method, path, roles) => {
    const letIn: Role[] = []
    for (const role of ROLES) {
      const headers = { referer: `${stage.musakone.clientsOrigin}/iris/` }
      const response = await request(path, { method, headers, token: stage.tokens[role] })
      const count = stage.mopidy.requests.splice(0).length
      if (response.status === 200 && count === 1) letIn.push(role)
      else {
        expect([role, response.status, count]).toEqual([role, 403, 0])
        expect(response.headers.get('cache-control')).toBe('no-store')
        expect(await response.json()).toMatchObject({ error: 'forbidden' })
      }
    }
    expect(letIn.join(', ')).toBe(roles)
  })

  test.each(['TRACE', 'PROPFIND'])('no role may %s', async (method) => {
    const { status } = await request('/iris/a.js', { method, token: stage.tokens.member })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(stage.mopidy.requests).toEqual([])
  })

  describe('a page of somebody else', () => {
    const cookie = () => ({ cookie: `musakone=${stage.tokens.admin}` })
    const elsewhere = () => stage.musakone.clientsOrigin.replace(/\d+$/, '1')

    test.each<[string, () => Record<string, string>]>([
      ['by a link', () => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })],
      ['beside us', () => ({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })],
      ['by a picture, without TLS', () => ({ referer: `${elsewhere()}/` })],
      ['that hides where it is', () => ({})],
      ['by a script', () => ({ origin: elsewhere(), 'sec-fetch-site': 'same-site' })],
    ])('A9 makes nothing happen with the cookie: %s', async (_, headers) => {
      const init = { headers: { ...cookie(), ...headers() } }
      const response = await request('/iris/http/restart', init)
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: 'foreign_origin' })
      expect(stage.mopidy.requests).toEqual([])
    })

    test.each<[string, () => Record<string, string>]>([
      ['a page of ours', () => ({ 'sec-fetch-site': 'same-origin' })],
      ['the address bar', () => ({ 'sec-fetch-site': 'none' })],
      ['a page of ours without TLS', () => ({ referer: `${stage.musakone.clientsOrigin}/iris/` })],
      ['a script of ours', () => ({ origin: stage.musakone.clientsOrigin })],
    ])('but %s does', async (_, headers) => {
      const init = { headers: { ...cookie(), ...headers() } }
      expect((await request('/iris/http/restart', init)).status).toBe(200)
      expect(stage.mopidy.requests.length).toBe(1)
    })

    test('A9 sends nothing, of whatever type', async () => {
      const headers = { ...cookie(), origin: elsewhere(), 'content-type': 'text/plain' }
      const init = { method: 'POST', headers, body: '{}' }
      expect((await request('/iris/http/run_command', init)).status).toBe(403)
      expect(stage.mopidy.requests).toEqual([])
    })
  })

  test('bodies of any type pass; our own routes still want JSON', async () => {
    const { token, headers } = {
      token: stage.tokens.admin,
      headers: { origin: stage.musakone.clientsOrigin },
    }
    for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded']) {
      const init = { method: 'POST', token, headers: { ...headers, 'content-type': type } }
      const body = `{"type": "${type}"}`
      expect((await request('/stand-in/api', { ...init, body })).status).toBe(200)
      const [sent] = stage.mopidy.requests.splice(0)
      expect([sent?.body, sent?.headers.get('content-type')]).toEqual([body, type])
      expect(sent?.headers.get('content-length')).toBe(String(body.length))
    }
    const login = { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' } }
    const own = { ...login, headers: { 'content-type': 'text/plain' }, body: '{}' }
    expect((await stage.musakone.request('/api/auth/login', own)).status).toBe(415)
    expect((await request('/mopidy/rpc', { ...login, token, body: '{}' })).status).toBe(415)
  })

  describe('an address that means something else further on', () => {
    /** The status that a request line gets, byte by byte as it is written here. */
    async function statusOf(target: string, host = '127.0.0.1'): Promise<number> {
      const client = connectRaw(Number(new URL(stage.musakone.clientsOrigin).port))
      const lines = [
        `GET ${target} HTTP/1.1`,
        `Host: ${host}`,
        `Authorization: Bearer ${stage.tokens.admin}`,
        'Connection: close',
      ]
      client.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
      const { status } = await client.head()
      client.close()
      return status
    }

    test.each([
      '/iris/..%2fmopidy/rpc',
      '/iris/%2e%2e%2fmopidy%2frpc',
      '/iris/..%252f..%252fetc/passwd',
      '/iris/%252e%252e/x.js',
      '/iris/%25252e%25252e/x.js',
      '/iris/a%2fb.js',
      '/iris/a%252fb.js',
      '/iris/..%5c..%5cx.js',
      '/iris/%5cx.js',
      '/iris/a%00.js',
      '/iris/a%2500.js',
      '/iris/a%0d%0aX-Injected:%201/b.js',
      '/iris/%0a.js',
      '/iris/a%7f.js',
      '/iris/.git/config.json',
      '/iris/.htaccess.js',
      '/iris/%2egit/a.js',
      '/iris/...//a.js',
      '/iris//a.js',
      '/iris//evil.example/a.js',
      '//evil.example/iris/a.js',
      '//iris/a.js',
      '/iris/a%.js',
      '/iris/a%zz.js',
      '/iris/%ff/%252e%252e/a.js',
      '/%69ris/a.js',
      '/iris%2f/a.js',
      '/iris;/a.js',
      '/@evil.example/a.js',
      '/http://evil.example/a.js',
      '/iris/a.js#b',
      '/mopidy/ws/a.js',
      '/mopidy/%77s',
      '/mopidy/.css',
    ])('A11 is 404 and stays here: %s', async (target) => {
      expect(await statusOf(target)).toBe(404)
      expect(stage.mopidy.requests).toEqual([])
    })

    test.each(['/iris/../mopidy/rpc', '/iris/%2e%2e/mopidy/rpc', '/iris/.%2e/mopidy/ws'])(
      'A11 is ours once its dots are walked, and stays ours: %s',
      async (target) => {
        expect([404, 426]).toContain(await statusOf(target))
        expect(stage.mopidy.requests).toEqual([])
      },
    )

    test.each(['/iris/a\0.js', '/iris/a b.js', 'iris/a.js', '*', ':80/iris/', '.evil/iris/'])(
      'A11 is no address: %j',
      async (target) => {
        expect([400, 505]).toContain(await statusOf(target))
        expect(stage.mopidy.requests).toEqual([])
      },
    )
  })

  test('A16 nothing that one can send makes it ask another address', async () => {
    let hits = 0
    const other = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch() {
        hits += 1
        return new Response('other')
      },
    })
    const host = `127.0.0.1:${other.port}`
    const before = process.env.HTTP_PROXY
    // A proxy for the world outside sees nothing of what is said to Mopidy.
    process.env.HTTP_PROXY = `http://${host}`
    const { origin, clientsOrigin } = stage.musakone
    const send = async (
      target: string,
      name: string,
      extra: readonly string[] = [],
      at = clientsOrigin,
    ) => {
      const client = connectRaw(Number(new URL(at).port))
      const lines = [`GET ${target} HTTP/1.1`, `Host: ${name}`, ...extra]
      const token = `Authorization: Bearer ${stage.tokens.admin}`
      client.write(Buffer.from(`${[...lines, token, 'Connection: close'].join('\r\n')}\r\n\r\n`))
      const { status } = await client.head()
      client.close()
      return status
    }
    stage.mopidy.answers(
      '/stand-in/away.html',
      () => new Response(null, { status: 302, headers: { location: `http://${host}/` } }),
    )
    const statuses = [
      // The absolute form is read as the path in it (RFC 9112, 3.2.2): one of Mopidy's, or none.
      await send(`http://${host}/iris/`, '127.0.0.1'),
      await send(`http://${host}/secret`, '127.0.0.1'),
      await send(`http://${host}/`, '127.0.0.1', [], origin),
      await send('/iris/', host),
      await send(`//${host}/iris/a.js`, '127.0.0.1'),
      await send(`/iris/@${host}/a.js`, '127.0.0.1'),
      await send(`/iris/a.js?url=http://${host}/`, '127.0.0.1'),
      await send('/iris/', '127.0.0.1', [`X-Forwarded-Host: ${host}`, `Forwarded: host=${host}`]),
      await send('/iris/', '127.0.0.1', [`X-Original-URL: http://${host}/`]),
      await send('/stand-in/away.html', '127.0.0.1'),
      await send(`http://${host}/iris/ws`, '127.0.0.1', [
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]),
    ]
    if (before === undefined) delete process.env.HTTP_PROXY
    else process.env.HTTP_PROXY = before
    await other.stop(true)
    expect(hits).toBe(0)
    expect(statuses).toEqual([200, 404, 200, 200, 404, 200, 200, 200, 200, 302, 101])
    // Those that were answered were answered by Mopidy.
    expect(stage.mopidy.requests.length).toBe(7)
  })
})
