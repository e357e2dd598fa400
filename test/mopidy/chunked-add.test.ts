import { afterEach, describe, expect, test } from 'bun:test'
import { historyOf, type Row } from '../actions/recorded'
import { remember } from '../support/aftermath'
import type { TestMusakoneOptions } from '../support/test-musakone'
import { until } from '../support/test-musakone'
import { CHUNK, framesOf, manyUris, openAddRoom, type TlTrack, urisOf } from './large-add'
import { createStage, OFFLINE } from './stage'

const stage = createStage()
afterEach(stage.clear)
const open = async (options?: TestMusakoneOptions) => stage.keep(await openAddRoom(options))

const ADD = 'core.tracklist.add'
const MANY = 1_500
const uris = manyUris(MANY)
const one = { adder: 1, other: 1, third: 1 }
const tlidsOf = (tlTracks: readonly TlTrack[]) => tlTracks.map(({ tlid }) => tlid)

describe('A large add', () => {
  test('is one call to whoever makes it: all tracks, in order, one event, one row a track', async () => {
    const { musakone, demo, token, adder, list, heard, forgetEvents, leave } = await open()
    const before = await adder.call(ADD, { uris: manyUris(2) })
    await heard('tracklist_changed')
    forgetEvents()
    const answer = await adder.call(ADD, { uris })
    const added = answer.result as TlTrack[]
    expect(urisOf(added)).toEqual(uris)
    expect((await list()).slice(2)).toEqual(added)
    expect(await heard('tracklist_changed')).toEqual(one)
    const sizes = framesOf(demo, 'tracklist.add').map(
      ({ params }) => (params.uris as string[]).length,
    )
    expect(sizes).toEqual([2, ...Array.from({ length: MANY / CHUNK }, () => CHUNK)])

    const rows: Row[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = { action_type: 'queue_add', limit: 200, ...(cursor && { cursor }) }
      const page = await historyOf(musakone, token, query)
      rows.push(...page.actions)
      cursor = page.next_cursor
    }
    const recorded = rows.reverse().map(({ metadata }) => metadata?.tlid)
    expect(recorded).toEqual(tlidsOf([...(before.result as TlTrack[]), ...added]))
    await leave()
  }, 30_000)

  test('leaves the program as it was', async () => {
    const room = await open()
    await room.adder.call(ADD, { uris })
    await room.adder.call('core.tracklist.clear')
    const { musakone, forgetEvents, demo } = room
    forgetEvents()
    demo.received.splice(0)
    const atRest = await remember(musakone)
    for (let round = 0; round < 3; round += 1) {
      await room.adder.call(ADD, { uris })
      await room.adder.call('core.tracklist.clear')
      forgetEvents()
    }
    demo.received.splice(0)
    await atRest()
  }, 60_000)

  test('goes to its place as one piece', async () => {
    const { adder, other, list, heard, forgetEvents } = await open()
    const before = (await other.call(ADD, { uris: manyUris(5) })).result as TlTrack[]
    await heard('tracklist_changed')
    forgetEvents()
    const answer = await adder.call(ADD, { uris, at_position: 2 })
    const added = answer.result as TlTrack[]
    expect(urisOf(added)).toEqual(uris)
    expect(await list()).toEqual([...before.slice(0, 2), ...added, ...before.slice(2)])
    expect(await heard('tracklist_changed')).toEqual(one)
  })

  test('beyond the end goes to the end, and an album counts as its tracks', async () => {
    const { adder, list } = await open()
    const albums = Array.from({ length: 30 }, () => 'demo:album:valoisa')
    const answer = await adder.call(ADD, { uris: albums, at_position: 900 })
    const added = answer.result as TlTrack[]
    expect(added).toHaveLength(8 * 30)
    expect(await list()).toEqual(added)
  })

  test('stays together where a track before it is played and consumed meanwhile', async () => {
    const { demo, adder, other, list } = await open()
    const before = (await adder.call(ADD, { uris: manyUris(4) })).result as TlTrack[]
    await adder.call('core.tracklist.set_consume', { value: true })
    await adder.call('core.playback.play', { tlid: before[0]?.tlid })
    await other.event('track_playback_started')
    // As long as a real Mopidy is busy with a chunk.
    demo.faults.delay(20, 'tracklist.index')
    const adding = adder.call(ADD, { uris: uris.slice(0, 200), at_position: 2 })
    await until(() => framesOf(demo, 'tracklist.add').length > 3, 'some chunks')
    const asked = () => framesOf(demo, 'tracklist.index').length
    const soFar = asked()
    await until(() => asked() > soFar, 'the next chunk')
    await other.call('core.playback.next')
    const added = (await adding).result as TlTrack[]
    expect(tlidsOf(await list())).toEqual(
      tlidsOf([...before.slice(1, 2), ...added, ...before.slice(2)]),
    )
    const order = framesOf(demo, 'tracklist.add', 'playback.next').map(({ method }) => method)
    expect(order.lastIndexOf('core.playback.next')).toBeLessThan(order.lastIndexOf(ADD))
  })

  test("lets everybody else's calls pass, and their writes to the tracklist wait", async () => {
    const { demo, adder, other, third, list, heard, forgetEvents } = await open()
    const before = (await other.call(ADD, { uris: manyUris(4) })).result as TlTrack[]
    await other.call('core.playback.play', { tlid: before[0]?.tlid })
    await adder.event('track_playback_started')
    await heard('tracklist_changed')
    forgetEvents()
    demo.received.splice(0)
    const adding = adder.call(ADD, { uris })
    await until(() => framesOf(demo, 'tracklist.add').length > 1, 'some chunks')

    const passing = [
      other.call('core.playback.pause'),
      other.call('core.mixer.set_volume', { volume: 7 }),
      third.call('core.tracklist.get_length'),
      other.call('core.library.search', { query: { any: ['tango'] } }),
    ]
    const waiting = [
      other.call(ADD, { uris: uris.slice(0, 1) }),
      other.call('core.tracklist.remove', { criteria: { tlid: [before[1]?.tlid] } }),
      other.call(ADD, { uris: uris.slice(0, 30) }),
      other.call('core.tracklist.move', { start: 0, end: 1, to_position: 1 }),
    ] as const
    await Promise.all(passing)
    const chunks = () => framesOf(demo, 'tracklist.add').length
    expect(chunks()).toBeLessThan(MANY / CHUNK)

    const added = (await adding).result as TlTrack[]
    const [single, removed, more] = await Promise.all(waiting)
    const methods = ['tracklist.add', 'tracklist.remove', 'tracklist.move', 'playback.pause']
    const order = framesOf(demo, ...methods, 'mixer.set_volume', 'library.search').map((frame) =>
      frame.method.replace(/^core\.\w+\./, ''),
    )
    const last = order.length - 1 - 'add remove add add move'.split(' ').length
    expect(order.slice(last + 1).join(' ')).toBe('add remove add add move')
    for (const name of ['pause', 'set_volume', 'search'])
      expect(order.indexOf(name)).toBeLessThan(last)

    expect(removed.result).toEqual(before.slice(1, 2))
    const [first, second, ...rest] = [before[0], ...before.slice(2), ...added] as TlTrack[]
    const tail = [...(single.result as TlTrack[]), ...(more.result as TlTrack[])]
    const moved = [second, first, ...rest, ...tail] as TlTrack[]
    expect(tlidsOf(await list())).toEqual(tlidsOf(moved))
    expect(moved).toHaveLength(4 + MANY + 1 + 30 - 1)
    // One for each of the five calls that changed it.
    expect(await heard('tracklist_changed')).toEqual({ adder: 5, other: 5, third: 5 })
  }, 30_000)

  test('is seen whole by a read sent after it on the same socket', async () => {
    const { adder, other } = await open()
    const adding = adder.call(ADD, { uris })
    const length = adder.call('core.tracklist.get_length')
    const index = adder.call('core.tracklist.index', { tlid: MANY })
    expect(await length).toMatchObject({ result: MANY })
    expect(await index).toMatchObject({ result: MANY - 1 })
    const again = adder.call(ADD, { uris: uris.slice(0, 40) })
    const cleared = other.call('core.tracklist.clear')
    const nothing = other.call('core.tracklist.get_length')
    expect(await nothing).toMatchObject({ result: 0 })
    await Promise.all([adding, again, cleared])
  })

  test('of two, the second follows the first', async () => {
    const { adder, other, third, list, heard } = await open()
    const answers = await Promise.all([
      adder.call(ADD, { uris: uris.slice(0, 300) }),
      other.call(ADD, { uris: uris.slice(300, 600) }),
      third.call<TlTrack[]>(ADD, { uris: uris.slice(600, 900) }),
    ])
    const parts = [answers[0].result, answers[1].result, answers[2]] as TlTrack[][]
    expect(parts.map((part) => urisOf(part))).toEqual(
      [0, 300, 600].map((from) => uris.slice(from, from + 300)),
    )
    // Sockets may overtake each other on their way here; the parts stay whole.
    const byTlid = parts.toSorted(([a], [b]) => (a?.tlid ?? 0) - (b?.tlid ?? 0))
    expect(await list()).toEqual(byTlid.flat())
    expect(await heard('tracklist_changed')).toEqual({ adder: 3, other: 3, third: 3 })
  })

  test.each([
    ['at the end', { uris: [...manyUris(2 * CHUNK), ...nowhere(CHUNK)] }],
    ['in the middle', { uris: [...manyUris(CHUNK), ...nowhere(CHUNK), ...manyUris(CHUNK)] }],
    ['at the start', { uris: [...nowhere(CHUNK), ...manyUris(CHUNK)] }],
    ['in place', { uris: [...manyUris(CHUNK), ...nowhere(3 * CHUNK)], at_position: 0 }],
  ])('that finds nothing for a chunk %s is announced once', async (_, params) => {
    const { adder, list, heard } = await open()
    const { result } = await adder.call(ADD, params)
    expect(await list()).toEqual(result as TlTrack[])
    expect(urisOf(result as TlTrack[])).toEqual(params.uris.filter((uri) => !uri.includes('none')))
    expect(await heard('tracklist_changed')).toEqual(one)
  })

  test('that finds nothing at all is not announced', async () => {
    const { adder, heard } = await open()
    expect(await adder.call(ADD, { uris: nowhere(60) })).toMatchObject({ result: [] })
    expect(await heard('tracklist_changed')).toEqual({ adder: 0, other: 0, third: 0 })
  })
})

function nowhere(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `demo:track:none:${index}`)
}

describe('A large add that fails', () => {
  test('half way is answered once; what fitted stays, is announced, and the rest goes on', async () => {
    const { demo, adder, other, list, heard } = await open({ demo: { maxTracklistLength: 50 } })
    const adding = adder.call(ADD, { uris: uris.slice(0, 200) })
    await until(() => framesOf(demo, 'tracklist.add').length > 0, 'a chunk')
    const removing = other.call('core.tracklist.remove', { criteria: { tlid: [1] } })
    const answer = await adding
    expect(answer).toMatchObject({ type: 'mopidy_error', error: { code: 0 } })
    expect(await removing).toMatchObject({ result: [{ tlid: 1 }] })
    expect(urisOf(await list())).toEqual(uris.slice(1, 50))
    expect(framesOf(demo, 'tracklist.add')).toHaveLength(3)
    // One for the add, one for the removal.
    expect(await heard('tracklist_changed')).toEqual({ adder: 2, other: 2, third: 2 })
    expect(adder.messages.filter(({ id }) => id === answer.id)).toEqual([])
    expect(await other.call(ADD, { uris: uris.slice(0, 1) })).toMatchObject({ result: [{}] })
  })

  test('with Mopidy lost half way: one error each, and all is well when it is back', async () => {
    const { musakone, demo, adder, other, third, heard, forgetEvents } = await open()
    const { mopidy } = musakone.services
    const adding = adder.call(ADD, { uris })
    await until(() => framesOf(demo, 'tracklist.add').length > 5, 'some chunks')
    const waiting = [
      other.call(ADD, { uris: uris.slice(0, 30) }),
      other.call('core.tracklist.clear'),
      adder.call('core.tracklist.get_length'),
    ]
    const shuffling = third.call('core.tracklist.shuffle').catch((error: unknown) => error)
    // The socket has taken them all.
    await third.call('core.get_version')
    await other.call('core.get_version')
    await demo.restart()
    for (const answer of await Promise.all([adding, ...waiting]))
      expect(answer).toMatchObject({ type: 'mopidy_error', error: OFFLINE })
    expect(await shuffling).toMatchObject(OFFLINE)
    await until(() => !mopidy.status().online, 'Mopidy to be missed')
    await musakone.online()
    await mopidy.idle()
    expect(await adder.call('core.tracklist.get_length')).toMatchObject({ result: 0 })

    forgetEvents()
    const again = (await adder.call(ADD, { uris: uris.slice(0, 100) })).result as TlTrack[]
    expect(urisOf(again)).toEqual(uris.slice(0, 100))
    expect(await other.call('core.tracklist.remove', { criteria: { tlid: [1] } })).toMatchObject({
      result: [{ tlid: 1 }],
    })
    expect(await heard('tracklist_changed')).toEqual({ adder: 2, other: 2, third: 2 })
  })
})
