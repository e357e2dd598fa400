import { afterEach, expect, test } from 'bun:test'
import { GATEWAY_LIMITS } from '../../../src/gateway/gateway'
import { CHUNK, framesOf, manyUris, openAddRoom } from '../../mopidy/large-add'
import { createStage } from '../../mopidy/stage'
import { type TestMusakoneOptions, until } from '../../support/test-musakone'

const ADD = 'core.tracklist.add'
/** As long as a real Mopidy is busy with a chunk, in milliseconds. */
const CHUNK_MS = 80
const CALL_MS = 1_500
const uris = manyUris(25 * CHUNK)

const stage = createStage()
afterEach(stage.clear)

/** A room in which a large add has begun that goes on for two seconds at least. */
async function openBusyRoom(limits: TestMusakoneOptions['limits']) {
  const room = stage.keep(await openAddRoom({ ...(limits && { limits }) }))
  room.demo.faults.delay(CHUNK_MS, ADD)
  const adding = room.adder.call(ADD, { uris })
  await until(() => framesOf(room.demo, 'tracklist.add').length > 1, 'some chunks')
  return { ...room, adding }
}

test('B9 a call that waits longer than Mopidy may take to answer is made in its turn', async () => {
  const { other, adding, list } = await openBusyRoom({ mopidy: { callMs: CALL_MS } })
  const startedAt = performance.now()
  expect(await other.call('core.tracklist.clear')).toMatchObject({ type: 'mopidy_response' })
  expect(performance.now() - startedAt).toBeGreaterThan(CALL_MS)
  expect((await adding).result).toHaveLength(uris.length)
  expect(await list()).toEqual([])
})

test('B9 a call whose turn does not come is told so, not that Mopidy did not answer', async () => {
  const { demo, other, adder, adding } = await openBusyRoom({ gateway: { queueWaitMs: 100 } })
  const error = {
    code: -32003,
    message: 'The queue was busy with an earlier call for too long, so this one was not made',
  }
  const own = adder.call('core.tracklist.get_length')
  expect(await other.call('core.tracklist.clear')).toMatchObject({ type: 'mopidy_error', error })
  expect(await own).toMatchObject({ type: 'mopidy_error', error })
  expect((await adding).result).toHaveLength(uris.length)
  expect(framesOf(demo, 'tracklist.clear')).toEqual([])
  expect(GATEWAY_LIMITS.queueWaitMs).toBe(10_000)
})
