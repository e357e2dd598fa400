import { afterEach, describe, expect, test } from 'bun:test'
import { startDemoMopidy } from '../../../src/demo/mopidy'
import { CONNECTION_LIMITS } from '../../../src/mopidy/connection/connection'
import { remember } from '../../support/aftermath'
import { connectOwn } from '../../support/own-socket'
import { startTestMusakone, until } from '../../support/test-musakone'
import { createStage, health, OFFLINE, SLACK_MS, signedIn, timed } from '../stage'
import { startFickleMopidy } from './fickle-mopidy'

// Half a second and ten seconds, twenty times faster.
const QUICK = { backOffFirstMs: 25, backOffMostMs: 500 }

const stage = createStage()
afterEach(stage.clear)

describe('A Mopidy that is not there', () => {
  test('U1 refused at the start: up, degraded, every client told, back within one step', async () => {
    const port = freePort()
    const musakone = stage.keep(
      await startTestMusakone({
        mopidyUrl: `ws://127.0.0.1:${port}/mopidy/ws`,
        limits: { mopidy: QUICK },
      }),
    )
    expect(await health(musakone)).toEqual([200, 'degraded'])
    const token = await musakone.logIn()

    const first = await signedIn(musakone, token)
    expect(await first.next()).toEqual({ type: 'mopidy_status', online: false })
    const byQuery = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    expect(await byQuery.next()).toEqual({ type: 'mopidy_status', online: false })
    const byCall = await connectOwn(musakone.socketUrl)
    byCall.send({ type: 'mopidy', token, id: 1, method: 'core.playback.play' })
    expect(await byCall.next()).toMatchObject({ type: 'mopidy_error', id: 1, error: OFFLINE })
    expect(await byCall.next()).toEqual({ type: 'mopidy_status', online: false })

    const from = performance.now()
    stage.keep(await startDemoMopidy({ port }))
    for (const client of [first, byQuery, byCall])
      expect(await client.next()).toEqual({ type: 'mopidy_status', online: true })
    expect(performance.now() - from).toBeLessThan(QUICK.backOffMostMs + SLACK_MS)
    expect(await health(musakone)).toEqual([200, 'ok'])
    expect(await first.call('core.get_version')).toMatchObject({ result: '3.4.1' })
    // Who comes now hears of no absence.
    const late = await signedIn(musakone)
    expect(await late.call('core.get_version')).toMatchObject({ result: '3.4.1' })
    expect(late.messages).toEqual([])
  })

  test('U1 refused mid-run: every signed-in socket hears it within a second, and of the return', async () => {
    const musakone = stage.keep(
      await startTestMusakone({
        demo: { faulty: true },
        // All clients here have one address.
        limits: { mopidy: QUICK, gateway: { strangers: { perAddress: 100, inAll: 100 } } },
      }),
    )
    const { demo } = musakone
    if (demo === undefined) throw new Error('no demo')
    await musakone.online()
    const atRest = await remember(musakone)
    const token = await musakone.logIn()
    const own = await Promise.all(Array.from({ length: 40 }, () => signedIn(musakone, token)))
    const rpc = await signedIn(musakone, token)
    rpc.send({ jsonrpc: '2.0', id: 1, method: 'core.get_version' })
    await rpc.next()
    const stranger = await connectOwn(musakone.socketUrl)

    const dropped = performance.now()
    demo.faults.refuse(true)
    const told = await Promise.all([
      ...own.map(async (client) => {
        expect(await client.next()).toEqual({ type: 'mopidy_status', online: false })
        return performance.now() - dropped
      }),
      timed(
        rpc.next().then((message) => expect(message).toEqual({ event: 'mopidy_disconnected' })),
        dropped,
      ),
    ])
    expect(Math.max(...told)).toBeLessThan(1_000)
    expect(await health(musakone)).toEqual([200, 'degraded'])

    // Calls do not wait for the return.
    const [client] = own
    if (client === undefined) throw new Error('no client')
    const received = demo.received.length
    const waits = ['core.playback.get_state', 'core.library.search', 'core.playback.play'].map(
      async (method) => {
        const from = performance.now()
        const params = method.endsWith('search') ? { query: { any: ['a'] } } : {}
        expect(await client.call(method, params)).toMatchObject({ error: OFFLINE })
        return performance.now() - from
      },
    )
    expect(Math.max(...(await Promise.all(waits)))).toBeLessThan(SLACK_MS)

    const from = performance.now()
    demo.faults.refuse(false)
    const back = own.map((each) => each.next())
    expect(await timed(Promise.all(back), from)).toBeLessThan(QUICK.backOffMostMs + SLACK_MS)
    expect(await rpc.next()).toEqual({ event: 'mopidy_connected' })
    await musakone.services.mopidy.idle()
    // What was refused is not made up for.
    expect(demo.received.slice(received).filter((text) => /play"|search/.test(text))).toEqual([])
    expect(stranger.messages).toEqual([])
    for (const each of [...own, rpc, stranger]) each.close()
    await atRest()
  })

  test('U1 knocks further and further apart, up to the longest step, and never sooner', async () => {
    const mopidy = stage.keep(startFickleMopidy(() => 'reset at once'))
    stage.keep(await startTestMusakone({ mopidyUrl: mopidy.url, limits: { mopidy: QUICK } }))
    await until(() => mopidy.openedAt.length >= 9, 'nine knocks')
    const gaps = mopidy.openedAt.slice(1, 9).map((at, i) => at - (mopidy.openedAt[i] ?? 0))
    const steps = gaps.map((_, failure) =>
      Math.min(QUICK.backOffMostMs, QUICK.backOffFirstMs * 2 ** failure),
    )
    for (const [index, step] of steps.entries()) {
      // Jitter takes a fifth at most; timers are right to the millisecond.
      expect(gaps[index]).toBeGreaterThan(step * 0.8 - 2)
      expect(gaps[index]).toBeLessThan(step + SLACK_MS)
    }
  })

  test('U1 a Mopidy that lived for a heartbeat is tried again soon when it drops', async () => {
    let staying = false
    const mopidy = stage.keep(
      startFickleMopidy(() => (staying ? 'stay' : 'reset after the handshake')),
    )
    const musakone = stage.keep(
      await startTestMusakone({
        mopidyUrl: mopidy.url,
        limits: { mopidy: { heartbeatMs: 50, backOffFirstMs: 20, backOffMostMs: 60_000 } },
      }),
    )
    // By then the next step is 1.3 s, and a Mopidy that accepts and drops has not shortened it.
    await until(() => mopidy.openedAt.length === 7, 'seven knocks')
    staying = true
    await musakone.online()
    const [sixth = 0, seventh = 0, eighth = 0] = mopidy.openedAt.slice(5)
    expect(seventh - sixth).toBeGreaterThan(500)
    expect(eighth - seventh).toBeGreaterThan(1_000)
    await until(() => mopidy.heartbeats() > 0, 'a heartbeat')
    const { length } = mopidy.openedAt
    mopidy.dropAll()
    const wait = await timed(until(() => mopidy.openedAt.length > length, 'a knock'))
    expect(wait).toBeLessThan(20 + SLACK_MS)
  })

  test('U1 by default the steps go from half a second to ten', () => {
    expect(CONNECTION_LIMITS).toMatchObject({ backOffFirstMs: 500, backOffMostMs: 10_000 })
  })
})

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}
