import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { addTracks, done, hymn } from '../../actions/recorded'
import { type House, openHouse } from '../house'
import { MONDAY_NOON } from '../room'

const SECOND = 1_000
const ADMIN = 1
const BERTA = 2

describe('plays', () => {
  let house: House
  beforeEach(async () => {
    house = await openHouse()
  })
  afterEach(() => house.close())

  const who = (name: 'admin' | 'berta' = 'admin') => house.room[name].socket
  async function command(method: string, params: unknown = {}, name: 'admin' | 'berta' = 'admin') {
    await done(who(name), `core.${method}`, params)
    await house.heard()
  }
  /** Berta has queued two tracks, the admin plays the first for ten seconds. */
  async function playTen(): Promise<void> {
    await addTracks(who('berta'), 1, 2)
    await command('playback.play')
    await house.advance(10 * SECOND)
  }
  const first = {
    tlid: 1,
    track_uri: hymn(1),
    queued_by: BERTA,
    started_by: ADMIN,
    started_at_ms: MONDAY_NOON,
  }

  test('U7 Mopidy restarted in mid-song with its state: one play, that goes on', async () => {
    await playTen()
    await house.restartMopidy({ restoreState: true, awayMs: 5 * SECOND })
    await house.advance(7 * SECOND)
    expect(await house.rows()).toEqual([
      { ...first, listened_ms: 22 * SECOND, end_reason: null, ended_by: null },
    ])
    await command('playback.next', {}, 'berta')
    expect(await house.rows()).toMatchObject([
      { ...first, listened_ms: 22 * SECOND, end_reason: 'skipped', ended_by: BERTA },
      { tlid: 2, queued_by: BERTA, started_by: BERTA },
    ])
  })

  test.each([
    ['forward', 20 * 86_400 * SECOND],
    ['back', -3_600 * SECOND],
  ])(
    'P11 the clock set %s in mid-song: the play began when it did by the right time',
    async (_, ms) => {
      await playTen()
      house.clock.set(ms)
      await house.advance(5 * SECOND)
      await command('playback.next', {}, 'berta')
      expect(await house.rows()).toMatchObject([
        { ...first, started_at_ms: MONDAY_NOON + ms, listened_ms: 15 * SECOND },
        { tlid: 2, started_at_ms: MONDAY_NOON + ms + 15 * SECOND },
      ])
    },
  )

  test('U7 restarted while paused, it is heard on when somebody lets it', async () => {
    await playTen()
    await command('playback.pause')
    await house.restartMopidy({ restoreState: true, awayMs: 100 * SECOND })
    await house.advance(100 * SECOND)
    await command('playback.resume')
    await house.advance(3 * SECOND)
    expect(await house.rows()).toEqual([
      { ...first, listened_ms: 13 * SECOND, end_reason: null, ended_by: null },
    ])
  })

  test('U7 Mopidy restarted without its state: the play is lost, and so is who queued what', async () => {
    await playTen()
    await house.restartMopidy({ restoreState: false })
    const lost = { ...first, listened_ms: 10 * SECOND, end_reason: 'lost', ended_by: null }
    expect(await house.rows()).toEqual([lost])
    await house.outsider('core.tracklist.add', { uris: [hymn(1), hymn(2)] })
    await house.outsider('core.playback.play')
    await house.advance(SECOND)
    expect(await house.rows()).toMatchObject([
      lost,
      { tlid: 1, track_uri: hymn(1), queued_by: null, started_by: null, end_reason: null },
    ])
  })

  test('P3 Musakone restarted in mid-song: one play, and what was heard meanwhile counts', async () => {
    await playTen()
    await house.stopMusakone()
    house.clock.advance(20 * SECOND)
    await house.startMusakone()
    await house.advance(5 * SECOND)
    expect(await house.rows()).toEqual([
      { ...first, listened_ms: 35 * SECOND, end_reason: null, ended_by: null },
    ])
    await house.advance(25 * SECOND)
    expect(await house.rows()).toMatchObject([
      { ...first, listened_ms: 60 * SECOND, end_reason: 'finished', ended_by: null },
      { tlid: 2, started_by: null, started_at_ms: MONDAY_NOON + 60 * SECOND },
    ])
  })

  test('P3 a track that ended meanwhile is lost, and one that began then is told of as it began', async () => {
    await playTen()
    await house.stopMusakone()
    // The track comes to its end in a step of its own, for the demo stands still between steps.
    house.clock.advance(50 * SECOND)
    house.clock.advance(20 * SECOND)
    await house.startMusakone()
    await house.advance(5 * SECOND)
    expect(await house.rows()).toMatchObject([
      { ...first, listened_ms: 10 * SECOND, end_reason: 'lost', ended_by: null },
      {
        tlid: 2,
        queued_by: BERTA,
        started_by: null,
        started_at_ms: MONDAY_NOON + 60 * SECOND,
        listened_ms: 25 * SECOND,
      },
    ])
  })

  test('P3 the same track begun anew meanwhile is another play', async () => {
    await playTen()
    await house.stopMusakone()
    house.clock.advance(5 * SECOND)
    await house.outsider('core.playback.play', { tlid: 1 })
    house.clock.advance(12 * SECOND)
    await house.startMusakone()
    expect(await house.rows()).toMatchObject([
      { ...first, listened_ms: 10 * SECOND, end_reason: 'lost' },
      { tlid: 1, started_at_ms: MONDAY_NOON + 15 * SECOND, listened_ms: 12 * SECOND },
    ])
  })

  test('P3 both restarted in mid-song', async () => {
    await playTen()
    await house.stopMusakone()
    await house.demo.restart({ restoreState: true })
    house.clock.advance(20 * SECOND)
    await house.startMusakone()
    await house.advance(5 * SECOND)
    expect(await house.rows()).toEqual([
      { ...first, listened_ms: 35 * SECOND, end_reason: null, ended_by: null },
    ])
  })

  test('P11 the clock set back or forward changes no length, also while Musakone is away', async () => {
    await playTen()
    for (const by of [-3_650, 3_650, -1, 1]) {
      house.clock.set(by * 86_400_000)
      await house.advance(SECOND)
    }
    await house.stopMusakone()
    house.clock.set(-3_600_000)
    house.clock.advance(SECOND)
    await house.startMusakone()
    expect(await house.rows()).toMatchObject([{ listened_ms: 15 * SECOND, end_reason: null }])
  })

  test('two skips in the same moment: each ends what was current then', async () => {
    await addTracks(who('berta'), 1, 2, 3)
    await command('playback.play')
    await house.advance(10 * SECOND)
    await Promise.all([
      who('berta').call('core.playback.next'),
      who('admin').call('core.playback.stop'),
    ])
    const [play, second, ...others] = await house.rows()
    expect(play).toMatchObject({ tlid: 1, end_reason: 'skipped', ended_by: BERTA })
    // The second track was not heard, so it has no row.
    expect([second, others]).toEqual([undefined, []])
  })

  test('a track that was removed sounds on, and ends as it does', async () => {
    await playTen()
    await command('tracklist.remove', { criteria: { tlid: [1] } })
    await house.advance(10 * SECOND)
    expect(await house.rows()).toMatchObject([{ listened_ms: 20 * SECOND, end_reason: null }])
    await house.advance(40 * SECOND)
    expect(await house.rows()).toMatchObject([
      { listened_ms: 60 * SECOND, end_reason: 'finished', ended_by: null },
    ])
  })

  test('removed as the last one, it is stopped', async () => {
    await playTen()
    await command('tracklist.remove', { criteria: { tlid: [1, 2] } }, 'berta')
    expect(await house.rows()).toMatchObject([
      { listened_ms: 10 * SECOND, end_reason: 'stopped', ended_by: BERTA },
    ])
  })

  test('what is chosen while paused is heard from when it is let go on', async () => {
    await playTen()
    await command('playback.pause')
    await house.advance(100 * SECOND)
    await command('playback.next', {}, 'berta')
    await house.advance(100 * SECOND)
    expect(await house.rows()).toHaveLength(1)
    await command('playback.resume')
    await house.advance(SECOND)
    expect(await house.rows()).toMatchObject([
      { end_reason: 'skipped', ended_by: BERTA, listened_ms: 10 * SECOND },
      {
        tlid: 2,
        started_by: BERTA,
        started_at_ms: MONDAY_NOON + 210 * SECOND,
        listened_ms: SECOND,
      },
    ])
  })

  test("an outsider's skip has no name, and one at the very end is the end", async () => {
    await playTen()
    await house.outsider('core.playback.next')
    await house.advance(59 * SECOND)
    await house.outsider('core.playback.next')
    expect(await house.rows()).toMatchObject([
      { end_reason: 'skipped', ended_by: null },
      { end_reason: 'finished', ended_by: null, listened_ms: 59 * SECOND },
    ])
  })

  test('an end that is said once too often, as after two quick skips, ends nothing', async () => {
    await playTen()
    const tl_track = { __model__: 'TlTrack', tlid: 1, track: { __model__: 'Track', uri: hymn(1) } }
    house.demo.emit({ event: 'track_playback_ended', tl_track, time_position: 0 })
    await house.heard()
    await house.advance(10 * SECOND)
    expect(await house.room.admin.get('playback/state')).toMatchObject({ track: { tlid: 1 } })
    await command('playback.stop', {}, 'berta')
    expect(await house.rows()).toMatchObject([
      { tlid: 1, listened_ms: 20 * SECOND, end_reason: 'stopped', ended_by: BERTA },
    ])
  })
})

describe('plays, where the sound takes its time', () => {
  const DELAY_MS = 500
  let house: House
  beforeEach(async () => {
    house = await openHouse({ audioDelayMs: DELAY_MS })
    const { socket } = house.room.admin
    await addTracks(socket, 1)
    await addTracks(socket, 2)
    await done(socket, 'core.playback.play')
    await house.advance(DELAY_MS)
    await house.advance(10 * SECOND)
  })
  afterEach(() => house.close())

  test('U7 a restored Mopidy that is found before it plays again', async () => {
    await house.restartMopidy({ restoreState: true })
    expect(await house.rows()).toMatchObject([{ listened_ms: 10 * SECOND, end_reason: null }])
    await house.advance(DELAY_MS)
    // A restored Mopidy starts the track first and then seeks to its place.
    await house.advance(DELAY_MS)
    await house.advance(5 * SECOND)
    const [play, ...others] = await house.rows()
    expect(others).toEqual([])
    expect(play).toMatchObject({ tlid: 1, end_reason: null, ended_by: null })
    expect(Math.abs((play?.listened_ms ?? 0) - 15 * SECOND)).toBeLessThanOrEqual(DELAY_MS)
  })

  test('a skip and a play before its effect: who skipped has ended it, who played has started', async () => {
    await done(house.room.berta.socket, 'core.playback.next')
    await done(house.room.admin.socket, 'core.playback.play', { tlid: 1 })
    await house.advance(DELAY_MS)
    await house.advance(SECOND)
    expect(await house.rows()).toMatchObject([
      { tlid: 1, end_reason: 'skipped', ended_by: BERTA },
      { tlid: 1, started_by: ADMIN, end_reason: null },
    ])
  })

  test('a skip that a seek takes back ends nothing', async () => {
    await done(house.room.berta.socket, 'core.playback.next')
    await done(house.room.admin.socket, 'core.playback.seek', { time_position: 30 * SECOND })
    await house.advance(DELAY_MS)
    await house.advance(DELAY_MS)
    await house.advance(SECOND)
    expect(await house.rows()).toMatchObject([{ tlid: 1, end_reason: null }])
    await house.outsider('core.playback.next')
    await house.advance(DELAY_MS)
    expect(await house.rows()).toMatchObject([
      { tlid: 1, end_reason: 'skipped', ended_by: null },
      { tlid: 2, started_by: null },
    ])
  })

  test('a skip behind the seek that took one back: who skipped last has ended it', async () => {
    await done(house.room.berta.socket, 'core.playback.next')
    await done(house.room.admin.socket, 'core.playback.seek', { time_position: 30 * SECOND })
    await done(house.room.admin.socket, 'core.playback.next')
    await house.advance(DELAY_MS)
    await house.advance(DELAY_MS)
    expect(await house.rows()).toMatchObject([
      { tlid: 1, end_reason: 'skipped', ended_by: ADMIN },
      { tlid: 2, started_by: ADMIN },
    ])
  })

  test('a play that an outsider overtakes with another one is not its start', async () => {
    await done(house.room.berta.socket, 'core.playback.play', { tlid: 1 })
    await house.outsider('core.playback.next')
    await house.advance(DELAY_MS)
    await house.advance(SECOND)
    expect(await house.rows()).toMatchObject([
      { tlid: 1, end_reason: 'replaced', ended_by: BERTA },
      { tlid: 2, started_by: null },
    ])
  })
})
