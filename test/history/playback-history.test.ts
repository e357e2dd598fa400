import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { addTracks, CHOIR, done, HYMNS, hymn } from '../actions/recorded'
import { openRoom, type Room } from '../listening/room'
import { until } from '../support/test-musakone'

const MINUTE = 60_000

type Name = { username: string } | null
type PlaybackHistory = {
  plays: {
    id: number
    track: { uri: string; name: string | null }
    started_at_ms: number
    listened_ms: number
    end_reason: string | null
    queued_by: Name
    started_by: Name
    ended_by: Name
  }[]
  next_cursor: string | null
}

describe('the history of the room', () => {
  let room: Room
  let startedAt: number
  beforeAll(async () => {
    room = await openRoom({ demo: { lengthMs: MINUTE } })
    await addTracks(room.admin.socket, 1, 2)
    await addTracks(room.berta.socket, 3)
    startedAt = room.now()
    await done(room.berta.socket, 'core.playback.play')
    await until(async () => (await history()).plays.length === 1, 'the first play')
    room.advance(10_000)
    await done(room.berta.socket, 'core.playback.next')
    await until(async () => (await history()).plays.length === 2, 'the second play')
    room.advance(MINUTE)
    await until(async () => (await history()).plays.length === 3, 'the third play')
    room.advance(5_000)
  })
  afterAll(() => room.close())

  const history = (query = '') => room.admin.get<PlaybackHistory>(`playback/history${query}`)
  const names = async (query: string) =>
    (await history(query)).plays.map(({ track }) => HYMNS.indexOf(track.name ?? '') + 1)

  test('says what was heard, how long, how it ended, and by whom', async () => {
    const { plays } = await history()
    const told = plays.map(({ track, queued_by, started_by, ended_by, ...play }) => ({
      uri: track.uri,
      by: [queued_by, started_by, ended_by].map((name) => name?.username ?? null),
      ...play,
    }))
    expect(told).toMatchObject([
      {
        uri: hymn(3),
        by: ['berta', null, null],
        started_at_ms: startedAt + 70_000,
        listened_ms: 5_000,
        end_reason: null,
      },
      {
        uri: hymn(2),
        by: ['admin', 'berta', null],
        started_at_ms: startedAt + 10_000,
        listened_ms: MINUTE,
        end_reason: 'finished',
      },
      {
        uri: hymn(1),
        by: ['admin', 'berta', 'berta'],
        started_at_ms: startedAt,
        listened_ms: 10_000,
        end_reason: 'skipped',
      },
    ])
    expect(plays[0]?.track).toMatchObject({ artist: CHOIR, length_ms: MINUTE })
  })

  test('can be asked for by words, by who queued it, by how it ended, by time, by page', async () => {
    expect(await names('?q=small hours')).toEqual([2])
    expect(await names('?user=1')).toEqual([2, 1])
    expect(await names('?end_reason=skipped')).toEqual([1])
    expect(await names(`?from=${startedAt / 1000 + 10}`)).toEqual([3, 2])
    expect(await names(`?to=${startedAt / 1000 + 10}`)).toEqual([1])
    const first = await history('?limit=2')
    expect(first.plays).toHaveLength(2)
    const { plays, next_cursor } = await history(`?limit=2&cursor=${first.next_cursor}`)
    expect(plays.map(({ track }) => track.uri)).toEqual([hymn(1)])
    expect(next_cursor).toBeNull()
  })

  test.each(['end_reason=bored', 'user=0', 'cursor=x', 'limit=201'])(
    'a wrong question is refused: %s',
    async (query) => {
      const reply = await room.musakone.request(`/api/playback/history?${query}`, {
        token: room.admin.token,
      })
      expect(reply.status).toBe(400)
    },
  )
})
