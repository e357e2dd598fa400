import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createFakeClock } from '../demo/fake-clock'
import type { OwnSocket } from '../support/own-socket'
import { startTestMusakone, type TestMusakone } from '../support/test-musakone'
import { done, historyOf, signIn } from './recorded'

describe('a volume slider', () => {
  let clock: ReturnType<typeof createFakeClock>
  let musakone: TestMusakone
  let client: OwnSocket
  let token: string
  beforeEach(async () => {
    clock = createFakeClock()
    musakone = await startTestMusakone({ clock })
    await musakone.online()
    token = await musakone.logIn()
    client = await signIn(musakone, token)
  })
  afterEach(async () => {
    client.close()
    await musakone.stop()
  })

  const set = async (volume: number) => {
    await done(client, 'core.mixer.set_volume', { volume })
    await client.event('volume_changed')
  }
  const turns = async () => {
    const { actions } = await historyOf(musakone, token, { action_type: 'volume_changed' })
    return actions.map(({ metadata }) => metadata).reverse()
  }

  test('dragged, it is one row, from where it was to where it was left', async () => {
    for (const volume of [90, 80, 70, 60, 50]) {
      await set(volume)
      clock.advance(200)
    }
    expect(await turns()).toEqual([{ from: 100, volume: 50 }])
  })

  test('dragged on after the row was written, it still is one', async () => {
    await set(90)
    expect(await turns()).toEqual([{ from: 100, volume: 90 }])
    clock.advance(1_000)
    await set(20)
    expect(await turns()).toEqual([{ from: 100, volume: 20 }])
  })

  test('flung, with many calls on their way at once, it is one row', async () => {
    const volumes = Array.from({ length: 50 }, (_, index) => 99 - index)
    await Promise.all(volumes.map((volume) => done(client, 'core.mixer.set_volume', { volume })))
    expect(await turns()).toEqual([{ from: 100, volume: 50 }])
  })

  test('taken up again later, it is another row', async () => {
    await set(80)
    clock.advance(1_001)
    await set(60)
    expect(await turns()).toEqual([
      { from: 100, volume: 80 },
      { from: 80, volume: 60 },
    ])
  })

  test('P11 taken up again after the clock was set back, it is another row', async () => {
    await set(80)
    clock.set(-3_600_000)
    clock.advance(1_001)
    await set(60)
    expect((await turns()).map((turn) => turn?.volume).toSorted()).toEqual([60, 80])
  })

  test('other actions in between do not cut a turn in two', async () => {
    await set(80)
    await done(client, 'core.mixer.set_mute', { mute: true })
    await set(70)
    const { actions } = await historyOf(musakone, token)
    expect(actions.map(({ action_type }) => action_type)).toEqual([
      'mute_changed',
      'volume_changed',
    ])
    expect(await turns()).toEqual([{ from: 100, volume: 70 }])
  })
})
