import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import methods from '../../src/mopidy/describe.json' with { type: 'json' }
import { connect } from './client'

let mopidy: DemoMopidy
let rpc: string

beforeAll(async () => {
  mopidy = await startDemoMopidy()
  rpc = `http://127.0.0.1:${mopidy.port}/mopidy/rpc`
})

afterAll(() => mopidy.stop())

function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(rpc, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  })
}

async function ask(body: unknown): Promise<string> {
  return (await post(typeof body === 'string' ? body : JSON.stringify(body))).text()
}

function call(method: string, params: unknown = {}) {
  return ask({ jsonrpc: '2.0', id: 1, method, params })
}

async function errorOf(method: string, params: unknown = {}) {
  const { error } = JSON.parse(await call(method, params))
  return { code: error.code, ...(error.data.type ? error.data : { data: error.data }) }
}

describe('A reply', () => {
  test('is written as Python writes JSON', async () => {
    expect(await call('core.get_version')).toBe('{"jsonrpc": "2.0", "id": 1, "result": "3.4.1"}')
  })

  test('carries any id, in ASCII', async () => {
    const id = { a: ['é', null] }
    const reply = await ask({ jsonrpc: '2.0', id, method: 'core.playback.get_state' })
    expect(reply).toBe('{"jsonrpc": "2.0", "id": {"a": ["\\u00e9", null]}, "result": "stopped"}')
  })

  test('describes 62 methods in as many bytes as Mopidy does', async () => {
    const reply = await call('core.describe')
    expect(Object.keys(JSON.parse(reply).result)).toHaveLength(62)
    expect(reply).toHaveLength(22_590)
  })

  test('exists for every method that is described', async () => {
    for (const method of Object.keys(methods)) {
      expect(await call(method, ['x', 'x', 'x', 'x'])).not.toContain('Method not found')
    }
  })

  test('leaves out what is empty and keeps the order of fields', async () => {
    const uri = 'demo:track:six-cafes-pour-quatuor:02'
    const { result } = JSON.parse(await call('core.library.lookup', { uris: [uri] }))
    expect(Object.keys(result[uri][0])).toEqual([
      ...['__model__', 'uri', 'name', 'artists', 'album', 'composers', 'genre', 'track_no'],
      ...['disc_no', 'date', 'length', 'bitrate', 'last_modified'],
    ])
  })
})

describe('A batch', () => {
  test('answers each request that has an id', async () => {
    const version = { jsonrpc: '2.0', method: 'core.get_version' }
    expect(await ask([3, { ...version, id: 7 }, version])).toBe(
      '[{"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "Invalid Request", ' +
        '"data": "Request must be an object"}}, {"jsonrpc": "2.0", "id": 7, "result": "3.4.1"}]',
    )
  })

  test('of notifications is not answered', async () => {
    expect(await ask([{ jsonrpc: '2.0', method: 'core.get_version' }])).toBe('')
  })

  test('that is empty is refused', async () => {
    expect(await ask('[]')).toContain('"data": "Batch list cannot be empty"')
  })
})

describe('An error', () => {
  test('of parsing has no data', async () => {
    expect(await ask('{bad')).toBe(
      '{"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "Parse error"}}',
    )
  })

  test.each([
    [{ jsonrpc: '1.0', id: 1 }, "'jsonrpc' value must be '2.0'"],
    [{ id: 1 }, "'jsonrpc' member must be included"],
    [{ jsonrpc: '2.0', id: 1 }, "'method' member must be included"],
    [{ jsonrpc: '2.0', id: 1, method: 3 }, "'method' must be a string"],
    [
      { jsonrpc: '2.0', id: 1, method: 'core.get_version', params: 3 },
      "'params', if given, must be an array or an object",
    ],
  ])('of the request %p has no id', async (request, data) => {
    const error = { code: -32600, message: 'Invalid Request', data }
    expect(JSON.parse(await ask(request))).toEqual({ jsonrpc: '2.0', id: null, error })
  })

  test.each([
    ['nope', "Could not find object mount in method name 'nope'"],
    ['core.nope', "No object found at 'core'"],
    ['core.playback.nope', "Object mounted at 'core.playback' has no member 'nope'"],
    ['core.playback._x', 'Private methods are not exported'],
  ])('of the method %s says what was not found', async (method, data) => {
    expect(await errorOf(method)).toEqual({ code: -32601, data })
  })

  test.each([
    ['tracklist.add', { foo: 1 }, "add() got an unexpected keyword argument 'foo'"],
    [
      'tracklist.move',
      [1],
      "move() missing 2 required positional arguments: 'end' and 'to_position'",
    ],
    [
      'tracklist.add',
      [1, 2, 3, 4],
      'add() takes from 1 to 4 positional arguments but 5 were given',
    ],
    ['tracklist.clear', [1], 'clear() takes 1 positional argument but 2 were given'],
  ])('of the parameters of %s %p is worded as Python words it', async (method, params, message) => {
    expect(await errorOf(`core.${method}`, params)).toMatchObject({
      code: -32602,
      type: 'TypeError',
      message: `TracklistController.${message}`,
      traceback: expect.stringContaining('File "/usr/lib/python3/dist-packages/mopidy'),
    })
  })

  test.each([
    ['mixer.set_volume', [101], 'Expected number smaller or equal to 100, not 101'],
    ['mixer.set_volume', ['1'], "Expected an integer, not '1'"],
    ['mixer.set_mute', ["it's"], 'Expected a boolean, not "it\'s"'],
    ['playback.play', { tlid: 0 }, 'Expected number larger or equal to 1, not 0'],
    ['playback.play', { tl_track: 1 }, 'Expected a TlTrack instance, not 1'],
    ['library.browse', ['nope'], "Expected a valid URI, not 'nope'"],
    ['library.lookup', [['a:b', 3]], 'Expected a list of URIs, not 3'],
    ['library.search', [{ any: [' '] }], 'Expected "any" to be list of strings, not \' \''],
    ['tracklist.filter', [{ tlid: ['a'] }], "Expected a list of int, not ['a']"],
    ['tracklist.set_random', [{ a: [null, 1.5] }], "Expected a boolean, not {'a': [None, 1.5]}"],
  ])('of validation in %s %p is worded as Mopidy words it', async (method, params, message) => {
    const error = await errorOf(`core.${method}`, params)
    expect(error).toMatchObject({ code: 0, type: 'ValidationError', message })
    expect(error.traceback).toEndWith(`mopidy.exceptions.ValidationError: ${message}\n`)
  })
})

describe('The socket', () => {
  const killers = {
    'a bad field in a model': '{"jsonrpc":"2.0","id":1,"x":{"__model__":"Track","uri":3}}',
    'an unknown field in a model': '{"jsonrpc":"2.0","id":1,"x":{"__model__":"Track","y":3}}',
    'very deep nesting': '['.repeat(5_000),
    'get_distinct, whose answer 3.4 cannot write':
      '{"jsonrpc":"2.0","id":1,"method":"core.library.get_distinct","params":["genre"]}',
  }
  test.each(Object.entries(killers))('is closed by %s', async (_, frame) => {
    const client = await connect(mopidy.url)
    client.send(frame)
    expect(await client.closed).toBe(1005)
  })

  test('answers get_distinct under 4.0', async () => {
    const newer = await startDemoMopidy({ version: '4.0.1' })
    const client = await connect(newer.url)
    const genres = await client.call<string[]>('library.get_distinct', ['genre'])
    expect(genres).toContain('Tango')
    client.close()
    await newer.stop()
  })

  test('is served with a slash at the end of the path too', async () => {
    const client = await connect(`${mopidy.url}/`)
    expect(await client.call('get_uri_schemes')).toEqual(['demo', 'm3u'])
    client.close()
  })

  test('is refused to a page of another host', async () => {
    const headers = { Upgrade: 'websocket', Connection: 'Upgrade', Origin: 'http://evil.example' }
    const reply = await fetch(mopidy.url.replace('ws:', 'http:'), { headers })
    expect(reply.status).toBe(403)
  })

  test('keeps what clients sent', async () => {
    const client = await connect(mopidy.url)
    await client.call('playback.get_state')
    expect(mopidy.received.at(-1)).toContain('core.playback.get_state')
    expect(mopidy.connections()).toBeGreaterThan(0)
    client.close()
  })

  test('hears events of the test’s own', async () => {
    const client = await connect(mopidy.url)
    mopidy.emit({ event: 'stream_title_changed', title: 'Ö' })
    expect(await client.next()).toBe('{"event": "stream_title_changed", "title": "\\u00d6"}')
    client.close()
  })
})

describe('/mopidy/rpc', () => {
  test('wants JSON', async () => {
    expect((await post('{}', { 'Content-Type': 'text/plain' })).status).toBe(415)
  })

  test('answers HEAD with the version', async () => {
    const reply = await fetch(rpc, { method: 'HEAD' })
    expect(reply.headers.get('X-Mopidy-Version')).toBe('3.4.1')
  })

  test('lets pages of its own host in, and no others', async () => {
    const preflight = (origin: string) => {
      return fetch(rpc, { method: 'OPTIONS', headers: { Origin: origin } })
    }
    expect((await preflight(`http://127.0.0.1:${mopidy.port}`)).status).toBe(204)
    expect((await preflight('http://evil.example')).status).toBe(403)
  })

  test('does not take GET', async () => {
    expect((await fetch(rpc)).status).toBe(405)
  })
})
