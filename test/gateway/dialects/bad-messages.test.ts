import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { remember } from '../../support/aftermath'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'
import { startBystander } from '../bystander'

const PARSE_ERROR = -32700
const INVALID_REQUEST = -32600
const NOT_FOUND = -32601
const INVALID_PARAMS = -32602
const NOT_ALLOWED = -32002

/** As deep as fits in a frame; 200,000 levels do not. */
const DEEP = 25_000
const deepList = '['.repeat(DEEP) + ']'.repeat(DEEP)
const deepObject = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`

const own = (members: string) => `{"type":"mopidy",${members}}`
const rpc = (members: string) => `{"jsonrpc":"2.0",${members}}`
const named = (name: string) => `"id":1,"method":"core.${name}"`

describe('messages that are meant to hurt', () => {
  let musakone: TestMusakone
  let token: string
  let bystander: Awaited<ReturnType<typeof startBystander>>
  let checkAftermath: () => Promise<void>
  const open: OwnSocket[] = []
  beforeAll(async () => {
    musakone = await startTestMusakone()
    await musakone.online()
    token = await musakone.logIn()
    bystander = await startBystander(`${musakone.socketUrl}?token=${token}`)
  })
  afterAll(async () => {
    const { calls, slowestMs } = await bystander.stop()
    await musakone.stop()
    expect(calls).toBeGreaterThan(100)
    // 65 KB of nesting takes a millisecond or two; the rest is for a busy machine.
    expect(slowestMs).toBeLessThan(500)
  })
  beforeEach(async () => {
    musakone.demo?.received.splice(0)
    checkAftermath = await remember(musakone)
  })
  afterEach(async () => {
    for (const client of open.splice(0)) client.close()
    const callsBefore = bystander.calls()
    await bystander.until(callsBefore + 3)
    await checkAftermath()
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  async function connect(): Promise<OwnSocket> {
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    open.push(client)
    return client
  }

  /** What reached Mopidy that is not the bystander's. */
  const upstream = () =>
    (musakone.demo?.received ?? []).filter((text) => !text.includes('core.get_version'))

  async function expectError(client: OwnSocket, text: string, code: number): Promise<void> {
    client.send(text)
    expect(await client.next()).toMatchObject({ error: { code, message: expect.any(String) } })
    // The socket is none the worse for it.
    const next = text.startsWith('{"type"') ? { type: 'mopidy', id: 9 } : { jsonrpc: '2.0', id: 9 }
    client.send({ ...next, method: 'core.get_version' })
    expect(await client.next()).toMatchObject({ id: 9, result: '3.4.1' })
    expect(upstream()).toEqual([])
  }

  test.each([
    ['nothing', ''],
    ['a space', ' '],
    ['a NUL', '\u0000'],
    ['half an object', '{"type":"mopidy"'],
    ['single quotes', "{'type':'mopidy'}"],
    ['a byte order mark', '\ufeff{"type":"mopidy"}'],
    ['two messages', '{"type":"mopidy"}{"type":"mopidy"}'],
    ['NaN', '{"type":"mopidy","id":NaN}'],
    ['a comma too many', '{"type":"mopidy",}'],
    ['a list without an end', '['.repeat(60_000)],
    ['an object without an end', '{"a":'.repeat(12_000)],
  ])('C8 what is not JSON is answered with a parse error: %s', async (_, text) => {
    const client = await connect()
    client.send(text)
    expect(await client.next()).toMatchObject({ error: { code: PARSE_ERROR } })
    client.send({ jsonrpc: '2.0', id: 1, method: 'core.get_version' })
    expect(await client.next()).toMatchObject({ result: '3.4.1' })
    if (text === '') return
    // The same to a client that has chosen JSON-RPC. Mopidy is silent about an empty frame.
    client.send(text)
    expect(await client.next()).toMatchObject({ jsonrpc: '2.0', error: { code: PARSE_ERROR } })
  })

  test.each([
    ['200,000 lists', '['.repeat(200_000)],
    ['200,000 lists, closed', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['200,000 objects', '{"a":'.repeat(200_000)],
  ])(
    'C8 a long frame that is nested too deep is answered at once with an error: %s',
    async (_, text) => {
      const client = await connect()
      client.send(text)
      expect(await client.next()).toMatchObject({
        type: 'mopidy_error',
        error: { code: PARSE_ERROR },
      })
    },
  )

  test.each([
    ['2 MiB of lists', '['.repeat(2 * 1024 * 1024 + 1)],
    ['2 MiB of blanks', ' '.repeat(2 * 1024 * 1024 + 1)],
  ])('C8 what does not fit in a frame is closed with 1009: %s', async (_, text) => {
    const client = await connect()
    client.send(text)
    expect((await client.closed).code).toBe(1009)
  })

  test.each([
    ['a message', deepList, INVALID_REQUEST],
    ['an object', deepObject, INVALID_REQUEST],
    ['a type', `{"type":${deepList}}`, INVALID_REQUEST],
    ['a method', own(`"id":1,"method":${deepList}`), INVALID_REQUEST],
    ['a JSON-RPC method', rpc(`"id":1,"method":${deepObject}`), INVALID_REQUEST],
    ['a version', `{"jsonrpc":${deepList}}`, INVALID_REQUEST],
    ['parameters', own(`${named('mixer.set_volume')},"params":${deepList}`), INVALID_PARAMS],
    ['a parameter', rpc(`${named('mixer.set_volume')},"params":[${deepObject}]`), INVALID_PARAMS],
    ['a URI', own(`${named('tracklist.add')},"params":{"uris":[${deepList}]}`), INVALID_PARAMS],
    ['a query', own(`${named('library.search')},"params":[${deepObject}]`), INVALID_PARAMS],
    ['criteria', rpc(`${named('tracklist.filter')},"params":[${deepObject}]`), INVALID_PARAMS],
    ['a playlist', rpc(`${named('playlists.save')},"params":[${deepObject}]`), INVALID_PARAMS],
    ['an item of a batch', `[${deepList}]`, INVALID_REQUEST],
  ])('C8 nesting as deep as a frame holds is an error: %s', async (_, text, code) => {
    const client = await connect()
    client.send(text)
    const answer = await client.next()
    const [first] = Array.isArray(answer) ? answer : [answer]
    expect(first).toMatchObject({ error: { code } })
    expect(upstream()).toEqual([])
  })

  const volume = named('mixer.set_volume')
  test.each([
    ['a message within', '{"__proto__":{"type":"mopidy","method":"core.get_version"}}', -32600],
    ['a type within', '{"constructor":{"type":"mopidy"}}', INVALID_REQUEST],
    ['the method __proto__', own('"id":1,"method":"__proto__"'), NOT_FOUND],
    ['the method constructor', own('"id":1,"method":"constructor"'), NOT_FOUND],
    ['the method toString', rpc('"id":1,"method":"toString"'), NOT_FOUND],
    ['the method core.__proto__', rpc('"id":1,"method":"core.__proto__"'), NOT_FOUND],
    ['the method core.mixer.constructor', own(named('mixer.constructor')), NOT_FOUND],
    ['a required parameter within', own(`${volume},"params":{"__proto__":{"volume":5}}`), -32602],
    ['beside a parameter', own(`${volume},"params":{"volume":5,"__proto__":{"a":1}}`), -32602],
    ['constructor', rpc(`${volume},"params":{"volume":5,"constructor":{"a":1}}`), -32602],
    ['by position', rpc(`${volume},"params":[{"__proto__":5}]`), INVALID_PARAMS],
    ['in a query', own(`${named('library.search')},"params":[{"__proto__":["a"]}]`), -32602],
    ['in criteria', own(`${named('tracklist.remove')},"params":[{"__proto__":[1]}]`), -32602],
    [
      'in a playlist',
      rpc(
        `${named('playlists.save')},"params":[{"__model__":"Playlist","uri":"m3u:a","__proto__":1}]`,
      ),
      INVALID_PARAMS,
    ],
    [
      'in a track to add',
      own(`${named('tracklist.add')},"params":{"tracks":[{"__proto__":{}}]}`),
      NOT_ALLOWED,
    ],
  ])('C8 a member of the prototype is not taken for a value: %s', async (_, text, code) => {
    await expectError(await connect(), text, code)
  })

  test('C8 members that nobody asked for do not reach Mopidy', async () => {
    const client = await connect()
    const extra = '"__proto__":{"admin":true},"constructor":1,"x":2'
    client.send(own(`${named('playback.get_state')},${extra}`))
    expect(await client.next()).toMatchObject({ type: 'mopidy_response', result: 'stopped' })
    expect(upstream().map((text) => JSON.parse(text))).toEqual([
      { jsonrpc: '2.0', id: expect.any(Number), method: 'core.playback.get_state', params: {} },
    ])
  })

  test('C8 a binary frame closes its socket with 1008, signed in or not', async () => {
    const signedIn = await connect()
    const stranger = await connectOwn(musakone.socketUrl)
    for (const client of [signedIn, stranger]) {
      client.socket.send(new TextEncoder().encode(own(named('playback.stop'))))
      expect((await client.closed).code).toBe(1008)
      expect(client.messages).toEqual([])
    }
    expect(upstream()).toEqual([])
  })

  test.each([
    ['60,000 letters', `"${'x'.repeat(60_000)}"`],
    ['60,000 digits', '7'.repeat(60_000)],
    ['30,000 escapes', `"${'\\n'.repeat(30_000)}"`],
    ['an exponent of a thousand digits', `1e${'9'.repeat(1_000)}`],
    ['10,000 objects deep', deepObject],
    ['20,000 lists deep', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['5,000 members', `{${Array.from({ length: 5_000 }, (_, i) => `"m${i}":${i}`).join(',')}}`],
  ])('C8 an enormous id is given back as it came: %s', async (_, id) => {
    const client = await connect()
    client.send(own(`"id":${id},"method":"core.playback.get_state"`))
    await client.next()
    expect(client.texts.at(-1)).toBe(
      `{"type":"mopidy_response","id":${id},"method":"core.playback.get_state","result":"stopped"}`,
    )
    // Mopidy sees an id of the gateway's own.
    expect(upstream().join().length).toBeLessThan(200)
    const second = await connect()
    second.send(rpc(`"id":${id},"method":"core.playback.get_state"`))
    await second.next()
    expect(second.texts.at(-1)).toBe(`{"jsonrpc":"2.0","id":${id},"result":"stopped"}`)
  })

  test.each([
    ['requests', `[${Array.from({ length: 1_000 }, (_, i) => `{"jsonrpc":"2.0","id":${i}}`)}]`],
    ['calls', `[${Array.from({ length: 1_000 }, () => rpc('"method":"core.playback.stop"'))}]`],
    ['numbers', `[${Array.from({ length: 1_000 }, () => '1')}]`],
    ['lists', `[${Array.from({ length: 1_000 }, () => '[]')}]`],
  ])('C8 a batch of 1,000 is refused as a whole: %s', async (_, text) => {
    const client = await connect()
    client.send(text)
    expect(await client.next()).toMatchObject({ id: null, error: { code: INVALID_REQUEST } })
    expect(client.messages).toEqual([])
    expect(upstream()).toEqual([])
  })

  test('C8 a batch of nonsense gets one list with an error for each', async () => {
    const client = await connect()
    client.send('[1,"x",null,[],{},{"jsonrpc":"1.0"},{"jsonrpc":"2.0","method":5}]')
    const answer: unknown = await client.next()
    expect(answer).toEqual(
      Array.from({ length: 7 }, () =>
        expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32600 }) }),
      ),
    )
  })
})
