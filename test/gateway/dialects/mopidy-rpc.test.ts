import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connectRpc } from '../../support/rpc-client'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'

describe("Mopidy's own addresses", () => {
  let musakone: TestMusakone
  let token: string
  beforeAll(async () => {
    musakone = await startTestMusakone()
    await musakone.online()
    token = await musakone.logIn()
  })
  afterAll(() => musakone.stop())

  const rpc = (body: string, headers: Record<string, string> = {}) =>
    musakone.request('/mopidy/rpc', {
      token,
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })

  test('/mopidy/rpc answers a request with its id untouched and the headers of Mopidy', async () => {
    const response = await rpc(
      '{"jsonrpc":"2.0","id":12345678901234567890,"method":"core.get_version"}',
    )
    expect(await response.text()).toBe(
      '{"jsonrpc":"2.0","id":12345678901234567890,"result":"3.4.1"}',
    )
    expect(response.headers.get('x-mopidy-version')).toBe('3.4.1')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('content-type')).toBe('application/json; utf-8')
  })

  test('/mopidy/rpc answers batches, and notifications with nothing', async () => {
    const notification = '{"jsonrpc":"2.0","method":"core.mixer.set_volume","params":[31]}'
    expect(await (await rpc(notification)).text()).toBe('')
    const read = '{"jsonrpc":"2.0","id":null,"method":"core.mixer.get_volume"}'
    expect(await (await rpc(`[${notification},${read}]`)).text()).toBe(
      '[{"jsonrpc":"2.0","id":null,"result":31}]',
    )
    expect(await (await rpc(`[${notification}]`)).text()).toBe('')
    expect(await (await rpc('')).text()).toBe('')
    expect(await (await rpc('{')).json()).toMatchObject({ id: null, error: { code: -32700 } })
  })

  test('/mopidy/rpc takes Basic with a token as the password', async () => {
    const basic = `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}`
    const init = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"core.get_version"}' }
    const headers = { 'content-type': 'application/json', authorization: basic }
    const response = await musakone.request('/mopidy/rpc', { ...init, headers })
    expect(await response.json()).toMatchObject({ id: 1, result: '3.4.1' })
    headers.authorization = `Basic ${Buffer.from('admin:wrong').toString('base64')}`
    expect((await musakone.request('/mopidy/rpc', { ...init, headers })).status).toBe(401)
  })

  test('/mopidy/rpc refuses strangers, other sites and other kinds of body', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"core.playback.play"}'
    const typed = { 'content-type': 'application/json' }
    const bare = await musakone.request('/mopidy/rpc', { method: 'POST', body, headers: typed })
    expect(bare.status).toBe(401)
    expect((await rpc(body, { origin: 'http://elsewhere.example' })).status).toBe(403)
    expect((await rpc(body, { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('HEAD and OPTIONS are answered as Mopidy does', async () => {
    const head = await musakone.request('/mopidy/rpc', { method: 'HEAD' })
    expect([head.status, head.headers.get('x-mopidy-version')]).toEqual([200, '3.4.1'])
    const ask = (origin?: string) =>
      musakone.request('/mopidy/rpc', {
        method: 'OPTIONS',
        ...(origin !== undefined && { headers: { origin } }),
      })
    const own = await ask(musakone.origin)
    expect(own.status).toBe(204)
    expect(own.headers.get('access-control-allow-origin')).toBe(musakone.origin)
    expect((await ask('http://elsewhere.example')).status).toBe(403)
    expect((await ask()).status).toBe(403)
  })

  test.each(['/mopidy/ws', '/mopidy/ws/'])(
    '%s speaks JSON-RPC from the start, events included, and never lets a stranger in',
    async (path) => {
      const address = `${musakone.origin.replace('http', 'ws')}${path}`
      const listener = await connectRpc(`${address}?token=${token}`)
      const client = await connectRpc(address, { headers: { authorization: `Bearer ${token}` } })
      expect(await client.call<boolean>('core.mixer.set_volume', [57])).toBe(true)
      expect((await listener.nextEvent('volume_changed')).data).toEqual({ volume: 57 })
      for (const url of [address, `${address}?token=bad`])
        expect(await connectRpc(url).catch(() => 'refused')).toBe('refused')
      const upgrade = { connection: 'upgrade', upgrade: 'websocket' }
      expect((await fetch(`${musakone.origin}${path}`, { headers: upgrade })).status).toBe(401)
      await Promise.all([client.close(), listener.close()])
    },
  )

  test('core.describe is answered from memory while Mopidy is away', async () => {
    musakone.demo?.faults.refuse(true)
    const away = async () => {
      const response = await rpc('{"jsonrpc":"2.0","id":0,"method":"core.get_version"}')
      return ((await response.json()) as { error?: { code: number } }).error?.code
    }
    while ((await away()) !== -32000) await Bun.sleep(5)
    const response = await rpc('{"jsonrpc":"2.0","id":0,"method":"core.describe"}')
    const { result } = (await response.json()) as { result: object }
    expect(Object.keys(result)).toHaveLength(62)
    musakone.demo?.faults.refuse(false)
    await musakone.online()
  })
})
