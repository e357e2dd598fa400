import { afterEach, describe, expect, test } from 'bun:test'
import { systemClock } from '../../src/clock'
import { addTracks, done } from '../actions/recorded'
import { type DemoProcess, startDemoProcess } from '../support/demo-process'
import { until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'
import { openRoom, type Room } from './room'

const HEARTBEAT_MS = 200

describe('S2 a Mopidy that is frozen', () => {
  let room: Room
  let mopidy: DemoProcess['child']
  afterEach(async () => {
    mopidy.kill('SIGKILL')
    await room.close()
  })

  /** Plays a track of that length; when it was asked for, by `performance.now()`. */
  async function play(lengthMs: number, silenceMs: number): Promise<number> {
    const demo = await startDemoProcess(lengthMs)
    mopidy = demo.child
    const limits = { mopidy: { heartbeatMs: HEARTBEAT_MS, silenceMs } }
    room = await openRoom({ clock: systemClock, mopidyUrl: demo.url, limits })
    await addTracks(room.admin.socket, 1)
    const asked = performance.now()
    await done(room.admin.socket, 'core.playback.play')
    await until(() => listenedMs() !== undefined, 'the play')
    return asked
  }

  const listenedMs = () =>
    withRows(
      room.databasePath,
      (rows) => rows.query<{ ms: number }, []>('SELECT listened_ms AS ms FROM plays').get()?.ms,
    )

  test('is heard up to its last sign of life', async () => {
    const began = await play(60_000, 3_000)
    await Bun.sleep(500)
    mopidy.kill('SIGSTOP')
    const heard = performance.now() - began
    await until(() => !room.musakone.services.mopidy.status().online, 'Mopidy to be missed')
    expect(performance.now() - began).toBeGreaterThan(heard + 2_000)
    expect(listenedMs()).toBeLessThanOrEqual(heard + 1)
    expect(listenedMs()).toBeGreaterThan(0)
  })

  test('is not heard for longer than the song lasts', async () => {
    await play(1_000, 60_000)
    mopidy.kill('SIGSTOP')
    await Bun.sleep(2_000)
    await room.admin.get('playback/history')
    expect(listenedMs()).toBe(1_000)
  })
})
