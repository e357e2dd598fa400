import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Days } from '../../src/statistics/days/model'
import { openRoom, type Room } from '../listening/room'
import { writeListening } from '../web/page/listening/listened'

describe('what was done and heard day by day', () => {
  let room: Room
  beforeAll(async () => {
    room = await openRoom()
    writeListening(room.databasePath, {
      plays: [
        // By New York's clocks the day before.
        { at: new Date('2026-01-02T03:00:00Z'), by: 1, minutes: 3 },
        { at: new Date('2026-01-02T12:00:00Z'), by: 1, minutes: 2 },
        { at: new Date('2026-01-04T12:00:00Z'), by: 2, minutes: 5 },
      ],
      deeds: [{ at: new Date('2026-01-03T12:00:00Z'), by: 1, type: 'pause' }],
    })
  })
  afterAll(() => room.close())

  const days = async (query: string, who: 'admin' | 'berta' = 'admin') =>
    (await room[who].get<Days>(`analytics/days?${query}`)).days

  test('mine, by the clocks of a zone, without the days on which nothing was', async () => {
    expect(await days('tz=UTC')).toEqual([
      { day: '2026-01-02', actions: 0, plays: 2, listened_ms: 300_000 },
      { day: '2026-01-03', actions: 1, plays: 0, listened_ms: 0 },
    ])
    expect((await days('tz=America/New_York')).map(({ day, plays }) => [day, plays])).toEqual([
      ['2026-01-01', 1],
      ['2026-01-02', 1],
      ['2026-01-03', 0],
    ])
  })

  test('within a span, and of the whole room', async () => {
    const from = Date.UTC(2026, 0, 3) / 1_000
    expect((await days(`tz=UTC&from=${from}`)).map(({ day }) => day)).toEqual(['2026-01-03'])
    expect((await days('tz=UTC', 'berta')).map(({ day }) => day)).toEqual(['2026-01-04'])
    expect((await days('tz=UTC&room=true', 'berta')).map(({ plays }) => plays)).toEqual([2, 0, 1])
  })

  test('C10 a zone that there is not, and a role that may not', async () => {
    const { musakone, admin, berta } = room
    const ask = async (query: string) =>
      (await musakone.request(`/api/analytics/days?${query}`, { token: berta.token })).status
    expect(await ask('tz=Mars/Olympus')).toBe(400)
    expect(await ask('room=perhaps')).toBe(400)
    const json = { permissions: ['see'] }
    await musakone.request('/api/roles/member', { token: admin.token, method: 'PATCH', json })
    expect(await ask('room=true')).toBe(403)
    expect(await ask('room=false')).toBe(200)
  })
})
