import { describe, expect, test } from 'bun:test'
import type { RpcEvent } from '../support/rpc-client'
import { type ConformanceOptions, dataOf, namesButVolume, type Room } from './room'

export function playbackConformance(room: Room, { throughMusakone }: ConformanceOptions): void {
  const command = (method: string, params?: Record<string, unknown>) => () =>
    room.call(`playback.${method}`, params)
  const state = () => room.call('playback.get_state')
  const currentTlid = () => room.call('playback.get_current_tlid')
  const position = () => room.call<number>('playback.get_time_position')

  /** An ended may come late, after the stop that caused it. */
  const butStale = (events: RpcEvent[]) =>
    namesButVolume(events).filter((name) => name !== 'track_playback_ended')

  async function positionPast(ms: number): Promise<number> {
    const deadline = Date.now() + 4_000
    while (Date.now() < deadline) {
      const reached = await position()
      if (reached > ms) return reached
    }
    throw new Error(`the position did not pass ${ms} ms`)
  }

  describe('playback', () => {
    test('play answers null and starts the first track', async () => {
      const [first] = await room.queue()
      const events = await room.eventsOf(async () => {
        expect(await room.call('playback.play')).toBeNull()
      }, 'track_playback_started')
      expect(namesButVolume(events)).toEqual(['stopped → playing', 'track_playback_started'])
      expect(dataOf(events, 'track_playback_started')).toEqual({ tl_track: first })
      expect(await state()).toBe('playing')
      expect(await currentTlid()).toBe(first?.tlid)
      expect(await room.call('playback.get_current_tl_track')).toEqual(first)
      expect(await room.call('playback.get_current_track')).toEqual(first?.track)
    })

    test('play of a tlid starts that track', async () => {
      const [, , third] = await room.queue()
      await room.eventsOf(command('play', { tlid: third?.tlid }), 'track_playback_started')
      expect(await currentTlid()).toBe(third?.tlid)
    })

    test('play takes an entry of the tracklist too', async () => {
      const [, second] = await room.queue()
      await room.eventsOf(command('play', { tl_track: second }), 'track_playback_started')
      expect(await currentTlid()).toBe(second?.tlid)
    })

    test('play of tlid 0, of a text or of two things at once is refused', async () => {
      const [first] = await room.queue()
      const refused = throughMusakone ? -32602 : 0
      const wrong = [{ tlid: 0 }, { tlid: 'x' }, { tlid: first?.tlid, tl_track: first }]
      for (const params of wrong) {
        expect((await room.failureOf('playback.play', params)).code).toBe(refused)
      }
      expect(await state()).toBe('stopped')
    })

    test('play with an empty list does nothing', async () => {
      expect(namesButVolume(await room.eventsOf(command('play')))).toEqual([])
      expect(await state()).toBe('stopped')
    })

    test('pause and resume announce the track and the position', async () => {
      const [first] = await room.play()
      const paused = await room.eventsOf(command('pause'), 'track_playback_paused')
      expect(namesButVolume(paused)).toEqual(['playing → paused', 'track_playback_paused'])
      const where = { tl_track: first, time_position: expect.any(Number) }
      expect(dataOf(paused, 'track_playback_paused')).toEqual(where)
      expect(await state()).toBe('paused')
      await room.pause()
      const resumed = await room.eventsOf(command('resume'), 'track_playback_resumed')
      expect(namesButVolume(resumed)).toEqual(['paused → playing', 'track_playback_resumed'])
      expect(dataOf(resumed, 'track_playback_resumed')).toEqual(where)
      expect(await state()).toBe('playing')
    })

    test('play while paused resumes', async () => {
      const [first] = await room.play()
      await room.pause()
      const events = await room.eventsOf(command('play'), 'track_playback_resumed')
      expect(namesButVolume(events)).toEqual(['paused → playing', 'track_playback_resumed'])
      expect(await currentTlid()).toBe(first?.tlid)
    })

    test('resume does nothing unless paused', async () => {
      expect(namesButVolume(await room.eventsOf(command('resume')))).toEqual([])
      await room.play()
      expect(namesButVolume(await room.eventsOf(command('resume')))).toEqual([])
    })

    test('pausing twice is announced twice', async () => {
      await room.play()
      await room.pause()
      const again = await room.eventsOf(command('pause'), 'track_playback_paused')
      expect(namesButVolume(again)).toEqual(['paused → paused', 'track_playback_paused'])
    })

    test('the position moves while playing and stands while paused', async () => {
      await room.play()
      await positionPast(await positionPast(0))
      await room.pause()
      const stopped = await position()
      await room.connect().then((passingBy) => passingBy.close())
      expect(await position()).toBe(stopped)
    })

    test('stop keeps the current track and returns to its start', async () => {
      const [first] = await room.play()
      await room.call('playback.stop')
      expect(await state()).toBe('stopped')
      expect(await currentTlid()).toBe(first?.tlid)
      expect(await position()).toBe(0)
      expect(butStale(await room.eventsOf(command('stop')))).toEqual([])
    })

    test('next and previous move through the list', async () => {
      const [first, second] = await room.play()
      const forth = await room.eventsOf(command('next'), 'track_playback_started')
      expect(dataOf(forth, 'track_playback_started')).toEqual({ tl_track: second })
      expect(await currentTlid()).toBe(second?.tlid)
      const back = await room.eventsOf(command('previous'), 'track_playback_started')
      expect(dataOf(back, 'track_playback_started')).toEqual({ tl_track: first })
      expect(await currentTlid()).toBe(first?.tlid)
    })

    test('next and previous do nothing when nothing was played', async () => {
      await room.queue()
      expect(namesButVolume(await room.eventsOf(command('next')))).toEqual([])
      expect(namesButVolume(await room.eventsOf(command('previous')))).toEqual([])
      expect(await currentTlid()).toBeNull()
    })

    test('next while stopped moves the current track in silence', async () => {
      const [, second] = await room.play()
      await room.call('playback.stop')
      expect(butStale(await room.eventsOf(command('next')))).toEqual([])
      expect(await state()).toBe('stopped')
      expect(await currentTlid()).toBe(second?.tlid)
    })
  })

  describe('seek', () => {
    const middle = () => Math.floor((room.tracks[0]?.length ?? 0) / 2)

    // Real Mopidy can lose a seek, and answer true, until the sound has begun to move.
    test('moves the position, answers true and is announced', async () => {
      await room.play()
      await positionPast(0)
      const events = await room.eventsOf(async () => {
        expect(await room.call('playback.seek', { time_position: middle() })).toBe(true)
        expect(await position()).toBeGreaterThanOrEqual(middle())
      }, 'seeked')
      expect(events).toEqual([{ name: 'seeked', data: { time_position: middle() } }])
      await positionPast(middle())
    })

    test('while paused stays paused', async () => {
      await room.play()
      await positionPast(0)
      await room.pause()
      const events = await room.eventsOf(command('seek', { time_position: middle() }), 'seeked')
      expect(namesButVolume(events)).toEqual(['seeked'])
      expect(await state()).toBe('paused')
      expect(await positionPast(middle() - 1)).toBe(middle())
    })

    // Either event may be the first; when it is seeked, real Mopidy plays from the start.
    test('while stopped starts the track', async () => {
      const [first] = await room.queue()
      await room.call('playback.seek', { time_position: middle() })
      const events = [await room.client.nextEvent(), await room.client.nextEvent()]
      while (!hasAll(events, ['seeked', 'track_playback_started'])) {
        events.push(await room.client.nextEvent())
      }
      expect(namesButVolume(events)).toContain('stopped → playing')
      expect(await currentTlid()).toBe(first?.tlid)
    })

    test('past the end goes to the next track', async () => {
      const [first, second] = await room.play()
      const past = { time_position: (first?.track.length ?? 0) + 1 }
      const events = await room.eventsOf(command('seek', past), 'track_playback_started')
      expect(dataOf(events, 'track_playback_started')).toEqual({ tl_track: second })
    })

    test('with an empty list answers false', async () => {
      expect(await room.call('playback.seek', { time_position: 1_000 })).toBe(false)
    })

    test('to what is no whole number is refused', async () => {
      for (const time_position of ['x', 2.5, null]) {
        const { code } = await room.failureOf('playback.seek', { time_position })
        expect(code).toBe(throughMusakone ? -32602 : 0)
      }
    })

    test('to before the start is the start, and the gateway refuses it', async () => {
      await room.play()
      if (throughMusakone) {
        expect((await room.failureOf('playback.seek', { time_position: -5 })).code).toBe(-32602)
      } else {
        const events = await room.eventsOf(command('seek', { time_position: -5 }), 'seeked')
        expect(events).toEqual([{ name: 'seeked', data: { time_position: 0 } }])
      }
    })
  })

  describe('history', () => {
    test('tells what was started, the newest first, with milliseconds', async () => {
      const before = await room.call<number>('history.get_length')
      const [first, second] = await room.play()
      await room.eventsOf(command('next'), 'track_playback_started')
      expect(await room.call('history.get_length')).toBe(before + 2)
      const history =
        await room.call<[number, { uri: string; name: string }][]>('history.get_history')
      expect(history).toHaveLength(before + 2)
      expect(history.slice(0, 2).map(([, { uri }]) => uri)).toEqual(
        [second, first].map((each) => each?.track.uri as string),
      )
      const artists = (second?.track.artists ?? []).map(({ name }) => name)
      expect(history[0]?.[1]).toMatchObject({ __model__: 'Ref', type: 'track' })
      expect(history[0]?.[1].name).toEndWith(` - ${second?.track.name}`)
      for (const artist of artists) expect(history[0]?.[1].name).toContain(artist)
      expect(Math.abs((history[0]?.[0] ?? 0) - Date.now())).toBeLessThan(60_000)
    })
  })
}

function hasAll(events: RpcEvent[], wanted: string[]): boolean {
  return wanted.every((name) => events.some((event) => event.name === name))
}
