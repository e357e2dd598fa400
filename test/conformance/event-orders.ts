import { describe, expect, test } from 'bun:test'
import { dataOf, namesButVolume, type Room } from './room'

/** The orders that fool naive history code, as a live Mopidy 3.4.1 has them. */
export function eventOrderConformance(room: Room): void {
  const command = (method: string, params?: Record<string, unknown>) => () =>
    room.call(`playback.${method}`, params)

  describe('order of events', () => {
    test('the reply to a command arrives before the events that it causes', async () => {
      await room.eventsOf(() => room.queue())
      for (const method of ['play', 'pause', 'resume', 'next', 'previous', 'stop']) {
        const causes = method === 'next' || method === 'previous' ? 'play' : method
        await room.eventsOf(async () => {
          await room.call(`playback.${method}`)
          expect(room.client.events).toEqual([])
        }, lastEventOf[causes] as string)
        if (method === 'pause') await room.pause()
      }
      await room.eventsOf(async () => {
        await room.call('tracklist.clear')
        expect(room.client.events).toEqual([])
      }, 'tracklist_changed')
    })

    test('a change of track: ended, playing → playing, started', async () => {
      const [first, second] = await room.play()
      const events = await room.eventsOf(command('next'), 'track_playback_started')
      expect(namesButVolume(events)).toEqual([
        'track_playback_ended',
        'playing → playing',
        'track_playback_started',
      ])
      const ended = { tl_track: first, time_position: expect.any(Number) }
      expect(dataOf(events, 'track_playback_ended')).toEqual(ended)
      expect(dataOf(events, 'track_playback_started')).toEqual({ tl_track: second })
    })

    test('play of another tlid is a change of track', async () => {
      const [, , third] = await room.play()
      const play = command('play', { tlid: third?.tlid })
      expect(namesButVolume(await room.eventsOf(play, 'track_playback_started'))).toEqual([
        'track_playback_ended',
        'playing → playing',
        'track_playback_started',
      ])
    })

    test('next on the last track: stopped comes before ended', async () => {
      const [first] = await room.play(1)
      const events = await room.eventsOf(command('next'), 'track_playback_ended')
      expect(namesButVolume(events)).toEqual([
        'playing → stopped',
        'stopped → stopped',
        'track_playback_ended',
      ])
      expect(dataOf(events, 'track_playback_ended')).toEqual({ tl_track: first, time_position: 0 })
      expect(await room.call('playback.get_current_tl_track')).toBeNull()
    })

    test('previous on the first track stops in the same way', async () => {
      await room.play(2)
      const events = await room.eventsOf(command('previous'), 'track_playback_ended')
      expect(namesButVolume(events)).toEqual([
        'playing → stopped',
        'stopped → stopped',
        'track_playback_ended',
      ])
    })

    // About one stop in ten is followed by an ended after all, as GStreamer's threads have it.
    test('stop owes no ended; a stale one with position 0 comes at the next play', async () => {
      const [first] = await room.play()
      const stop = await room.eventsOf(command('stop'), 'playback_state_changed')
      expect(namesButVolume(stop.slice(0, 1))).toEqual(['playing → stopped'])
      for (const { name, data } of stop.slice(1)) {
        expect({ name, tl_track: data.tl_track }).toEqual({
          name: 'track_playback_ended',
          tl_track: first,
        })
      }
      const play = await room.eventsOf(command('play'), 'track_playback_started')
      expect(namesButVolume(play).slice(-3)).toEqual([
        'track_playback_ended',
        'stopped → playing',
        'track_playback_started',
      ])
      const stale = play.findLast(({ name }) => name === 'track_playback_ended')
      expect(stale?.data).toEqual({ tl_track: first, time_position: 0 })
    })

    test('clear while playing stops and emits no ended', async () => {
      await room.play()
      const clear = () => room.call('tracklist.clear')
      const events = await room.eventsOf(clear, 'tracklist_changed')
      expect(namesButVolume(events)).toEqual(['playing → stopped', 'tracklist_changed'])
      expect(await room.call('playback.get_current_tl_track')).toBeNull()
    })

    test('play of an unknown tlid answers null and restarts the current track', async () => {
      const [, second] = await room.play()
      await room.eventsOf(command('next'), 'track_playback_started')
      const events = await room.eventsOf(async () => {
        expect(await room.call('playback.play', { tlid: 999_999 })).toBeNull()
      }, 'track_playback_started')
      expect(namesButVolume(events)).toEqual([
        'track_playback_ended',
        'playing → playing',
        'track_playback_started',
      ])
      expect(dataOf(events, 'track_playback_started')).toEqual({ tl_track: second })
    })

    test('next while paused plays for a moment and pauses at the start', async () => {
      const [, second] = await room.play()
      await room.pause()
      const events = await room.eventsOf(command('next'), 'track_playback_paused')
      expect(namesButVolume(events)).toEqual([
        'track_playback_ended',
        'paused → playing',
        'track_playback_started',
        'playing → paused',
        'track_playback_paused',
      ])
      expect(dataOf(events, 'track_playback_paused')).toEqual({
        tl_track: second,
        time_position: 0,
      })
      expect(await room.call('playback.get_state')).toBe('paused')
    })

    test('volume_changed comes with each play and next, with the volume that it had', async () => {
      await room.queue()
      for (const method of ['play', 'next']) {
        const events = await room.eventsOf(command(method), 'track_playback_started')
        expect(dataOf(events, 'volume_changed')).toEqual({ volume: 50 })
      }
    })
  })
}

const lastEventOf: Record<string, string> = {
  play: 'track_playback_started',
  pause: 'track_playback_paused',
  resume: 'track_playback_resumed',
  stop: 'playback_state_changed',
}
