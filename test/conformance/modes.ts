import { describe, expect, test } from 'bun:test'
import { dataOf, modes, names, namesButVolume, type Room, type TlTrack } from './room'

export function modesConformance(room: Room): void {
  const set = (mode: string, value: unknown) => room.call(`tracklist.set_${mode}`, { value })
  const tlid = (which: string) => room.call(`tracklist.get_${which}_tlid`)

  describe('modes', () => {
    for (const mode of modes) {
      test(`${mode} is off, can be switched on, and announces only a change`, async () => {
        expect(await room.call(`tracklist.get_${mode}`)).toBe(false)
        const events = await room.eventsOf(async () => {
          expect(await set(mode, true)).toBeNull()
        }, 'options_changed')
        expect(names(events)).toEqual(['options_changed'])
        expect(await room.call(`tracklist.get_${mode}`)).toBe(true)
        expect(names(await room.eventsOf(() => set(mode, true)))).toEqual([])
        expect(names(await room.eventsOf(() => set(mode, false), 'options_changed'))).toEqual([
          'options_changed',
        ])
      })

      test(`${mode} is true or false and nothing else`, async () => {
        expect([0, -32602]).toContain((await room.failureOf(`tracklist.set_${mode}`, [1])).code)
        expect(await room.call(`tracklist.get_${mode}`)).toBe(false)
      })
    }

    test('without any, the next is the following and the last has none', async () => {
      const [first, second] = await room.play(2)
      expect(await tlid('next')).toBe(second?.tlid)
      expect(await tlid('eot')).toBe(second?.tlid)
      expect(await tlid('previous')).toBeNull()
      expect(await room.call('tracklist.next_track', { tl_track: first })).toEqual(second)
      expect(await room.call('tracklist.eot_track', { tl_track: first })).toEqual(second)
      expect(await room.call('tracklist.previous_track', { tl_track: second })).toEqual(first)
      expect(await room.call('tracklist.next_track', { tl_track: second })).toBeNull()
      // Null stands for the track that plays.
      expect(await room.call('tracklist.next_track', { tl_track: null })).toEqual(second)
    })

    test('repeat makes the first follow the last', async () => {
      const [first, second] = await room.queue(2)
      await set('repeat', true)
      expect(await room.call('tracklist.next_track', { tl_track: second })).toEqual(first)
    })

    test('single ends after the track, and repeats it together with repeat', async () => {
      const [first, second] = await room.play(2)
      await set('single', true)
      expect(await tlid('eot')).toBeNull()
      expect(await tlid('next')).toBe(second?.tlid)
      await set('repeat', true)
      expect(await tlid('eot')).toBe(first?.tlid)
    })

    test('random plays every track once', async () => {
      await set('random', true)
      const queued = await room.queue(3)
      const played: unknown[] = []
      for (const step of ['play', 'next', 'next']) {
        await room.call(`playback.${step}`)
        const { data } = await room.client.nextEvent('track_playback_started')
        played.push((data.tl_track as TlTrack).tlid)
      }
      expect(played.toSorted()).toEqual(queued.map((each) => each.tlid))
      expect(await tlid('next')).toBeNull()
    })

    test('consume removes a track when the next one starts', async () => {
      await set('consume', true)
      const [first, second] = await room.play(2)
      const next = () => room.call('playback.next')
      const events = await room.eventsOf(next, 'track_playback_started')
      expect(namesButVolume(events)).toEqual([
        'tracklist_changed',
        'track_playback_ended',
        'playing → playing',
        'track_playback_started',
      ])
      expect(dataOf(events, 'track_playback_ended')?.tl_track).toEqual(first)
      expect(await room.call<TlTrack[]>('tracklist.get_tl_tracks')).toEqual([second as TlTrack])
    })

    test('random with consume can start a track again right after removing it', async () => {
      const [first] = await room.play(2)
      await set('consume', true)
      // Each set_random shuffles anew, the current track included: until that comes first.
      for (let tries = 0; tries < 100; tries += 1) {
        await set('random', true)
        if ((await tlid('next')) === first?.tlid) break
      }
      const next = () => room.call('playback.next')
      const events = await room.eventsOf(next, 'track_playback_started')
      expect(namesButVolume(events)).toEqual([
        'tracklist_changed',
        'track_playback_ended',
        'playing → playing',
        'track_playback_started',
      ])
      expect(dataOf(events, 'track_playback_started')).toEqual({ tl_track: first })
      expect(await room.call('playback.get_current_tlid')).toBe(first?.tlid)
      expect(await room.call('tracklist.index')).toBeNull()
    })
  })
}
