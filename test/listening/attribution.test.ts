import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { PlaybackState, Queue } from '../../src/listening/model'
import { type Added, addTracks, done, hymn } from '../actions/recorded'
import { until } from '../support/test-musakone'
import { type House, openHouse } from './house'

describe('who queued what', () => {
  let house: House
  beforeEach(async () => {
    house = await openHouse()
    await addTracks(house.room.admin.socket, 1)
    await addTracks(house.room.berta.socket, 2)
    await house.outsider('core.tracklist.add', { uris: ['demo:track:valoisa:01'] })
  })
  afterEach(() => house.close())

  /** The users who queued the three tracks, each asked for while its track plays. */
  async function queuers(): Promise<(string | null)[]> {
    const names: (string | null)[] = []
    const tlTracks = await done<{ tlid: number }[]>(
      house.room.admin.socket,
      'core.tracklist.get_tl_tracks',
    )
    for (const { tlid } of tlTracks) {
      await done(house.room.admin.socket, 'core.playback.play', { tlid })
      await house.heard()
      const state = await house.room.admin.get<PlaybackState>('playback/state')
      expect(state.track?.tlid).toBe(tlid)
      names.push(state.queued_by?.username ?? null)
    }
    return names
  }
  const ALL = ['admin', 'berta', null]

  test('is known', async () => {
    expect(await queuers()).toEqual(ALL)
  })

  test('P3 is known after a restart of Musakone', async () => {
    await house.stopMusakone()
    await house.startMusakone()
    expect(await queuers()).toEqual(ALL)
  })

  test.each([
    ['something was played', true],
    ['nothing was ever played', false],
  ])('U7 is known after a restart of Mopidy that restores its state: %s', async (_, plays) => {
    if (plays) await done(house.room.admin.socket, 'core.playback.play')
    await house.restartMopidy({ restoreState: true })
    expect(await queuers()).toEqual(ALL)
  })

  test('U7 is known after more starts than Mopidy remembers over a restart', async () => {
    const { socket } = house.room.admin
    for (let time = 0; time < 520; time += 1) {
      await done(socket, 'core.playback.play', { tlid: 1 + (time % 2) })
      house.clock.advance(10)
    }
    await house.restartMopidy({ restoreState: true })
    expect(await queuers()).toEqual(ALL)
  })

  test('U7 is forgotten after a restart of Mopidy without its state', async () => {
    await house.restartMopidy({ restoreState: false })
    await house.outsider('core.tracklist.add', { uris: ['demo:track:valoisa:02'] })
    await addTracks(house.room.berta.socket, 1)
    expect(await queuers()).toEqual([null, 'berta'])
  })

  test('U7 is forgotten when both were restarted and Mopidy has lost its state', async () => {
    await house.stopMusakone()
    await house.demo.restart()
    await house.outsider('core.tracklist.add', {
      uris: ['demo:track:valoisa:02', 'demo:track:valoisa:03'],
    })
    await house.startMusakone()
    expect(await queuers()).toEqual([null, null])
  })

  test('U7 is forgotten though an outsider has queued the same tracks again meanwhile', async () => {
    const { socket } = house.room.admin
    await done(socket, 'core.playback.play')
    await house.heard()
    const tlTracks = await done<Added[]>(socket, 'core.tracklist.get_tl_tracks')
    await house.stopMusakone()
    await house.demo.restart()
    for (const { track } of tlTracks)
      await house.outsider('core.tracklist.add', { uris: [track.uri] })
    await house.startMusakone()
    expect(await queuers()).toEqual([null, null, null])
  })

  test('S2 nobody is named while it is not known whether Mopidy was restarted, nor for another song', async () => {
    const { admin, berta } = house.room
    house.demo.faults.delay(1_000, 'core.history.get_history')
    await house.restartMopidy({ restoreState: false })
    // The tlids begin at 1 again: another song has that of the admin's, and the same song has Berta's.
    await house.outsider('core.tracklist.add', { uris: ['demo:track:valoisa:02', hymn(2)] })
    await house.outsider('core.playback.play')
    await addTracks(berta.socket, 3)
    const named = async () => {
      const queue = await admin.get<Queue>('queue')
      return queue.tracks.map(({ queued_by }) => queued_by?.username ?? null)
    }
    expect(await named()).toEqual([null, null, null])
    expect(await admin.get<PlaybackState>('playback/state')).toMatchObject({
      track: { tlid: 1 },
      queued_by: null,
    })
    house.demo.faults.delay(0)
    const isKnown = async () => (await named())[2] === 'berta'
    await until(async () => {
      house.clock.advance(1_000)
      return isKnown()
    }, "Berta's name")
    expect(await named()).toEqual([null, null, 'berta'])
    expect(await queuers()).toEqual([null, null, 'berta'])
  })
})
