import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import { type Client, connect } from './client'

const ALBUM = 'demo:album:valoisa' // 8 tracks
type TlTrack = { tlid: number; track: { uri: string; track_no: number } }

let mopidy: DemoMopidy
let client: Client

beforeEach(async () => {
  mopidy = await startDemoMopidy({ maxTracklistLength: 12 })
  client = await connect(mopidy.url)
})

afterEach(async () => {
  client.close()
  await mopidy.stop()
})

async function add(): Promise<number[]> {
  const added = await client.call<TlTrack[]>('tracklist.add', { uris: [ALBUM] })
  return added.map(({ tlid }) => tlid)
}

async function tlids(): Promise<number[]> {
  return (await client.call<TlTrack[]>('tracklist.get_tl_tracks')).map(({ tlid }) => tlid)
}

test('an album is added track by track, each with a number of its own', async () => {
  expect(await add()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(await client.heard()).toEqual(['tracklist_changed'])
  expect(await client.call('tracklist.get_version')).toBe(1)
})

test('the numbers go on counting over a clear and start again with a restart', async () => {
  await add()
  await client.call('tracklist.clear')
  expect((await add())[0]).toBe(9)
  await mopidy.restart()
  await client.closed
  client = await connect(mopidy.url)
  expect(await tlids()).toEqual([])
  expect((await add())[0]).toBe(1)
})

test('an add beyond the limit fails, but keeps what fitted, and tells nobody', async () => {
  await add()
  await client.heard()
  const error = await client.fail('tracklist.add', { uris: [ALBUM] })
  expect(error).toMatchObject({
    code: 0,
    data: {
      type: 'TracklistFull',
      message: "('Tracklist may contain at most 12 tracks.', None)",
    },
  })
  expect(await client.heard()).toEqual([])
  expect(await client.call('tracklist.get_length')).toBe(12)
  expect(await client.call('tracklist.get_version')).toBe(1)
})

test('tracks are moved, sliced and inserted as Python lists are', async () => {
  await add()
  await client.call('tracklist.move', { start: 0, end: 2, to_position: 3 })
  expect(await tlids()).toEqual([3, 4, 5, 1, 2, 6, 7, 8])
  const slice = await client.call<TlTrack[]>('tracklist.slice', { start: -2, end: null })
  expect(slice.map(({ tlid }) => tlid)).toEqual([7, 8])
  await client.call('tracklist.add', { uris: ['demo:track:valoisa:01'], at_position: 1 })
  expect((await tlids()).slice(0, 3)).toEqual([3, 9, 4])
})

test('removing by empty criteria takes every other track', async () => {
  await add()
  await client.call('tracklist.remove', { criteria: {} })
  expect(await tlids()).toEqual([2, 4, 6, 8])
})

test('removing nothing still announces a change', async () => {
  await add()
  await client.heard()
  expect(await client.call('tracklist.remove', { criteria: { tlid: [77] } })).toEqual([])
  expect(await client.heard()).toEqual(['tracklist_changed'])
})

test('filtering takes numbers and fields together', async () => {
  await add()
  const uri = ['demo:track:valoisa:02', 'demo:track:valoisa:03']
  const found = await client.call<TlTrack[]>('tracklist.filter', {
    criteria: { tlid: [3, 4], uri },
  })
  expect(found.map(({ tlid }) => tlid)).toEqual([3])
})

test('a shuffle keeps the tracks, and before and after its range their places', async () => {
  await add()
  await client.call('tracklist.shuffle', { start: 2, end: 6 })
  const after = await tlids()
  expect(after.slice(0, 2)).toEqual([1, 2])
  expect(after.slice(6)).toEqual([7, 8])
  expect(after.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('options are announced when they change, and only then', async () => {
  for (const value of [true, true, false]) await client.call('tracklist.set_repeat', [value])
  expect(await client.heard()).toEqual(['options_changed', 'options_changed'])
})

test('random mode plays each track once', async () => {
  await add()
  await client.call('tracklist.set_random', [true])
  await client.call('playback.play')
  for (let i = 0; i < 7; i++) await client.call('playback.next')
  const started = (await client.heard()).filter((event) => event.startsWith('started'))
  expect(new Set(started).size).toBe(8)
  expect(await client.call('tracklist.get_next_tlid')).toBeNull()
})

test('what comes next and before follows the options', async () => {
  await add()
  await client.call('playback.play', { tlid: 8 })
  expect(await client.call('tracklist.get_next_tlid')).toBeNull()
  expect(await client.call('tracklist.get_previous_tlid')).toBe(7)
  await client.call('tracklist.set_repeat', [true])
  expect(await client.call('tracklist.get_next_tlid')).toBe(1)
  await client.call('tracklist.set_single', [true])
  expect(await client.call('tracklist.get_eot_tlid')).toBe(8)
  expect(await client.call('tracklist.index')).toBe(7)
})

test('a track sent back to play is found by its value', async () => {
  await add()
  const [, second] = await client.call<TlTrack[]>('tracklist.get_tl_tracks')
  await client.call('playback.play', { tl_track: second })
  expect(await client.call('playback.get_current_tlid')).toBe(2)
})

test('a track that no backend plays is passed over', async () => {
  const tracks = [{ __model__: 'Track', uri: 'nowhere:1' }]
  await client.call('tracklist.add', { tracks })
  await client.call('tracklist.add', { uris: ['demo:track:valoisa:01'] })
  await client.call('playback.play')
  expect(await client.call('playback.get_current_tlid')).toBe(2)
})
