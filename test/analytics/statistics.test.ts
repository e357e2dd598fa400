import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Stats } from '../../src/analytics/model'
import { addTracks, CHOIR, done, HYMNS, hymn } from '../actions/recorded'
import { connectRpc } from '../support/rpc-client'
import { MONDAY_NOON, openRoom, type Room } from './room'

const LENGTH_MS = 60_000
const SECOND = 1_000
const HOUR = 3_600_000

describe('statistics', () => {
  let room: Room
  beforeEach(async () => {
    room = await openRoom({ demo: { lengthMs: LENGTH_MS } })
  })
  afterEach(() => room.close())

  const stats = (who: 'admin' | 'berta' = 'admin', query = '') =>
    room[who].get<Stats>(`analytics/stats${query}`)
  const listened = async (who: 'admin' | 'berta' = 'admin') => {
    const { plays, listened_ms } = await stats(who)
    return { plays, listened_ms }
  }
  /** Gives a command and waits for the event that tells that it took effect. */
  async function command(method: string, event: string, params: unknown = {}, who = room.admin) {
    await done(who.socket, `core.playback.${method}`, params)
    await who.socket.event(event)
  }
  const play = (who = room.admin) => command('play', 'track_playback_started', {}, who)

  test('nothing done is nothing counted', async () => {
    expect(await stats()).toEqual({
      actions: {},
      total_actions: 0,
      plays: 0,
      listened_ms: 0,
      most_played: { tracks: [], artists: [] },
      most_queued: { tracks: [], artists: [] },
      activity: { by_hour: Array(24).fill(0), by_weekday: Array(7).fill(0) },
    })
  })

  test('actions are counted by kind', async () => {
    await addTracks(room.admin.socket, 1, 2, 3)
    await play()
    await command('pause', 'track_playback_paused')
    await command('resume', 'track_playback_resumed')
    const { actions, total_actions } = await stats()
    expect(actions).toEqual({ queue_add: 3, play: 2, pause: 1 })
    expect(total_actions).toBe(6)
  })

  test('listening time is the time that was heard: no pause, no stop, seeks as they are', async () => {
    await addTracks(room.admin.socket, 1, 2)
    await play()
    room.advance(10 * SECOND)
    // What still plays counts as far as it has come.
    expect(await listened()).toEqual({ plays: 1, listened_ms: 10 * SECOND })
    await command('pause', 'track_playback_paused')
    room.advance(HOUR)
    expect(await listened()).toEqual({ plays: 1, listened_ms: 10 * SECOND })
    await command('resume', 'track_playback_resumed')
    room.advance(5 * SECOND)
    await command('seek', 'seeked', { time_position: 50 * SECOND })
    room.advance(2 * SECOND)
    await command('next', 'track_playback_started')
    expect(await listened()).toEqual({ plays: 2, listened_ms: 17 * SECOND })
    room.advance(20 * SECOND)
    await command('stop', 'playback_state_changed')
    room.advance(HOUR)
    expect(await listened()).toEqual({ plays: 2, listened_ms: 37 * SECOND })
  })

  test('a track heard to its end counts whole, and the next one follows', async () => {
    await addTracks(room.admin.socket, 1, 2)
    await play()
    room.advance(LENGTH_MS)
    await room.admin.socket.event('track_playback_started')
    expect(await listened()).toEqual({ plays: 2, listened_ms: LENGTH_MS })
    room.advance(LENGTH_MS)
    await room.admin.socket.event('track_playback_ended')
    await room.admin.socket.event('track_playback_ended')
    room.advance(HOUR)
    expect(await listened()).toEqual({ plays: 2, listened_ms: 2 * LENGTH_MS })
  })

  test('what was skipped before anything was heard is no play', async () => {
    await addTracks(room.admin.socket, 1, 2)
    await play()
    await command('next', 'track_playback_started')
    room.advance(SECOND)
    expect(await listened()).toEqual({ plays: 1, listened_ms: SECOND })
  })

  test('most played and most queued, tracks and artists, the most first', async () => {
    const { socket } = room.admin
    await addTracks(socket, 2, 1, 1)
    await done(socket, 'core.tracklist.add', {
      uris: ['demo:track:harbour-lights-in-four-parts:01'],
    })
    await done(socket, 'core.tracklist.add', { uris: ['demo:artist:nattbuss-47'] })
    await play()
    room.advance(30 * SECOND)
    await command('next', 'track_playback_started')
    room.advance(10 * SECOND)
    await command('next', 'track_playback_started')
    room.advance(5 * SECOND)
    await command('stop', 'playback_state_changed')
    const { most_played, most_queued } = await stats()
    const track = (number: number) => ({
      track_uri: hymn(number),
      track_name: HYMNS[number - 1] ?? '',
      artist: CHOIR,
    })
    expect(most_played).toEqual({
      tracks: [
        { ...track(1), plays: 2, listened_ms: 15 * SECOND },
        { ...track(2), plays: 1, listened_ms: 30 * SECOND },
      ],
      artists: [{ artist: CHOIR, plays: 3, listened_ms: 45 * SECOND }],
    })
    expect(most_queued.tracks[0]).toEqual({ ...track(1), queued: 2 })
    const [first, second] = most_queued.artists
    expect([first?.artist, second]).toEqual(['Nattbuss 47', { artist: CHOIR, queued: 4 }])
    expect(first?.queued).toBeGreaterThan(4)

    const short = await stats('admin', '?limit=1')
    expect(short.most_played.tracks).toHaveLength(1)
    expect(short.most_queued.artists).toEqual(most_queued.artists.slice(0, 1))
    expect(short.total_actions).toBe((await stats()).total_actions)
  })

  test('activity is counted by hour and weekday', async () => {
    const act = () => done(room.admin.socket, 'core.tracklist.shuffle')
    const at = new Date(MONDAY_NOON)
    await act()
    room.advance(2 * HOUR)
    await act()
    await act()
    room.advance(3 * 24 * HOUR)
    await act()
    const { by_hour, by_weekday } = (await stats()).activity
    const hour = at.getHours()
    const weekday = (at.getDay() + 6) % 7
    expect(by_hour).toEqual(counts(24, { [hour]: 1, [(hour + 2) % 24]: 3 }))
    const later = hour + 2 >= 24 ? 1 : 0
    const spread = later ? { [weekday]: 1, [(weekday + 1) % 7]: 2 } : { [weekday]: 3 }
    expect(by_weekday).toEqual(counts(7, { ...spread, [(weekday + 3 + later) % 7]: 1 }))
  })

  test('a span of time cuts actions and plays alike', async () => {
    await addTracks(room.admin.socket, 1, 2)
    await play()
    room.advance(10 * SECOND)
    await command('stop', 'playback_state_changed')
    room.advance(HOUR)
    const later = Math.floor(room.now() / 1000)
    await play()
    room.advance(3 * SECOND)
    await command('stop', 'playback_state_changed')
    const after = await stats('admin', `?from=${later}`)
    expect(after).toMatchObject({ total_actions: 2, plays: 1, listened_ms: 3 * SECOND })
    const before = await stats('admin', `?to=${later}`)
    expect(before).toMatchObject({ total_actions: 4, plays: 1, listened_ms: 10 * SECOND })
  })

  test('a play belongs to who queued it, and from outside to who started it', async () => {
    await addTracks(room.berta.socket, 1)
    await play(room.admin)
    room.advance(10 * SECOND)
    await command('stop', 'playback_state_changed')
    expect(await listened('berta')).toEqual({ plays: 1, listened_ms: 10 * SECOND })
    expect(await listened('admin')).toEqual({ plays: 0, listened_ms: 0 })
    expect((await stats('berta')).actions).toEqual({ queue_add: 1 })
    expect((await stats('admin')).actions).toEqual({ play: 1, stop: 1 })

    await done(room.admin.socket, 'core.tracklist.clear')
    const outside = await connectRpc(room.musakone.demo?.url ?? '')
    await outside.call('core.tracklist.add', { uris: [hymn(2)] })
    await outside.close()
    await play(room.admin)
    room.advance(4 * SECOND)
    await command('stop', 'playback_state_changed')
    expect(await listened('admin')).toEqual({ plays: 1, listened_ms: 4 * SECOND })
    expect(await listened('berta')).toEqual({ plays: 1, listened_ms: 10 * SECOND })
  })

  test('what was heard when the service stopped is still there when it is back', async () => {
    await addTracks(room.admin.socket, 1)
    await play()
    room.advance(8 * SECOND)
    const { databasePath } = room
    await room.close()
    room = await openRoom({ databasePath })
    expect(await listened()).toEqual({ plays: 1, listened_ms: 8 * SECOND })
  })
})

function counts(length: number, at: Record<number, number>): number[] {
  return Array.from({ length }, (_, index) => at[index] ?? 0)
}
