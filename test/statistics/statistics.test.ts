import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Stats } from '../../src/statistics/model'
import { addTracks, CHOIR, done, HYMNS, hymn } from '../actions/recorded'
import { MONDAY_NOON, openRoom, type Room } from '../listening/room'
import { connectRpc } from '../support/rpc-client'
import { until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'

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
  const ask = (who: 'admin' | 'berta', path: string) =>
    room.musakone.request(`/api/analytics/${path}`, { token: room[who].token })
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
    const noStreak = { days: 0, from: null, to: null }
    expect(await stats()).toEqual({
      tz: new Intl.DateTimeFormat().resolvedOptions().timeZone,
      actions: {},
      total_actions: 0,
      plays: 0,
      listened_ms: 0,
      days_active: 0,
      queue: { added: 0, plays: 0, finished: 0, skipped: 0, skipped_by_self: 0, skip_rate: null },
      streaks: { current: noStreak, longest: noStreak },
      first_at: null,
      last_at: null,
      first_play: null,
      last_play: null,
      most_played: { tracks: [], artists: [], albums: [] },
      most_queued: { tracks: [], artists: [] },
      most_skipped: { tracks: [] },
      most_searched: [],
      activity: {
        by_hour: Array(24).fill(0),
        by_weekday: Array(7).fill(0),
        by_weekday_and_hour: Array(7).fill(Array(24).fill(0)),
        listened_ms_by_weekday_and_hour: Array(7).fill(Array(24).fill(0)),
      },
      before: null,
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
    // The open play counts as far as it has come.
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
      albums: [{ album: 'The Kettle Hymnal', artist: CHOIR, plays: 3, listened_ms: 45 * SECOND }],
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

  test('what one queues, and what the others skip of it', async () => {
    await addTracks(room.berta.socket, 1, 2, 3, 4)
    await play()
    for (const who of [room.admin, room.berta, room.admin]) {
      room.advance(10 * SECOND)
      await command('next', 'track_playback_started', {}, who)
    }
    room.advance(LENGTH_MS)
    await room.admin.socket.event('track_playback_ended')
    await until(async () => (await stats('berta')).queue.finished === 1, 'the last to end')
    const { queue, most_skipped, first_play, last_play, first_at } = await stats('berta')
    expect(queue).toEqual({
      added: 4,
      plays: 4,
      finished: 1,
      skipped: 2,
      skipped_by_self: 1,
      skip_rate: 0.5,
    })
    expect(most_skipped.tracks.map(({ track_uri, skipped }) => [track_uri, skipped])).toEqual([
      [hymn(1), 1],
      [hymn(3), 1],
    ])
    expect(first_at).toBe(MONDAY_NOON / SECOND)
    expect([first_play?.track_uri, last_play?.track_uri]).toEqual([hymn(1), hymn(4)])
    expect((await stats('admin')).queue).toMatchObject({ added: 0, plays: 0, skip_rate: null })
    const ofRoom = await room.admin.get<Stats>('analytics/stats/room')
    expect(ofRoom.queue).toMatchObject({ added: 4, plays: 4, finished: 1, skipped: 3 })
    expect(ofRoom.people).toEqual([
      { id: 2, username: 'berta', plays: 4, listened_ms: 30 * SECOND + LENGTH_MS },
    ])
  })

  test('searches are counted for who searched, and nowhere else', async () => {
    const search = (who: Room['admin'], any: string) =>
      done(who.socket, 'core.library.search', { query: { any: [any] } })
    await search(room.berta, 'Kettle')
    await search(room.berta, 'kettle')
    await search(room.berta, 'bread')
    expect((await stats('berta')).most_searched).toEqual([
      { words: 'kettle', query: { any: ['kettle'] }, searches: 2 },
      { words: 'bread', query: { any: ['bread'] }, searches: 1 },
    ])
    expect((await stats('berta')).actions).toEqual({ search: 3 })
    await addTracks(room.admin.socket, 1)
    const ofRoom = await room.admin.get<Stats>('analytics/stats/room')
    expect(ofRoom).toMatchObject({ actions: { queue_add: 1 }, total_actions: 1, most_searched: [] })
    expect(JSON.stringify(ofRoom)).not.toContain('ettle"')
    expect(JSON.stringify(await room.admin.get('analytics/review/2026/room'))).not.toContain(
      'bread',
    )
  })

  test('they are compared with the time before, of equal length', async () => {
    const act = () => done(room.admin.socket, 'core.tracklist.shuffle')
    await act()
    room.advance(2 * HOUR)
    const from = Math.floor(room.now() / SECOND)
    await act()
    await act()
    room.advance(HOUR)
    const { before, ...now } = await stats('admin', `?from=${from}&to=${from + 3 * 3_600}`)
    expect(now).toMatchObject({ total_actions: 2, days_active: 1 })
    expect(before).toMatchObject({
      from: from - 3 * 3_600,
      to: from,
      total_actions: 1,
      plays: 0,
      days_active: 1,
      longest_streak: { days: 1, from: '2026-01-05', to: '2026-01-05' },
    })
    // A span without an end goes on until now, so it is compared with the hour before.
    expect((await stats('admin', `?from=${from}`)).before).toMatchObject({
      from: from - 3_600,
      total_actions: 0,
    })
    expect((await stats('admin', `?to=${from}`)).before).toBeNull()
  })

  test('days and hours are those of the time zone that is asked for', async () => {
    await done(room.admin.socket, 'core.tracklist.shuffle')
    const at = async (tz: string) => {
      const { activity, streaks, ...reply } = await stats('admin', `?tz=${tz}`)
      const hour = activity.by_hour.indexOf(1)
      expect(activity.by_weekday_and_hour[0]?.[hour]).toBe(1)
      return [reply.tz, hour, streaks.current.from]
    }
    expect(await at('UTC')).toEqual(['UTC', 12, '2026-01-05'])
    expect(await at('europe/berlin')).toEqual(['Europe/Berlin', 13, '2026-01-05'])
    expect(await at('Asia/Kathmandu')).toEqual(['Asia/Kathmandu', 17, '2026-01-05'])
    for (const tz of ['Europe/Atlantis', '', 'x'.repeat(65), 'UTC;DROP'])
      for (const path of ['stats', 'stats/room', 'review/2026', 'review/2026/room']) {
        const reply = await ask('admin', `${path}?tz=${encodeURIComponent(tz)}`)
        expect(reply.status).toBe(400)
        expect(await reply.json()).toEqual({
          error: 'invalid_request',
          message: 'tz must be the name of a time zone, like Europe/Berlin.',
        })
      }
  })

  test('A12 others may be looked at by admins only, the room by who may see it', async () => {
    await addTracks(room.berta.socket, 1)
    expect((await stats('admin', '?user=2')).actions).toEqual({ queue_add: 1 })
    expect((await stats('berta', '?user=2')).actions).toEqual({ queue_add: 1 })
    expect((await stats('berta', '?room=true')).actions).toEqual({ queue_add: 1 })
    expect((await stats('admin', '?room=false')).actions).toEqual({})
    const refused: [who: 'admin' | 'berta', query: string, status: number, message: string][] = [
      ['berta', 'stats?user=1', 403, 'Only admins may see what others did.'],
      ['berta', 'stats?user=999', 403, 'Only admins may see what others did.'],
      ['admin', 'stats?user=999', 404, 'There is no such user.'],
      ['admin', 'stats?user=all', 400, 'user must be the id of a user.'],
      ['admin', 'stats?user=1&room=true', 400, 'Give user or room, not both.'],
      ['admin', 'stats?room=yes', 400, 'room must be true or false.'],
      ['admin', 'review/26', 400, 'year must be a year from 1970 to 9999.'],
    ]
    for (const [who, path, status, message] of refused) {
      const reply = await ask(who, path)
      expect([path, reply.status, await reply.json()]).toMatchObject([path, status, { message }])
    }
    const { roles } = room.musakone.services.accounts
    const permissions = roles.permissionsOf('member').filter((name) => name !== 'history.room')
    roles.change('member', { permissions }, { userId: 1, ip: null })
    for (const path of ['stats?room=true', 'stats/room', 'review/2026/room']) {
      const reply = await ask('berta', path)
      expect([path, reply.status, await reply.json()]).toEqual([
        path,
        403,
        { error: 'forbidden', message: "A member may not see the room's history." },
      ])
    }
    expect((await stats('berta')).actions).toEqual({ queue_add: 1 })
  })

  test('who is deleted leaves nothing, and the room its counts', async () => {
    await addTracks(room.berta.socket, 1)
    await done(room.berta.socket, 'core.library.search', { query: { any: ['kettle'] } })
    await play()
    room.advance(10 * SECOND)
    await command('stop', 'playback_state_changed')
    const before = await room.admin.get<Stats>('analytics/stats/room')
    expect(before).toMatchObject({ plays: 1, total_actions: 3 })
    const mine = await stats('admin')
    const reply = await room.musakone.request('/api/users/2', {
      token: room.admin.token,
      method: 'DELETE',
    })
    expect(reply.status).toBe(200)
    expect(await room.admin.get<Stats>('analytics/stats/room')).toEqual({ ...before, people: [] })
    // The tracks that she queued do not count for the user who pressed play.
    expect(await stats('admin')).toEqual(mine)
    const left = withRows(room.databasePath, (rows) =>
      ['action_days', 'active_hours', 'play_days', 'day_tops', 'tops'].map(
        (table) => rows.query(`SELECT COUNT(*) FROM ${table} WHERE subject = 2`).values()[0]?.[0],
      ),
    )
    expect(left).toEqual([0, 0, 0, 0, 0])
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
