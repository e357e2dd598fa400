import { afterEach, describe, expect, test } from 'bun:test'
import { addTracks, done } from '../actions/recorded'
import { openRoom, type Room } from '../listening/room'
import { until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'
import { actionRecord, bringRecords, playRecord } from './archive-room'

type Stats = {
  plays: number
  listened_ms: number
  total_actions: number
  first_at: number | null
  people?: { username: string; plays: number }[]
  most_played: { tracks: { track_uri: string; track_name: string }[] }
}
type Plays = { plays: { track: { uri: string } }[] }

describe('what a person has brought', () => {
  let room: Room
  afterEach(() => room.close())

  const bring = (...records: unknown[]) => bringRecords(room.musakone, room.berta.token, records)
  const ofRoom = () => room.admin.get<Stats>('analytics/stats/room?tz=UTC')
  const ofBerta = () => room.berta.get<Stats>('analytics/stats?tz=UTC')

  /** Berta hears one track here. */
  async function listen(): Promise<void> {
    await addTracks(room.berta.socket, 1)
    await done(room.berta.socket, 'core.playback.play')
    const plays = async () => (await room.admin.get<Plays>('playback/history')).plays.length
    await until(async () => (await plays()) === 1, 'the play')
    room.advance(5_000)
    await done(room.berta.socket, 'core.playback.stop')
    await until(async () => {
      const { plays } = await room.admin.get<{ plays: { end_reason: string | null }[] }>(
        'playback/history',
      )
      return plays[0]?.end_reason === 'stopped'
    }, 'the end of the play')
  }

  test('counts for the person, and never for the room', async () => {
    room = await openRoom()
    await listen()
    const before = await ofRoom()
    const own = await ofBerta()
    await bring(playRecord(), playRecord({ started_at_ms: 5 }), actionRecord())
    expect(await ofRoom()).toEqual(before)
    const after = await ofBerta()
    expect(after).toMatchObject({
      plays: own.plays + 2,
      listened_ms: own.listened_ms + 360_000,
      total_actions: own.total_actions + 1,
      first_at: 0,
    })
    expect(after.most_played.tracks[0]?.track_name).toBe('Song')
    // The room's history has what was heard here, the person's own all of it.
    const plays = async (query: string) =>
      (await room.admin.get<Plays>(`playback/history${query}`)).plays.length
    expect(await plays('')).toBe(1)
    expect(await plays('?q=Song')).toBe(0)
    expect(await plays('?user=2')).toBe(3)
    type Actions = { actions: unknown[] }
    const all = await room.admin.get<Actions>('analytics/history?user=all&action_type=queue_add')
    expect(all.actions).toHaveLength(1)
    const mine = await room.berta.get<Actions>('analytics/history?action_type=queue_add')
    expect(mine.actions).toHaveLength(2)
  })

  test('gives no track of the room another name', async () => {
    room = await openRoom()
    await listen()
    const [track] = (await ofRoom()).most_played.tracks
    await bring(
      playRecord({
        started_at_ms: room.now(),
        track_uri: track?.track_uri,
        track_name: 'Something rude',
        listened_ms: 1,
      }),
    )
    expect((await ofRoom()).most_played.tracks[0]).toEqual(track as never)
  })

  test('comes back after its person has deleted the history here', async () => {
    room = await openRoom()
    await listen()
    const { musakone, berta } = room
    const own = await ofBerta()
    const file = await (
      await musakone.request('/api/analytics/export', { token: berta.token })
    ).text()
    await musakone.request('/api/analytics/history', { method: 'DELETE', token: berta.token })
    expect(await ofBerta()).toMatchObject({ plays: 0 })
    const records = file
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(await bring(...records)).toMatchObject({ plays: { imported: 1 } })
    expect(await ofBerta()).toMatchObject({ plays: own.plays, listened_ms: own.listened_ms })
    expect(await ofRoom()).toMatchObject({ plays: 1 })
    // To delete the history once more deletes what was brought.
    await musakone.request('/api/analytics/history', { method: 'DELETE', token: berta.token })
    expect(await ofBerta()).toMatchObject({ plays: 0, total_actions: 0 })
    expect(await ofRoom()).toMatchObject({ plays: 1 })
  })

  test('an admin can remove all of it, and the log says so', async () => {
    room = await openRoom()
    await listen()
    const own = await ofBerta()
    await bring(playRecord(), actionRecord(), actionRecord({ timestamp: 7 }))
    const path = '/api/users/2/brought'
    const { musakone, admin, berta } = room
    const remove = (token: string, at = path) => musakone.request(at, { method: 'DELETE', token })
    expect((await remove(berta.token)).status).toBe(403)
    expect((await remove(admin.token, '/api/users/99/brought')).status).toBe(404)
    const reply = await remove(admin.token)
    expect(await reply.json()).toEqual({ actions: 2, plays: 1 })
    expect(await ofBerta()).toEqual(own)
    const { events } = await admin.get<{ events: unknown[] }>('audit?event_type=brought_removed')
    expect(events).toMatchObject([{ details: { actions: 2, plays: 1 } }])
  })

  test('goes with its account, and leaves no names behind', async () => {
    room = await openRoom()
    await bring(playRecord(), actionRecord())
    const { musakone, admin } = room
    await musakone.request('/api/users/2', { method: 'DELETE', token: admin.token })
    const left = withRows(room.databasePath, (rows) =>
      rows
        .query(
          `SELECT (SELECT COUNT(*) FROM plays) AS plays, (SELECT COUNT(*) FROM user_actions) AS actions,
                  (SELECT COUNT(*) FROM known_tracks) AS tracks`,
        )
        .get(),
    )
    expect(left).toEqual({ plays: 0, actions: 0, tracks: 0 })
  })
})
