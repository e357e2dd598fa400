import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { PlaybackState } from '../../src/listening/model'
import { done, historyOf } from '../actions/recorded'
import { connectRpc } from '../support/rpc-client'
import { openRoom, type Room } from './room'

const MINUTE = 60_000

describe('S2 a mixer that tells of no change', () => {
  let room: Room
  beforeEach(async () => {
    room = await openRoom({ demo: { silentMixer: true } })
  })
  afterEach(() => room.close())

  const state = async () => {
    const { volume, mute } = await room.berta.get<PlaybackState>('playback/state')
    return { volume, mute }
  }
  const set = (volume: number) => done(room.admin.socket, 'core.mixer.set_volume', { volume })
  const turns = async () => {
    const page = await historyOf(room.musakone, room.admin.token, { action_type: 'volume_changed' })
    return page.actions.map(({ metadata }) => metadata).reverse()
  }
  async function outsider(method: string, params: Record<string, unknown>): Promise<void> {
    const outside = await connectRpc(room.musakone.demo?.url ?? '')
    await outside.call(method, params)
    await outside.close()
  }

  test('the state shows what was set, and the history where it was before', async () => {
    await set(70)
    await done(room.admin.socket, 'core.mixer.set_mute', { mute: true })
    expect(await state()).toEqual({ volume: 70, mute: true })
    room.advance(2_000)
    await set(30)
    expect(await state()).toEqual({ volume: 30, mute: true })
    expect(await turns()).toEqual([
      { from: 100, volume: 70 },
      { from: 70, volume: 30 },
    ])
  })

  test("an outsider's turn of the knob is noticed once what is known is old", async () => {
    await set(70)
    await outsider('core.mixer.set_volume', { volume: 20 })
    await outsider('core.mixer.set_mute', { mute: true })
    room.advance(MINUTE)
    expect(await state()).toEqual({ volume: 20, mute: true })
    await outsider('core.mixer.set_volume', { volume: 40 })
    room.advance(MINUTE)
    await set(50)
    expect((await turns()).at(-1)).toEqual({ from: 40, volume: 50 })
  })

  test('who reads the volume in either dialect and who reads the state see the same', async () => {
    await outsider('core.mixer.set_volume', { volume: 20 })
    room.advance(MINUTE)
    expect(await done<number>(room.admin.socket, 'core.mixer.get_volume')).toBe(20)
    expect(await state()).toMatchObject({ volume: 20 })
  })

  test('a Mopidy that is busy does not hold the state up', async () => {
    room.advance(MINUTE)
    room.musakone.demo?.faults.mute('core.mixer')
    const asked = performance.now()
    expect(await state()).toEqual({ volume: 100, mute: false })
    expect(performance.now() - asked).toBeLessThan(2_000)
  })
})
