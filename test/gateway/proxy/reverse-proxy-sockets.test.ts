import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import type { Role } from '../../../src/accounts/roles/role'
import { remember } from '../../support/aftermath'
import { connectRaw, upgradeRequest } from '../../support/raw-socket'
import { fixedClock, until } from '../../support/test-musakone'
import { connectWeb, type WebSocketClient } from './web-socket'
import { setWebStage, type WebStage } from './web-stage'

const SESSION_MS = 30 * 86_400_000
const KB = 1024

describe('the sockets of web clients', () => {
  let stage: WebStage
  let clock: ReturnType<typeof fixedClock>
  let checkAftermath: () => Promise<void>
  const opened: WebSocketClient[] = []
  beforeAll(async () => {
    clock = fixedClock()
    const limits = { proxy: { sweepMs: 20, headersMs: 2_000, mostSocketsPerSession: 4 } }
    stage = await setWebStage({ clock, limits })
    const socket = await open('/stand-in/ws')
    socket.socket.close()
    await socket.closed
  })
  afterAll(() => stage.stop())
  beforeEach(async () => {
    stage.mopidy.heard.splice(0)
    stage.mopidy.closes.splice(0)
    checkAftermath = await remember(stage.musakone, { idleConnections: 8 })
  })
  afterEach(async () => {
    for (const { socket } of opened.splice(0)) socket.terminate()
    await until(() => stage.musakone.services.proxy.open() === 0, 'nothing to be open')
    await until(() => stage.mopidy.sockets().length === 0, 'Mopidy to have no socket')
    await checkAftermath()
  })

  const bearer = (role: Role, tokens = stage.tokens) => ({
    authorization: `Bearer ${tokens[role]}`,
  })
  const url = (path: string) => stage.musakone.clientsOrigin.replace('http', 'ws') + path

  async function open(path: string, role: Role = 'admin', protocols: string[] = []) {
    const client = await connectWeb(url(path), { headers: bearer(role), protocols })
    opened.push(client)
    return client
  }

  /** The status that an upgrade gets. */
  async function refusal(path: string, headers: Record<string, string>): Promise<number> {
    const client = connectRaw(Number(new URL(stage.musakone.clientsOrigin).port))
    client.write(upgradeRequest(path, headers))
    const { status } = await client.head()
    client.close()
    return status
  }

  test('text and bytes pass both ways as they are', async () => {
    const client = await open('/stand-in/ws')
    const long = 'é'.repeat(20 * KB)
    for (const frame of ['hello', '', '{"not": "read"}', long]) {
      client.send(frame)
      expect(await client.next()).toBe(frame)
    }
    const bytes = Buffer.from([0, 255, 10])
    client.send(bytes)
    expect(await client.next()).toEqual(bytes)
    expect(stage.mopidy.heard.slice(0, 3)).toEqual(['hello', '', '{"not": "read"}'])
    client.socket.close()
    await client.closed
  })

  test('what Mopidy says at once is not lost', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const client = await open('/stand-in/ws/greeting')
      expect(await client.next()).toBe('greeting')
      client.socket.close()
      await client.closed
    }
  })

  test('a protocol is chosen by Mopidy', async () => {
    const client = await open('/stand-in/ws', 'admin', ['first', 'second'])
    expect(client.socket.protocol).toBe('first')
    client.socket.close()
    const plain = await open('/stand-in/ws')
    expect(plain.socket.protocol).toBe('')
    plain.socket.close()
    await Promise.all([client.closed, plain.closed])
  })

  test('A14 Mopidy never hears the token', async () => {
    const { admin } = stage.tokens
    const headers = { cookie: `a=b; musakone=${admin}`, origin: stage.musakone.clientsOrigin }
    const client = await connectWeb(url(`/stand-in/ws?token=${admin}&x=1`), { headers })
    const sent = stage.mopidy.sockets()[0]?.data.headers
    expect(sent?.get('cookie')).toBe('a=b')
    expect(sent?.has('origin')).toBe(false)
    expect(sent?.get('x-forwarded-for')).toBe('127.0.0.1')
    expect(sent?.get('host')).toBe(new URL(stage.mopidy.origin).host)
    expect(JSON.stringify([...(sent ?? [])])).not.toContain(admin.slice(-20))
    client.socket.close()
    await client.closed
  })

  test.each([
    [1000, 'done'],
    [4321, 'a reason'],
  ])('a close passes from the client: %i', async (code, reason) => {
    const client = await open('/stand-in/ws')
    client.socket.close(code, reason)
    await until(() => stage.mopidy.closes.length > 0, 'the close')
    expect(stage.mopidy.closes).toEqual([{ path: '/stand-in/ws', code, reason }])
    await client.closed
  })

  test.each([
    [1000, 'done'],
    [1011, 'broken'],
    [4321, 'a reason'],
  ])('a close passes from Mopidy: %i', async (code, reason) => {
    const client = await open('/stand-in/ws')
    stage.mopidy.sockets()[0]?.close(code, reason)
    expect(await client.closed).toEqual({ code, reason })
  })

  test('an end without a close is told to the other side', async () => {
    const [mine, other] = [await open('/stand-in/ws'), await open('/stand-in/ws')]
    stage.mopidy.sockets()[0]?.terminate()
    expect((await mine.closed).code).toBe(1014)
    other.socket.terminate()
    await until(() => stage.mopidy.closes.length === 2, 'the close')
  })

  test('C7 a frame over 2 MiB is refused with 1009', async () => {
    const client = await open('/stand-in/ws')
    client.send('x'.repeat(2_048 * KB + 1))
    expect((await client.closed).code).toBe(1009)
    expect(stage.mopidy.heard).toEqual([])
  })

  test('C5 a client that does not listen is closed past 1 MiB', async () => {
    const client = connectRaw(Number(new URL(stage.musakone.clientsOrigin).port))
    client.write(upgradeRequest('/stand-in/ws', bearer('admin')))
    await client.head()
    client.pause()
    const [socket] = stage.mopidy.sockets()
    const frame = 'x'.repeat(512 * KB)
    await until(async () => {
      socket?.send(frame)
      await Bun.sleep(1)
      return stage.mopidy.sockets().length === 0
    }, 'the client to be closed')
    client.close()
  })

  test.each<[string, () => Record<string, string>, string, number]>([
    ['no token', () => ({}), '/stand-in/ws', 401],
    ['a bad token', () => ({ authorization: 'Bearer x' }), '/stand-in/ws', 401],
    ['a bad token in the query', () => ({}), '/stand-in/ws?token=x', 401],
    ['a member', () => bearer('member'), '/stand-in/ws', 403],
    ['a guest', () => bearer('guest'), '/stand-in/ws', 403],
    ['a member at an asset', () => bearer('member'), '/iris/a.js', 403],
    ['no socket at Mopidy', () => bearer('admin'), '/stand-in/none', 404],
    ['a Mopidy that does not answer', () => bearer('admin'), '/stand-in/hang', 504],
    ['no client', () => bearer('admin'), '/nope/ws', 404],
    [
      'a foreign page',
      () => ({ cookie: `musakone=${stage.tokens.admin}`, origin: 'http://evil.example' }),
      '/iris/ws',
      403,
    ],
    [
      'a page that says not where it is',
      () => ({ cookie: `musakone=${stage.tokens.admin}`, origin: 'null' }),
      '/iris/ws',
      403,
    ],
  ])('C1 are refused in the handshake: %s', async (_, headers, path, status) => {
    expect(
      await refusal(path, { host: new URL(stage.musakone.clientsOrigin).host, ...headers() }),
    ).toBe(status)
    expect(stage.mopidy.sockets()).toEqual([])
  })

  test('C13 a session may have only so many', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => open('/stand-in/ws')))
    expect(await refusal('/stand-in/ws', bearer('admin'))).toBe(429)
    for (const { socket } of clients) socket.close()
    await Promise.all(clients.map(({ closed }) => closed))
  })

  test('C3 close within two seconds when their session ends, and no others', async () => {
    const admin = await stage.musakone.logIn()
    const headers = { authorization: `Bearer ${admin}` }
    const mine = await Promise.all(
      ['/stand-in/ws', '/iris/ws', '/iris/ws/'].map((path) => connectWeb(url(path), { headers })),
    )
    const others = await Promise.all([open('/iris/ws', 'guest'), open('/stand-in/ws')])
    const endedAt = performance.now()
    await stage.musakone.request('/api/auth/logout', { method: 'POST', token: admin })
    for (const { socket, closed } of mine) {
      socket.send('too late')
      expect(await closed).toEqual({ code: 4401, reason: 'Session ended' })
    }
    expect(performance.now() - endedAt).toBeLessThan(2_000)
    await until(() => stage.mopidy.sockets().length === 2, "Mopidy's ends to be closed")
    expect(stage.mopidy.heard).toEqual([])
    for (const { socket, closed } of others) {
      expect(socket.readyState).toBe(WebSocket.OPEN)
      socket.close()
      await closed
    }
  })

  test.each(['/stand-in/ws', '/iris/ws'])(
    'C3 a session that ends during the handshake gets a socket that closes: %s',
    async (path) => {
      const headers = { authorization: `Bearer ${await stage.musakone.logIn()}` }
      const { accounts } = stage.musakone.services
      const { identify } = accounts.door
      const spy = spyOn(accounts.door, 'identify').mockImplementation(async (...args) => {
        const identity = await identify(...args)
        accounts.ownAccount.logOut(identity)
        return identity
      })
      const client = await connectWeb(url(path), { headers }).finally(() => spy.mockRestore())
      expect((await client.closed).code).toBe(4401)
    },
  )

  describe("Iris's", () => {
    const call = (method: string, params: unknown, id: unknown = 'a1') => ({
      jsonrpc: '2.0',
      id,
      method,
      params,
    })

    const SEE = ['get_config', 'get_version', 'get_radio', 'get_queue_metadata']
    const NOBODY = [
      'restart',
      'upgrade',
      'local_scan',
      'run_command',
      'get_commands',
      'set_commands',
      'change_radio',
      'stop_radio',
      'broadcast',
      'send_message',
      'test',
      '__init__',
      'constructor',
      'toString',
      '',
    ]

    test.each<[Role, string[], string[]]>([
      [
        'member',
        [...SEE, 'update_connection', 'add_queue_metadata', 'get_pinned', 'set_pinned'],
        NOBODY,
      ],
      [
        'guest',
        [...SEE, 'update_connection', 'add_queue_metadata', 'get_pinned'],
        [...NOBODY, 'set_pinned'],
      ],
      ['admin', [...SEE, 'restart', 'run_command', 'set_commands', 'change_radio'], []],
    ])('A12 hears what a %s may say, and nothing else', async (role, allowed, refused) => {
      const client = await open('/iris/ws/', role)
      for (const method of refused) {
        client.send(call(method, { x: 1 }))
        expect(JSON.parse(String(await client.next()))).toEqual({
          jsonrpc: '2.0',
          id: 'a1',
          error: {
            code: -32002,
            message: `A ${role} may not ${method === 'set_pinned' ? 'change playlists' : 'do this'}.`,
          },
        })
      }
      expect(stage.mopidy.heard).toEqual([])
      for (const method of allowed) client.send(call(method, { x: 1 }))
      await until(() => stage.mopidy.heard.length === allowed.length, 'the calls')
      expect(stage.mopidy.heard.map((frame) => JSON.parse(String(frame)))).toEqual(
        allowed.map((method) => call(method, { x: 1 })),
      )
      client.socket.close()
      await client.closed
    })

    test('calls are built anew', async () => {
      const client = await open('/iris/ws', 'guest')
      const frames = [
        '{"method":"restart","method":"get_config","jsonrpc":"1.0","id":9007199254740993,"x":{"y":1}}',
        call('update_connection', { username: 'a', connection_id: 'SOMEBODYELSE' }, 7),
        '{"jsonrpc":"2.0","method":"get_radio"}',
      ]
      for (const frame of frames) client.send(frame)
      await until(() => stage.mopidy.heard.length === 3, 'the calls')
      expect(stage.mopidy.heard.map(String)).toEqual([
        '{"jsonrpc":"2.0","id":9007199254740993,"method":"get_config","params":{}}',
        '{"jsonrpc":"2.0","id":7,"method":"update_connection","params":{"username":"a"}}',
        '{"jsonrpc":"2.0","method":"get_radio","params":{}}',
      ])
      client.socket.close()
      await client.closed
    })

    test.each([
      ['no JSON', '{"method":"get_config"', -32600],
      ['a list', '[{"jsonrpc":"2.0","id":1,"method":"restart"}]', -32600],
      ['no method', '{"jsonrpc":"2.0","id":1}', -32600],
      ['a method that is a list', '{"jsonrpc":"2.0","id":1,"method":["get_config"]}', -32600],
      [
        'a list of parameters',
        '{"jsonrpc":"2.0","id":1,"method":"get_config","params":[]}',
        -32602,
      ],
      ['no parameters', '{"jsonrpc":"2.0","id":1,"method":"get_config","params":null}', -32602],
    ])('what is no call is not passed: %s', async (_, frame, code) => {
      const client = await open('/iris/ws', 'member')
      client.send(frame)
      expect(JSON.parse(String(await client.next()))).toMatchObject({ error: { code } })
      expect(stage.mopidy.heard).toEqual([])
      client.socket.close()
      await client.closed
    })

    test('bytes end it with 1008', async () => {
      const client = await open('/iris/ws', 'member')
      client.send(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"restart"}'))
      expect((await client.closed).code).toBe(1008)
      expect(stage.mopidy.heard).toEqual([])
    })

    test('members hear replies and what is for all, not what holds keys', async () => {
      const [member, admin] = await Promise.all([open('/iris/ws', 'member'), open('/iris/ws')])
      const texts = [
        '{"jsonrpc": "2.0", "method": "commands_changed", "params": {"commands": {"key": 1}}}',
        '{"jsonrpc": "2.0", "method": "share_configuration_received", "params": {}}',
        'no JSON',
        '{"jsonrpc": "2.0", "method": "get_config", "id": "a", "result": {"config": {}}}',
        '{"jsonrpc": "2.0", "error": {"id": "b", "message": "no"}}',
        '{"jsonrpc": "2.0", "method": "queue_metadata_changed", "params": {}}',
      ]
      for (const socket of stage.mopidy.sockets()) for (const text of texts) socket.send(text)
      for (const text of texts) expect(await admin.next()).toBe(text)
      for (const text of texts.slice(3)) expect(await member.next()).toBe(text)
      for (const { socket } of [member, admin]) socket.close()
      await Promise.all([member.closed, admin.closed])
    })
  })

  // The last ones: they end everybody's session.
  test('C2 close with 4401 when their session expires', async () => {
    const clients = await Promise.all([open('/stand-in/ws'), open('/iris/ws', 'guest')])
    clock.advance(SESSION_MS)
    for (const { closed } of clients)
      expect(await closed).toEqual({ code: 4401, reason: 'Session expired' })
  })

  test('close with 1001 when it stops', async () => {
    const headers = { authorization: `Bearer ${await stage.musakone.logIn()}` }
    const client = await connectWeb(url('/stand-in/ws'), { headers })
    stage.musakone.services.proxy.close()
    expect((await client.closed).code).toBe(1001)
  })
})
