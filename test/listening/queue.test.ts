import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { addTracks, CHOIR, done, HYMNS, hymn } from '../actions/recorded'
import { connectRpc, type RpcClient } from '../support/rpc-client'
import { until } from '../support/test-musakone'
import { openRoom, type Room } from './room'

const MINUTE = 60_000

type Queue = {
  state: string
  current_tlid: number | null
  position_ms: number
  total: number
  tracks: {
    tlid: number
    uri: string
    name: string | null
    queued_by: { username: string } | null
    added_at: number | null
    starts_in_ms: number | null
    starts_at_ms: number | null
  }[]
}

describe('the queue', () => {
  let room: Room
  let outsider: RpcClient
  beforeAll(async () => {
    room = await openRoom({ demo: { lengthMs: MINUTE } })
    outsider = await connectRpc(room.musakone.demo?.url ?? '')
  })
  afterAll(async () => {
    await outsider.close()
    await room.close()
  })
  beforeEach(async () => {
    await done(room.admin.socket, 'core.tracklist.clear')
    for (const option of ['random', 'repeat', 'single', 'consume'])
      await done(room.admin.socket, `core.tracklist.set_${option}`, { value: false })
  })

  const queue = (query = '') => room.berta.get<Queue>(`queue${query}`)
  const waits = async () => (await queue()).tracks.map(({ starts_in_ms }) => starts_in_ms)
  const play = async () => {
    await done(room.admin.socket, 'core.playback.play')
    await until(async () => (await queue()).state === 'playing', 'it to play')
  }

  test('says who added what', async () => {
    await addTracks(room.admin.socket, 1)
    await addTracks(room.berta.socket, 2)
    await outsider.call('core.tracklist.add', { uris: [hymn(3)] })
    await until(async () => (await queue()).total === 3, 'the third track')
    const { tracks, state, current_tlid } = await queue()
    expect(state).toBe('stopped')
    expect(current_tlid).toBeNull()
    expect(tracks.map(({ name, queued_by }) => [name, queued_by?.username ?? null])).toEqual([
      [HYMNS[0] ?? '', 'admin'],
      [HYMNS[1] ?? '', 'berta'],
      [HYMNS[2] ?? '', null],
    ])
    expect(tracks[0]).toMatchObject({
      uri: hymn(1),
      artist: CHOIR,
      length_ms: MINUTE,
      added_at: Math.floor(room.now() / 1000),
      starts_in_ms: null,
      starts_at_ms: null,
    })
    expect(tracks[2]?.added_at).toBeNull()
  })

  test('says when each track will play', async () => {
    await addTracks(room.admin.socket, 1, 2, 3)
    await play()
    room.advance(20_000)
    const { tracks, current_tlid, position_ms } = await queue()
    expect(position_ms).toBe(20_000)
    expect(current_tlid).toBe(tracks[0]?.tlid ?? 0)
    expect(tracks.map(({ starts_in_ms }) => starts_in_ms)).toEqual([0, 40_000, 100_000])
    expect(tracks[1]?.starts_at_ms).toBe(room.now() + 40_000)
    // While Mopidy is paused, the playing time until a track is known, and the time of day is not.
    await done(room.admin.socket, 'core.playback.pause')
    await until(async () => (await queue()).state === 'paused', 'the pause')
    expect((await queue()).tracks[1]).toMatchObject({ starts_in_ms: 40_000, starts_at_ms: null })
  })

  test('does not say when nobody knows: in random order, on single, before the current one', async () => {
    await addTracks(room.admin.socket, 1, 2, 3)
    await play()
    await done(room.admin.socket, 'core.playback.next')
    await until(async () => (await waits())[1] === 0, 'the second track')
    expect(await waits()).toEqual([null, 0, MINUTE])
    await done(room.admin.socket, 'core.tracklist.set_repeat', { value: true })
    expect(await waits()).toEqual([2 * MINUTE, 0, MINUTE])
    await done(room.admin.socket, 'core.tracklist.set_single', { value: true })
    expect(await waits()).toEqual([null, 0, null])
    await done(room.admin.socket, 'core.tracklist.set_single', { value: false })
    await done(room.admin.socket, 'core.tracklist.set_random', { value: true })
    expect(await waits()).toEqual([null, 0, null])
  })

  test('a companion event tells who has queued what, in the own dialect only', async () => {
    const [added] = await addTracks(room.berta.socket, 1)
    const told = () =>
      room.admin.socket.messages.findLast(({ event }) => event === 'queue_attribution_changed')
    await until(() => (told()?.data as { tlids?: number[] })?.tlids?.[0] === added?.tlid, 'it')
    expect(told()?.data).toEqual({ tlids: [added?.tlid], queued_by: { id: 2, username: 'berta' } })
  })

  test('comes in parts', async () => {
    await addTracks(room.admin.socket, 1, 2, 3)
    const { total, tracks } = await queue('?offset=1&limit=1')
    expect(total).toBe(3)
    expect(tracks.map(({ uri }) => uri)).toEqual([hymn(2)])
    expect((await queue('?offset=5')).tracks).toEqual([])
  })
})
