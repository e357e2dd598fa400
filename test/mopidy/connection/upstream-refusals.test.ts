import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { DemoMopidy } from '../../../src/demo/mopidy'
import { rebuildCall } from '../../../src/mopidy/call'
import { remember } from '../../support/aftermath'
import type { OwnSocket } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'
import { anyCall } from '../calls/any-call'
import { ASK, signedIn } from '../stage'

const TRACK = { __model__: 'Track', uri: 'local:track:a' }
const ARTIST = { __model__: 'Artist', name: 'A', homepage: 'http://x' }

const REFUSED: [string, string, unknown, number][] = [
  ['a method that is not in the table', 'core.playback.explode', {}, -32601],
  ['an attribute of the core', 'core.tracklist.__class__', {}, -32601],
  ['a part of every object', 'constructor', {}, -32601],
  ['a method of an extension', 'core.local.scan', {}, -32601],
  ['a denied method', 'core.playback.set_state', { new_state: 'playing' }, -32002],
  ['one that makes Mopidy 3 hang up', 'core.library.get_distinct', { field: 'artist' }, -32002],
  ['tracks=', 'core.tracklist.add', { tracks: [TRACK] }, -32002],
  ['tracks= beside uris', 'core.tracklist.add', { tracks: [TRACK], uris: ['local:a'] }, -32002],
  ['tracks= by position', 'core.tracklist.add', [[TRACK]], -32002],
  ['an extra parameter', 'core.playback.pause', { now: true }, -32602],
  ['an extra parameter by position', 'core.playback.pause', [true], -32602],
  ['an extra field of a query', 'core.library.search', { query: { x: ['a'] } }, -32602],
  ['a model in a query', 'core.library.search', { query: TRACK }, -32602],
  ['a model in a list', 'core.tracklist.add', { uris: [TRACK] }, -32602],
  ['an extra field of criteria', 'core.tracklist.remove', { criteria: { length: [1] } }, -32602],
  ['an extra member', 'core.tracklist.eot_track', tlTrack({ ...TRACK, loudness: 1 }), -32602],
  ['a nested one', 'core.tracklist.eot_track', tlTrack({ ...TRACK, artists: [ARTIST] }), -32602],
  ['another model', 'core.tracklist.eot_track', tlTrack({ ...TRACK, __model__: 'Ref' }), -32602],
  ['a bad field', 'core.tracklist.eot_track', tlTrack({ ...TRACK, length: 'long' }), -32602],
  ['a track without a uri', 'core.tracklist.eot_track', tlTrack({ name: 'x' }), -32602],
  ['half a character', 'core.playlists.create', { name: '\ud800' }, -32602],
  ['a huge number', 'core.playback.seek', { time_position: 1e308 }, -32602],
]

function tlTrack(track: unknown) {
  return { tl_track: { __model__: 'TlTrack', tlid: 1, track } }
}

describe('What must not reach Mopidy', () => {
  let musakone: TestMusakone
  let demo: DemoMopidy
  let witness: OwnSocket
  let atRest: () => Promise<void>
  beforeAll(async () => {
    musakone = await startTestMusakone()
    if (musakone.demo === undefined) throw new Error('no demo')
    demo = musakone.demo
    await musakone.online()
    await musakone.services.mopidy.idle()
    atRest = await remember(musakone)
    witness = await signedIn(musakone)
  })
  afterAll(async () => {
    witness.close()
    await atRest()
    await musakone.stop()
  })

  /** What Mopidy receives while `work` is done and a call behind it has come back. */
  async function receivedWhile(work: () => Promise<unknown>): Promise<string[]> {
    const before = demo.received.length
    await work()
    await witness.call(ASK)
    const received = demo.received.slice(before)
    // Proves that it would have been seen.
    expect(received.pop()).toContain(ASK)
    return received
  }

  test.each(REFUSED)(
    'U12 is answered with an error, with nothing sent: %s',
    async (_, method, params, code) => {
      const own = await signedIn(musakone)
      const rpc = await signedIn(musakone)
      const sent = await receivedWhile(async () => {
        expect(await own.call(method, params)).toMatchObject({
          type: 'mopidy_error',
          error: { code },
        })
        const request = { jsonrpc: '2.0', id: 1, method, params }
        rpc.send(request)
        expect(await rpc.next()).toMatchObject({ id: 1, error: { code } })
        rpc.send([request, { ...request, id: 2 }])
        await rpc.next()
        expect(JSON.parse(rpc.texts.at(-1) ?? '')).toMatchObject([{ error: { code } }, { id: 2 }])
        // A notification gets no answer, and is not sent either.
        rpc.send({ jsonrpc: '2.0', method, params })
      })
      expect(sent).toEqual([])
      own.close()
      rpc.close()
    },
  )

  test('U12 extra members beside the call do not go along', async () => {
    const rpc = await signedIn(musakone)
    const sent = await receivedWhile(async () => {
      const call = { method: 'core.mixer.set_volume', params: [30] }
      rpc.send({ jsonrpc: '2.0', id: { canary: [1] }, canary: { x: 1 }, event: 'x', ...call })
      await rpc.next()
    })
    const request = { jsonrpc: '2.0', method: 'core.mixer.set_volume', params: { volume: 30 } }
    expect(sent.map((text) => JSON.parse(text))).toEqual([{ ...request, id: expect.any(Number) }])
    rpc.close()
  })

  test('U12 of any calls, only those in the table go out, each as it was rebuilt', async () => {
    const client = await signedIn(musakone)
    const calls = fc.sample(anyCall, { numRuns: 500, seed: 12 }).filter(isJson)
    for (const [method, params] of calls) {
      const rebuilt = rebuildCall(method, params)
      const received = await receivedWhile(async () => {
        await client.call(method as string, params)
        await musakone.services.mopidy.idle()
      })
      const own = received.map((text) => JSON.parse(text)).filter((each) => each.method === method)
      // A read may be answered from memory.
      if ('error' in rebuilt || rebuilt.method.breaksMopidy3) expect(received).toEqual([])
      else if (own.length > 0 || rebuilt.method.kind === 'write')
        expect(own[0]).toMatchObject({ method: rebuilt.name, params: rebuilt.params })
    }
    expect(calls.length).toBeGreaterThan(100)
    expect(demo.connections()).toBe(1)
    client.close()
  })
})

/** Whether JSON carries it as it is; only that can come from a client. */
function isJson(call: [unknown, unknown]): boolean {
  try {
    return (
      typeof call[0] === 'string' && Bun.deepEquals(JSON.parse(JSON.stringify(call)), call, true)
    )
  } catch {
    return false
  }
}
