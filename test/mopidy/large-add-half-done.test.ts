import { afterEach, describe, expect, test } from 'bun:test'
import { historyOf, type Row } from '../actions/recorded'
import { connectRpc, type RpcClient } from '../support/rpc-client'
import { type TestMusakoneOptions, until } from '../support/test-musakone'
import { type AddRoom, CHUNK, framesOf, manyUris, openAddRoom } from './large-add'
import { createStage, OFFLINE } from './stage'

const ADD = 'core.tracklist.add'
const uris = manyUris(200)

const stage = createStage()
afterEach(stage.clear)
const open = async (options?: TestMusakoneOptions) => stage.keep(await openAddRoom(options))

/** The tracks that were recorded as added, in their order. */
async function recorded({ musakone, token }: AddRoom): Promise<Row[]> {
  const { actions } = await historyOf(musakone, token, { action_type: 'queue_add', limit: 200 })
  return actions.reverse()
}

/** Who queued the track that is played, from outside. */
async function queuerOf({ musakone, token }: AddRoom, mopidy: RpcClient, tlid: number) {
  await mopidy.call('core.playback.play', { tlid })
  let state: { track?: { tlid: number } | null; queued_by?: unknown } = {}
  await until(async () => {
    const response = await musakone.request('/api/playback/state', { token })
    state = (await response.json()) as typeof state
    return state.track?.tlid === tlid
  }, 'the track to play')
  return state.queued_by
}

describe('A large add that fails half way', () => {
  test('is recorded, and attributed, as far as its chunks were added', async () => {
    const room = await open({ demo: { maxTracklistLength: 50 } })
    expect(await room.adder.call(ADD, { uris })).toMatchObject({
      type: 'mopidy_error',
      error: { code: 0 },
    })
    const rows = await recorded(room)
    expect(rows.map(({ track_uri }) => track_uri)).toEqual(uris.slice(0, 2 * CHUNK))
    expect(rows.map(({ metadata }) => metadata?.tlid)).toEqual(rows.map((_, index) => index + 1))
    expect(await queuerOf(room, room.outsider, 2 * CHUNK)).toMatchObject({ username: 'admin' })
    // What fitted of the chunk that failed is not told by Mopidy.
    expect(await queuerOf(room, room.outsider, 2 * CHUNK + 1)).toBeNull()
  })

  test('at its first chunk is not recorded at all', async () => {
    const room = await open({ demo: { maxTracklistLength: 10 } })
    expect(await room.adder.call(ADD, { uris })).toMatchObject({ type: 'mopidy_error' })
    expect(await recorded(room)).toEqual([])
  })

  test('because Mopidy went away is recorded, and the next tracks with those tlids are not', async () => {
    const room = await open()
    const { musakone, demo, adder } = room
    // Otherwise all of it may be done before anybody looks.
    demo.faults.delay(30, 'core.tracklist.add')
    const adding = adder.call(ADD, { uris })
    await until(() => framesOf(demo, 'tracklist.add').length > 3, 'some chunks')
    await demo.restart()
    expect(await adding).toMatchObject({ type: 'mopidy_error', error: OFFLINE })
    const rows = await recorded(room)
    expect(rows.length).toBeGreaterThanOrEqual(2 * CHUNK)
    expect(rows.length % CHUNK).toBe(0)
    expect(rows.length).toBeLessThan(uris.length)
    await musakone.online()
    const outsider = await connectRpc(demo.url)
    await outsider.call(ADD, { uris: manyUris(1) })
    expect(await queuerOf(room, outsider, 1)).toBeNull()
    await outsider.close()
  })
})
