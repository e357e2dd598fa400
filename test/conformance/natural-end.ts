import { describe, expect, test } from 'bun:test'
import { namesButVolume, type Room, type TlTrack, type Track } from './room'

export function naturalEndConformance(room: Room): void {
  // Nothing is asked while they play: real Mopidy prepares the next track about 3 s before the end
  // of one, and a stop, next or clear at that very moment locks it up for good.
  describe('a natural end', () => {
    test('moves on to the next track, and ends the list in another order', async () => {
      const [one, other] = tracksToEnd(room) as [Track, Track]
      const [first, second] = await room.call<TlTrack[]>('tracklist.add', {
        uris: [one.uri, other.uri],
      })
      await room.client.nextEvent('tracklist_changed')
      await room.call('playback.play')
      const patience = one.length + other.length + 5_000
      const ending = await room.client.eventsUntil('track_playback_ended', patience)
      const change = await room.client.eventsUntil('track_playback_started', patience)
      const last = await room.client.eventsUntil('track_playback_ended', patience)
      expect(namesButVolume(ending)).toEqual([
        'stopped → playing',
        'track_playback_started',
        'track_playback_ended',
      ])
      expect(ending.at(-1)?.data).toEqual({ tl_track: first, time_position: one.length })
      expect(namesButVolume(change)).toEqual(['playing → playing', 'track_playback_started'])
      expect(change.at(-1)?.data).toEqual({ tl_track: second })
      expect(namesButVolume(last)).toEqual(['playing → stopped', 'track_playback_ended'])
      expect(last.at(-1)?.data).toMatchObject({ tl_track: second })
      expect(await room.call('playback.get_state')).toBe('stopped')
      expect(await room.call('playback.get_current_tl_track')).toBeNull()
      expect(await room.call('tracklist.get_length')).toBe(2)
    }, 30_000)
  })
}

/** The shortest two; real Mopidy forgets what comes next after a first one of 3.2 s or less. */
function tracksToEnd(room: Room): (Track | undefined)[] {
  const shortest = room.tracks.toReversed()
  const first = shortest.find(({ length }) => length > 3_500) ?? shortest[0]
  return [first, shortest.find((track) => track !== first)]
}
