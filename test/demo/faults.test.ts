import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { connect as connectTcp } from 'node:net'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import { connect } from './client'
import { createFakeClock } from './fake-clock'

const clock = createFakeClock()
let mopidy: DemoMopidy

describe.each([{ faulty: true }, { faulty: false }])('With %p', ({ faulty }) => {
  beforeEach(async () => {
    mopidy = await startDemoMopidy({ faulty, clock })
  })
  afterEach(() => mopidy.stop())

  test('refusing drops every socket and lets nobody in until it is over', async () => {
    const client = await connect(mopidy.url)
    mopidy.faults.refuse(true)
    expect(await client.closed).toBe(1006)
    expect(connect(mopidy.url)).rejects.toThrow('no connection')
    mopidy.faults.refuse(false)
    const again = await connect(mopidy.url)
    expect(await again.call('get_version')).toBe('3.4.1')
    again.close()
  })

  test('a restart forgets what played and listens on the same port', async () => {
    const client = await connect(mopidy.url)
    await client.call('tracklist.add', { uris: ['demo:album:valoisa'] })
    await client.call('playback.play')
    await mopidy.restart()
    expect(await client.closed).toBe(1006)
    const again = await connect(mopidy.url)
    expect(await again.call('tracklist.get_length')).toBe(0)
    expect(await again.call('playback.get_state')).toBe('stopped')
    again.close()
  })

  test('a delayed call is carried out and answered late, others at once', async () => {
    const client = await connect(mopidy.url)
    mopidy.faults.delay(5_000, 'tracklist.add')
    const late = client.call<unknown[]>('tracklist.add', { uris: ['demo:album:valoisa'] })
    expect(await client.call('tracklist.get_length')).toBe(0)
    clock.advance(5_000)
    expect(await late).toHaveLength(8)
    client.close()
  })

  test('a muted call is swallowed', async () => {
    const client = await connect(mopidy.url)
    mopidy.faults.mute(/playback\.play$/)
    await client.call('tracklist.add', { uris: ['demo:album:valoisa'] })
    void client.request('playback.play')
    expect(await client.call('playback.get_state')).toBe('stopped')
    mopidy.faults.mute(null)
    await client.call('playback.play')
    expect(await client.call('playback.get_state')).toBe('playing')
    client.close()
  })

  test('garbage arrives as it was given', async () => {
    const client = await connect(mopidy.url)
    mopidy.faults.garbage('{"nope')
    expect(await client.next()).toBe('{"nope')
    mopidy.faults.garbage(Uint8Array.of(1, 2, 255))
    expect(new Uint8Array((await client.next()) as ArrayBuffer)).toEqual(Uint8Array.of(1, 2, 255))
    client.close()
  })

  test('a wrong id is one that nobody asked with', async () => {
    const client = await connect(mopidy.url)
    mopidy.faults.wrongId(true)
    client.send('{"jsonrpc":"2.0","id":5,"method":"core.get_version"}')
    expect(await client.next()).toBe('{"jsonrpc": "2.0", "id": 987654321, "result": "3.4.1"}')
    client.close()
  })
})

test('what needs the relay says so where there is none', async () => {
  mopidy = await startDemoMopidy()
  const { faults } = mopidy
  expect(() => faults.freeze(true)).toThrow('faults.freeze needs')
  expect(() => faults.hangHandshake(true)).toThrow('faulty: true')
  expect(() => faults.drop()).toThrow('faulty: true')
  expect(() => faults.invalidUtf8()).toThrow('faulty: true')
  await mopidy.stop()
})

describe('With the relay', () => {
  beforeEach(async () => {
    mopidy = await startDemoMopidy({ faulty: true })
  })
  afterEach(() => mopidy.stop())

  test('a frozen connection gets nothing, not even a pong, until it thaws', async () => {
    const client = await connect(mopidy.url)
    let heard = 0
    const pong = new Promise((resolve) => {
      client.socket.addEventListener('pong', resolve)
    })
    client.socket.addEventListener('message', () => heard++)
    mopidy.faults.freeze(true)
    client.socket.ping()
    const reply = client.request('get_version')
    mopidy.emit({ event: 'options_changed' })
    // Bytes that leak past the fault arrive within the time that these calls to a second Mopidy take.
    await roundTrips(20)
    expect(heard).toBe(0)
    mopidy.faults.freeze(false)
    await Promise.all([pong, reply])
    expect(heard).toBe(2)
    client.close()
  })

  test('a connection to a frozen Mopidy is taken, and answered when it thaws', async () => {
    mopidy.faults.freeze(true)
    const socket = new WebSocket(mopidy.url)
    const opened = new Promise((resolve) => {
      socket.onopen = resolve
    })
    await roundTrips(20)
    expect(socket.readyState).toBe(WebSocket.CONNECTING)
    mopidy.faults.freeze(false)
    await opened
    socket.close()
  })

  test('a hung handshake takes the connection and never answers', async () => {
    mopidy.faults.hangHandshake(true)
    const tcp = connectTcp(mopidy.port, '127.0.0.1')
    let bytes = 0
    tcp.on('data', (data) => {
      bytes += data.length
    })
    await new Promise((resolve) => tcp.once('connect', resolve))
    tcp.write('GET /mopidy/ws HTTP/1.1\r\nHost: x\r\n\r\n')
    mopidy.faults.hangHandshake(false)
    const client = await connect(mopidy.url)
    await client.call('get_version')
    expect(bytes).toBe(0)
    client.close()
    tcp.destroy()
  })

  test('text that is not UTF-8 makes a client hang up', async () => {
    const client = await connect(mopidy.url)
    mopidy.faults.invalidUtf8()
    expect(await client.closed).not.toBe(1000)
  })

  test('a drop resets the connection', async () => {
    const tcp = connectTcp(mopidy.port, '127.0.0.1')
    const code = new Promise((resolve) => {
      tcp.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    })
    await new Promise((resolve) => tcp.once('connect', resolve))
    const client = await connect(mopidy.url)
    mopidy.faults.drop()
    expect(await code).toBe('ECONNRESET')
    expect(await client.closed).toBe(1006)
  })

  test('megabytes pass the relay whole, both ways', async () => {
    const client = await connect(mopidy.url)
    const name = 'å'.repeat(2_000_000)
    const tracks = [{ __model__: 'Track', uri: 'demo:x', name }]
    const [added] = await client.call<[{ track: { name: string } }]>('tracklist.add', { tracks })
    expect(added.track.name).toBe(name)
    client.close()
  })
})

async function roundTrips(count: number) {
  const other = await startDemoMopidy({ faulty: true })
  const client = await connect(other.url)
  for (let i = 0; i < count; i++) await client.call('get_version')
  client.close()
  await other.stop()
}
