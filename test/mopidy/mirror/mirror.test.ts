import { afterEach, describe, expect, test } from 'bun:test'
import describedMethods from '../../../src/mopidy/describe.json'
import { EVENTS, type Group, staleBy } from '../../../src/mopidy/events'
import { type MethodName, methods } from '../../../src/mopidy/methods'
import { remember } from '../../support/aftermath'
import { connectRpc } from '../../support/rpc-client'
import {
  fixedClock,
  startTestMusakone,
  type TestMusakoneOptions,
  until,
} from '../../support/test-musakone'
import { createStage, OFFLINE } from '../stage'
import {
  mopidyCaller,
  type Outcome,
  outsideCaller,
  ownCaller,
  type Request,
  resultOf,
} from './mirror-caller'
import { mirroredReads } from './mirrored-reads'

const stage = createStage()
afterEach(stage.clear)

const VOLUME = { method: 'mixer.get_volume' }
const LIST = { method: 'tracklist.get_tl_tracks' }
const CURRENT = { method: 'playback.get_current_tlid' }
const POSITION = { method: 'playback.get_time_position' }
const setVolume = (volume: number) => ({ method: 'mixer.set_volume', params: { volume } })
const hymns = (...numbers: number[]) => numbers.map((n) => `demo:track:the-kettle-hymnal:0${n}`)
const add = (uris: string[]) => ({ method: 'tracklist.add', params: { uris } })

async function start(options: TestMusakoneOptions = {}) {
  const clock = fixedClock()
  const musakone = stage.keep(await startTestMusakone({ clock, ...options }))
  await musakone.online()
  await musakone.services.mopidy.idle()
  const { demo } = musakone
  if (demo === undefined) throw new Error('no demo')
  const atRest = await remember(musakone)
  const client = await ownCaller('a client', musakone)
  const other = await mopidyCaller('another client', musakone)
  const outsider = await outsideCaller('an outsider', demo.url)
  for (const { close } of [client, other, outsider]) stage.keep({ stop: close })
  await musakone.services.mopidy.idle()
  demo.received.splice(0)

  return {
    musakone,
    demo,
    clock,
    client,
    other,
    outsider,
    /** The calls of the method that have reached Mopidy. */
    asked: ({ method }: Request): number =>
      demo.received.filter((text) => JSON.parse(text).method === `core.${method}`).length,
    /** The mirror has heard every event so far: this answer comes behind them. */
    heard: () => client.call({ method: 'library.browse', params: { uri: '' } }),
    async leave(): Promise<void> {
      for (const { close, forget } of [client, other, outsider]) {
        await close()
        forget()
      }
      await atRest()
    },
  }
}

describe('Reads in flight', () => {
  test('identical ones share one call to Mopidy, whoever asks and in whichever dialect', async () => {
    const { demo, client, other, musakone, asked, leave } = await start()
    demo.faults.delay(50, 'get_volume')
    const token = await musakone.logIn()
    const json = { jsonrpc: '2.0', id: 1, method: 'core.mixer.get_volume' }
    const overHttp = async (): Promise<Outcome> => {
      const reply = await musakone.request('/mopidy/rpc', { token, json })
      return { result: ((await reply.json()) as { result: number }).result }
    }
    const asking: Promise<Outcome>[] = [client, client, other, other].map(({ call }) =>
      call(VOLUME),
    )
    const answers: Outcome[] = await Promise.all([...asking, overHttp(), overHttp()])
    expect(answers).toEqual(Array.from({ length: 6 }, () => ({ result: 100 })))
    expect(asked(VOLUME)).toBe(1)
    await leave()
  })

  test('a search is shared while it lasts and asked again afterwards', async () => {
    const { demo, client, other, asked } = await start()
    const search = { method: 'library.search', params: { query: { any: ['tango'] } } }
    demo.faults.delay(30, 'search')
    const [one, two] = await Promise.all([client.call(search), other.call(search)])
    expect(one).toEqual(two)
    expect(asked(search)).toBe(1)
    await client.call(search)
    expect(asked(search)).toBe(2)
  })

  test('reads with other parameters are other reads', async () => {
    const { client, asked } = await start()
    const slice = (start: number) => ({ method: 'tracklist.slice', params: { start, end: null } })
    await Promise.all([0, 1, 2, 0, 1].map((from) => client.call(slice(from))))
    expect(asked(slice(0))).toBe(3)
  })

  test('a read behind a write never joins one that was asked before it', async () => {
    const { demo, client, other, asked } = await start()
    demo.faults.mute('get_volume')
    const early = other.call(VOLUME)
    // It has reached Mopidy, which will never answer it.
    await other.call({ method: 'mixer.get_mute' })
    demo.faults.mute(null)
    const written = client.call(setVolume(33))
    const behind = client.call(VOLUME)
    expect(await written).toEqual({ result: true })
    expect(await behind).toEqual({ result: 33 })
    expect(await other.call(VOLUME)).toEqual({ result: 33 })
    const order = demo.received.map((text) => JSON.parse(text).method)
    expect(order.slice(0, 4)).toEqual([
      'core.mixer.get_volume',
      'core.mixer.get_mute',
      'core.mixer.set_volume',
      'core.mixer.get_volume',
    ])
    expect(asked(VOLUME)).toBeGreaterThanOrEqual(2)
    demo.faults.refuse(true)
    expect(await early).toEqual({ error: OFFLINE })
  })

  test('an answer from before a write was carried out is not kept beyond its reply', async () => {
    const { demo, client, other, heard } = await start()
    const tracks = await resultOf<{ tlid: number }[]>(client, add(hymns(1, 2)))
    await resultOf(client, { method: 'playback.play' })
    await resultOf(client, { method: 'playback.stop' })
    await heard()
    // No event tells of it.
    demo.faults.delay(40, 'playback.next')
    const choosing = client.call({ method: 'playback.next' })
    await heard()
    expect(await other.call(CURRENT)).toEqual({ result: tracks[0]?.tlid })
    await choosing
    expect(await other.call(CURRENT)).toEqual({ result: tracks[1]?.tlid })
  })

  test('an answer that an event has overtaken is given, but not kept', async () => {
    const { demo, client, outsider, heard, asked } = await start()
    const read = { method: 'tracklist.get_random' }
    demo.faults.delay(40, 'get_random')
    const early = client.call(read)
    await heard()
    demo.emit({ event: 'options_changed' })
    expect(await early).toEqual({ result: false })
    await client.call(read)
    expect(asked(read)).toBe(2)
    await client.call(read)
    expect(asked(read)).toBe(2)
    await outsider.call({ method: 'tracklist.set_random', params: { value: true } })
    await heard()
    expect(await client.call(read)).toEqual({ result: true })
  })
})

describe('What is kept', () => {
  const known = { uris: hymns(1, 2, 3), tlids: [1, 2], playlists: ['m3u:x.m3u8'], latestSeekMs: 0 }
  const reads = mirroredReads(known)
  const groupsOf = ({ method }: Request): readonly Group[] =>
    methods[`core.${method}` as MethodName].keptWith ?? []

  test('every mirrored read is asked once', async () => {
    const { demo, client, other, leave } = await start()
    for (const read of reads) await client.call(read)
    const first = demo.received.splice(0).length
    expect(first).toBe(reads.length)
    for (const read of reads) expect(await other.call(read)).toEqual(await client.call(read))
    expect(demo.received).toEqual([])
    await leave()
  })

  test.each(EVENTS)('%s makes stale what depends on it, and nothing else', async (name) => {
    const { musakone, demo, client, heard } = await start()
    for (const read of [...reads, POSITION]) await client.call(read)
    demo.emit({ event: name })
    await heard()
    // The player asks as well, for itself.
    await musakone.services.mopidy.idle()
    demo.received.splice(0)
    for (const read of [...reads, POSITION]) await client.call(read)
    const askedAgain = demo.received.map((text) => JSON.parse(text).method)
    const stale = [...reads, POSITION].filter((read) =>
      groupsOf(read).some((group) => staleBy[name].includes(group as never)),
    )
    expect(askedAgain).toEqual(stale.map(({ method }) => `core.${method}`))
    expect(stale.length).toBeGreaterThan(0)
  })

  test('is little: the oldest goes when answers are long', async () => {
    const { client, outsider, asked, heard } = await start()
    const uris = Array.from({ length: 1_000 }, () => hymns(1)).flat()
    await resultOf(outsider, add(uris))
    await heard()
    const slice = (start: number) => ({ method: 'tracklist.slice', params: { start, end: null } })
    for (let from = 0; from < 60; from += 1) await client.call(slice(from))
    expect(asked(slice(0))).toBe(60)
    await client.call(slice(59))
    expect(asked(slice(0))).toBe(60)
    await client.call(slice(0))
    expect(asked(slice(0))).toBe(61)
  })

  test('nothing is kept across a reconnect', async () => {
    const { musakone, demo, client, heard, asked } = await start()
    await resultOf(client, setVolume(20))
    await resultOf(client, add(hymns(1, 2)))
    // The event that follows the write makes it stale once more.
    await heard()
    for (const read of [VOLUME, LIST, VOLUME, LIST]) await client.call(read)
    const before = [asked(VOLUME), asked(LIST)]
    expect(before).toEqual([1, 1])
    await demo.restart()
    demo.received.splice(0)
    await until(() => !musakone.services.mopidy.status().online, 'Mopidy to be missed')
    await musakone.online()
    await musakone.services.mopidy.idle()
    expect(await client.call(VOLUME)).toEqual({ result: 100 })
    expect(await client.call(LIST)).toEqual({ result: [] })
    // Once by what follows the music, and once for all clients: to tell them what is no longer so.
    expect([asked(VOLUME), asked(LIST)]).toEqual([2, 2])
  })
})

describe('While Mopidy is away', () => {
  test('reads give an error, also of what was kept, and core.describe is answered', async () => {
    const { musakone, demo, client, other } = await start()
    await client.call(VOLUME)
    demo.faults.refuse(true)
    await until(() => !musakone.services.mopidy.status().online, 'Mopidy to be missed')
    for (const read of [VOLUME, LIST, { method: 'get_version' }])
      expect(await client.call(read)).toEqual({ error: OFFLINE })
    for (const caller of [client, other])
      expect(await caller.call({ method: 'describe' })).toEqual({ result: describedMethods })
  })

  test('core.describe is answered before Mopidy was ever heard', async () => {
    const musakone = stage.keep(await startTestMusakone({ mopidyUrl: 'ws://127.0.0.1:1/' }))
    const headers = { authorization: `Bearer ${await musakone.logIn()}` }
    const client = await connectRpc(musakone.socketUrl, { headers })
    expect(Object.keys(await client.call('core.describe'))).toHaveLength(62)
    await client.close()
  })
})

describe('What no event tells', () => {
  test('a track that an outsider chooses while nothing plays is known after a second', async () => {
    const { client, outsider, clock, heard } = await start()
    const [first, second] = await resultOf<{ tlid: number }[]>(outsider, add(hymns(1, 2)))
    await resultOf(outsider, { method: 'playback.play', params: { tlid: first?.tlid } })
    await resultOf(outsider, { method: 'playback.stop' })
    await heard()
    expect(await client.call(CURRENT)).toEqual({ result: first?.tlid })
    await resultOf(outsider, { method: 'playback.next' })
    clock.advance(1_000)
    expect(await client.call(CURRENT)).toEqual({ result: second?.tlid })
  })

  test('an add of an outsider that fails half way is known after half a minute', async () => {
    const { client, outsider, clock, asked } = await start({ demo: { maxTracklistLength: 2 } })
    const length = { method: 'tracklist.get_length' }
    expect(await client.call(length)).toEqual({ result: 0 })
    expect(await outsider.call(add(hymns(1, 2, 3)))).toHaveProperty('error')
    clock.advance(29_999)
    await client.call(length)
    expect(asked(length)).toBe(1)
    clock.advance(1)
    expect(await client.call(length)).toEqual({ result: 2 })
  })

  test('the same through Musakone is known at once', async () => {
    const { client, other } = await start({ demo: { maxTracklistLength: 2 } })
    expect(await other.call({ method: 'tracklist.get_length' })).toEqual({ result: 0 })
    expect(await client.call(add(hymns(1, 2, 3)))).toHaveProperty('error')
    expect(await other.call({ method: 'tracklist.get_length' })).toEqual({ result: 2 })
    await client.call({ method: 'playback.next' })
    expect(await client.call(CURRENT)).toEqual(await other.call(CURRENT))
  })

  test('the library is asked again after five seconds, and whatever the clock does', async () => {
    const { client, clock, asked } = await start()
    const lookup = { method: 'library.lookup', params: { uris: hymns(1) } }
    const times = async (ms: number) => {
      clock.advance(ms)
      await client.call(lookup)
      return asked(lookup)
    }
    expect(await times(0)).toBe(1)
    expect(await times(4_999)).toBe(1)
    expect(await times(1)).toBe(2)
    expect(await times(-86_400_000)).toBe(3)
    expect(await times(4_999)).toBe(3)
  })
})
