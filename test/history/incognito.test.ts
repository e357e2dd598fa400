import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { addTracks, done, HYMNS, historyOf } from '../actions/recorded'
import { openRoom, type Room } from '../listening/room'
import { until } from '../support/test-musakone'

const MINUTE = 60_000

type Queue = { tracks: { name: string; queued_by: { username: string } | null }[] }
type Plays = { plays: { queued_by: unknown; started_by: unknown; end_reason: string | null }[] }

describe('incognito', () => {
  let room: Room
  beforeAll(async () => {
    room = await openRoom({ demo: { lengthMs: MINUTE } })
  })
  afterAll(() => room.close())

  const turn = (on: unknown) =>
    room.musakone.request('/api/analytics/incognito', {
      method: 'PUT',
      token: room.berta.token,
      json: { on },
    })
  const isOn = () => room.berta.get<{ on: boolean }>('analytics/incognito')
  const kinds = async () =>
    (await historyOf(room.musakone, room.berta.token)).actions.map((row) => row.action_type)

  test('keeps nothing of what one does, and tells nobody one’s name, as long as it is on', async () => {
    expect(await isOn()).toEqual({ on: false })
    await addTracks(room.berta.socket, 1)
    expect((await turn(true)).status).toBe(200)
    expect(await isOn()).toEqual({ on: true })
    await addTracks(room.berta.socket, 2)
    await done(room.berta.socket, 'core.library.search', { query: { any: ['secret'] } })
    await done(room.berta.socket, 'core.mixer.set_volume', { volume: 7 })
    await done(room.berta.socket, 'core.playback.play')
    const plays = async () => (await room.admin.get<Plays>('playback/history')).plays
    await until(async () => (await plays()).length === 1, 'the first play')
    room.advance(10_000)
    await done(room.berta.socket, 'core.playback.next')
    await until(async () => (await plays()).length === 2, 'the second play')
    room.advance(10_000)
    expect(await kinds()).toEqual(['queue_add'])
    const [second, first] = await plays()
    // The track that they queued before is theirs; nobody learns that they started and skipped it.
    expect(first).toMatchObject({
      queued_by: { username: 'berta' },
      started_by: null,
      ended_by: null,
      end_reason: 'skipped',
    })
    expect(second).toMatchObject({ queued_by: null, started_by: null })
    const { tracks } = await room.admin.get<Queue>('queue')
    expect(tracks.map(({ name, queued_by }) => [name, queued_by?.username ?? null])).toEqual([
      [HYMNS[0] ?? '', 'berta'],
      [HYMNS[1] ?? '', null],
    ])
    expect((await turn(false)).status).toBe(200)
    await addTracks(room.berta.socket, 3)
    expect(await kinds()).toEqual(['queue_add', 'queue_add'])
  })

  test('is for oneself alone, and for yes or no', async () => {
    await turn(true)
    await done(room.admin.socket, 'core.mixer.set_mute', { mute: true })
    const { actions } = await historyOf(room.musakone, room.admin.token)
    expect(actions.map((row) => row.action_type)).toContain('mute_changed')
    for (const on of ['yes', 1, null, undefined]) expect((await turn(on)).status).toBe(400)
    expect(await isOn()).toEqual({ on: true })
  })
})
