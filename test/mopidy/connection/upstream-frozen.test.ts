import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { CONNECTION_LIMITS } from '../../../src/mopidy/connection/connection'
import { remember } from '../../support/aftermath'
import type { OwnSocket } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { ASK, createStage, health, OFFLINE, SLACK_MS, signedIn, TIMED_OUT, timed } from '../stage'
import { startFickleMopidy } from './fickle-mopidy'

// The defaults, twenty times faster, with the deadlines in the same order.
const QUICK = {
  ...{ dialMs: 250, heartbeatMs: 100, silenceMs: 600, backOffFirstMs: 25, backOffMostMs: 500 },
  ...{ callMs: 500, libraryCallMs: 2_500 },
}
const NOTICED_MS = QUICK.silenceMs + QUICK.heartbeatMs + SLACK_MS
const SEARCH = ['core.library.search', { query: { any: ['a'] } }] as const

const stage = createStage()
afterEach(stage.clear)

describe('A Mopidy that freezes', () => {
  let musakone: TestMusakone
  let client: OwnSocket
  let atRest: () => Promise<void>

  beforeEach(async () => {
    musakone = stage.keep(
      await startTestMusakone({ demo: { faulty: true }, limits: { mopidy: QUICK } }),
    )
    await musakone.online()
    await musakone.services.mopidy.idle()
    atRest = await remember(musakone)
    client = await signedIn(musakone)
  })

  const demo = () => {
    if (musakone.demo === undefined) throw new Error('no demo')
    return musakone.demo
  }
  const greetings = () => demo().received.filter((text) => text.includes('core.get_version')).length
  const status = async (online: boolean) =>
    expect(await client.next('mopidy_status')).toEqual({ type: 'mopidy_status', online })

  test('U3 it is noticed, what waits gets an error, and it comes back when it thaws', async () => {
    demo().faults.freeze(true)
    const from = performance.now()
    const pending = client.call(ASK)
    expect(await timed(status(false), from)).toBeLessThan(NOTICED_MS)
    expect(await pending).toMatchObject({ type: 'mopidy_error', error: TIMED_OUT })
    expect(await client.call('core.playback.get_state')).toMatchObject({ error: OFFLINE })
    expect(await health(musakone)).toEqual([200, 'degraded'])
    demo().faults.freeze(false)
    await status(true)
    expect(await client.call(ASK)).toMatchObject({ result: null })
    // The frozen connection is given up on both sides.
    await until(() => demo().connections() === 1, 'one connection')
    client.close()
    await atRest()
  })

  test('U3 fifty calls that could wait longer get one error each as soon as it is noticed', async () => {
    const patient = stage.keep(
      await startTestMusakone({
        mopidyUrl: demo().url,
        limits: { mopidy: { ...QUICK, callMs: 5_000 } },
      }),
    )
    await patient.online()
    const other = await signedIn(patient)
    demo().faults.freeze(true)
    const from = performance.now()
    const calls = Promise.all(Array.from({ length: 50 }, () => other.call(ASK)))
    expect(await timed(calls, from)).toBeLessThan(NOTICED_MS)
    for (const answer of await calls) expect(answer).toMatchObject({ error: OFFLINE })
    demo().faults.freeze(false)
    await patient.online()
    expect(await other.call(ASK)).toMatchObject({ result: null })
    expect(other.messages.map(({ online }) => online)).toEqual([false, true])
  })

  test('U3 a library call that silences it is answered when that comes in time', async () => {
    const before = greetings()
    demo().faults.freeze(true)
    const from = performance.now()
    const search = client.call(...SEARCH)
    const asked = client.call(ASK)
    expect(await timed(status(false), from)).toBeLessThan(NOTICED_MS)
    expect(await asked).toMatchObject({ error: TIMED_OUT })
    expect(await client.call('core.playback.get_state')).toMatchObject({ error: OFFLINE })
    // More heartbeats go by than one that was only late.
    await until(() => performance.now() - from > 2 * QUICK.silenceMs, 'a longer silence')
    demo().faults.freeze(false)
    expect(await search).toMatchObject({ type: 'mopidy_response', result: expect.any(Array) })
    await status(true)
    expect(await client.call(ASK)).toMatchObject({ result: null })
    // All on the same connection.
    expect(greetings()).toBe(before)
    expect(client.messages).toEqual([])
    client.close()
    await atRest()
  })

  test('U3 it is back as soon as it answers a heartbeat, though the library call is lost', async () => {
    const before = greetings()
    demo().faults.mute('core.library')
    const search = client.call(...SEARCH)
    demo().faults.freeze(true)
    await status(false)
    demo().faults.freeze(false)
    expect(await timed(status(true))).toBeLessThan(QUICK.heartbeatMs + SLACK_MS)
    expect(await client.call(ASK)).toMatchObject({ result: null })
    expect(greetings()).toBe(before)
    expect(await search).toMatchObject({ error: TIMED_OUT })
  })
})

test('U3 a library call that is never answered ends at its own deadline, and so does the wait', async () => {
  const mopidy = stage.keep(
    startFickleMopidy((count) => (count === 0 ? 'freeze at a library call' : 'stay')),
  )
  const musakone = stage.keep(
    await startTestMusakone({ mopidyUrl: mopidy.url, limits: { mopidy: QUICK } }),
  )
  await musakone.online()
  await musakone.services.mopidy.idle()
  const client = await signedIn(musakone)
  const search = client.call(...SEARCH)
  const took = timed(search)
  expect(await client.next('mopidy_status')).toMatchObject({ online: false })
  expect(mopidy.open()).toBe(1)
  expect(await search).toMatchObject({ error: TIMED_OUT })
  expect(await took).toBeGreaterThan(QUICK.libraryCallMs - 50)
  expect(await took).toBeLessThan(QUICK.libraryCallMs + SLACK_MS)
  // With nothing left to wait for, the connection is given up for a new one.
  expect(await client.next('mopidy_status')).toMatchObject({ online: true })
  expect(mopidy.openedAt).toHaveLength(2)
  expect(mopidy.lasted).toHaveLength(1)
  expect(mopidy.lasted[0]).toBeGreaterThan(QUICK.libraryCallMs)
})

test('U3 by default a frozen Mopidy is noticed within fifteen seconds', () => {
  const { heartbeatMs, silenceMs } = CONNECTION_LIMITS
  // The silence is looked for at each heartbeat.
  expect(silenceMs + heartbeatMs).toBeLessThanOrEqual(15_000)
})
