import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connectOwn } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'

describe("Musakone's own dialect", () => {
  let musakone: TestMusakone
  let token: string
  beforeAll(async () => {
    musakone = await startTestMusakone()
    await musakone.online()
    token = await musakone.logIn()
  })
  afterAll(() => musakone.stop())

  const signedIn = async () => {
    const client = await connectOwn(musakone.socketUrl)
    await client.signIn(token)
    return client
  }

  test('a call is answered with its id, its method and the result', async () => {
    const client = await signedIn()
    client.send({ type: 'mopidy', id: 7, method: 'core.mixer.set_volume', params: { volume: 40 } })
    expect(await client.next('mopidy_response')).toEqual({
      type: 'mopidy_response',
      id: 7,
      method: 'core.mixer.set_volume',
      result: true,
    })
    expect(await client.event('volume_changed')).toEqual({ volume: 40 })
    client.close()
  })

  test.each([
    ['a string', '"x\\u0000y"'],
    ['zero', '0'],
    ['null', 'null'],
    ['more digits than a double has', '123456789012345678901234567890'],
    ['a fraction', '1.50'],
    ['an object', '{"b":[1,2,{"a":"}"}],"id":5}'],
  ])('an id comes back untouched: %s', async (_, id) => {
    const client = await signedIn()
    client.send(
      `{"x":{"id":[9]},"type":"mopidy","id": ${id} ,"y":"\\"id\\":1","method":"core.get_version"}`,
    )
    await client.next('mopidy_response')
    expect(client.texts.at(-1)).toStartWith(`{"type":"mopidy_response","id":${id},`)
    client.close()
  })

  test('without an id the answer has none', async () => {
    const client = await signedIn()
    client.send({ type: 'mopidy', method: 'core.get_version' })
    expect(await client.next()).not.toHaveProperty('id')
    client.close()
  })

  test('a message with a token signs the socket in', async () => {
    const client = await connectOwn(musakone.socketUrl)
    client.send({ type: 'mopidy', token, id: 1, method: 'core.get_version' })
    client.send({ type: 'mopidy', id: 2, method: 'core.get_version' })
    expect(await client.next()).toMatchObject({ type: 'mopidy_response', id: 1 })
    expect(await client.next()).toMatchObject({ type: 'mopidy_response', id: 2 })
    client.close()
  })

  test('frames right behind the token wait until it has been checked', async () => {
    const client = await connectOwn(musakone.socketUrl)
    client.send({ type: 'auth', token })
    client.send({ type: 'mopidy', id: 1, method: 'core.get_version' })
    expect(await client.next()).toEqual({ type: 'auth_success', user_id: 1 })
    expect(await client.next()).toMatchObject({ type: 'mopidy_response', id: 1 })
    client.close()
  })

  test.each([
    ['unknown method', 'core.nope', {}, -32601, 'Method not found'],
    ['wrong value', 'core.mixer.set_volume', { volume: 101 }, -32602, 'volume'],
    ['missing parameter', 'core.playback.seek', {}, -32602, 'time_position'],
    ['unknown parameter', 'core.playback.pause', { now: true }, -32602, 'now'],
    ['too many by position', 'core.mixer.set_volume', [1, 2], -32602, 'at most 1'],
    ['wrong item', 'core.tracklist.add', { uris: ['demo:a', 5] }, -32602, 'uris[1]'],
    ['denied method', 'core.playback.set_state', { new_state: 'playing' }, -32002, 'set_state'],
    ['invented tracks', 'core.tracklist.add', { tracks: [{}] }, -32002, 'tracks'],
  ])('bad input is refused and named: %s', async (_, method, params, code, part) => {
    const client = await signedIn()
    const { type, error } = await client.call(method, params)
    expect(type).toBe('mopidy_error')
    expect(error).toMatchObject({ code, message: expect.stringContaining(part) })
    client.close()
  })

  test.each([
    ['not JSON', '{', -32700],
    ['no object', '5', -32600],
    ['no type', '{}', -32600],
    ['an unknown type', '{"type":"mopidi"}', -32600],
    ['no method', '{"type":"mopidy"}', -32600],
  ])('a frame that is no message is refused: %s', async (_, frame, code) => {
    const client = await signedIn()
    client.send(frame)
    expect(await client.next()).toMatchObject({ type: 'mopidy_error', error: { code } })
    client.close()
  })

  test('JSON-RPC as the first message chooses that dialect for good, events included', async () => {
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    client.send({ jsonrpc: '2.0', id: 0, method: 'core.mixer.set_volume', params: [55] })
    expect(await client.next()).toEqual({ jsonrpc: '2.0', id: 0, result: true })
    expect(await client.next()).toEqual({ event: 'volume_changed', volume: 55 })
    client.send({ type: 'mopidy', method: 'core.get_version' })
    expect(await client.next()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 } })
    client.close()
  })
})
