import { afterEach, describe, expect, test } from 'bun:test'
import { startDemoMopidy } from '../../../src/demo/mopidy'
import { MOPIDY_LIMITS } from '../../../src/mopidy/mopidy'
import { remember } from '../../support/aftermath'
import { startTestMusakone, until } from '../../support/test-musakone'
import { createStage, OFFLINE, SLACK_MS, signedIn } from '../stage'
import { startFickleMopidy } from './fickle-mopidy'

const QUICK = { backOffFirstMs: 25, backOffMostMs: 500 }

const stage = createStage()
afterEach(stage.clear)

describe('A Mopidy that takes connections and says nothing', () => {
  test('U2 as installed, the handshake is given up within five seconds', () => {
    expect(MOPIDY_LIMITS.dialMs).toBe(5_000)
  })

  test('U2 the handshake is given up in time, and tried again', async () => {
    let silent = true
    const startedAt = performance.now()
    const mopidy = stage.keep(startFickleMopidy(() => (silent ? 'silent' : 'stay')))
    const musakone = stage.keep(
      await startTestMusakone({
        mopidyUrl: mopidy.url,
        limits: { mopidy: { ...QUICK, dialMs: 1_000 } },
      }),
    )
    const client = await signedIn(musakone)
    expect(await client.next()).toEqual({ type: 'mopidy_status', online: false })
    expect(await client.call('core.playback.play')).toMatchObject({ error: OFFLINE })
    await until(() => mopidy.lasted.length > 0, 'the end of the first attempt')
    // The server may hear late of the attempt, on a busy machine; its end is not before its time.
    expect(performance.now() - startedAt).toBeGreaterThan(1_000)
    expect(mopidy.lasted[0]).toBeLessThan(1_000 + SLACK_MS)
    silent = false
    await musakone.online()
    expect(mopidy.open()).toBe(1)
    client.close()
    await (await remember(musakone))()
  }, 20_000)

  test('U2 attempts that were given up leave no connection behind', async () => {
    const mopidy = stage.keep(startFickleMopidy((count) => (count < 30 ? 'silent' : 'stay')))
    const musakone = stage.keep(
      await startTestMusakone({
        mopidyUrl: mopidy.url,
        limits: { mopidy: { dialMs: 50, backOffFirstMs: 1, backOffMostMs: 1 } },
      }),
    )
    await musakone.online()
    expect(mopidy.openedAt.length).toBe(31)
    await until(() => mopidy.open() === 1, 'one connection')
    await (await remember(musakone))()
  })

  test('U2 who shakes hands and answers no call is not online, and given up as well', async () => {
    const mopidy = stage.keep(
      startFickleMopidy((count) => (count < 3 ? 'never answer a call' : 'stay')),
    )
    const musakone = stage.keep(
      await startTestMusakone({
        mopidyUrl: mopidy.url,
        limits: { mopidy: { ...QUICK, dialMs: 200 } },
      }),
    )
    await until(() => mopidy.openedAt.length === 2, 'a second attempt')
    expect(musakone.services.mopidy.status().online).toBeFalse()
    expect(mopidy.lasted[0]).toBeLessThan(200 + SLACK_MS)
    await musakone.online()
    expect(mopidy.openedAt.length).toBe(4)
    await until(() => mopidy.open() === 1, 'one connection')
  })

  test('U2 a demo Mopidy that hangs at the handshake and then does not', async () => {
    const demo = stage.keep(await startDemoMopidy({ faulty: true }))
    demo.faults.hangHandshake(true)
    const musakone = stage.keep(
      await startTestMusakone({
        mopidyUrl: demo.url,
        limits: { mopidy: { ...QUICK, dialMs: 100 } },
      }),
    )
    demo.faults.hangHandshake(false)
    await musakone.online()
    expect(demo.connections()).toBe(1)
  })
})
