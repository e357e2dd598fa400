import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { addTracks, done } from '../actions/recorded'
import { openRoom, type Room } from '../listening/room'
import { until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'

const MINUTE = 60_000
const FORMATS = ['jsonl', 'csv'] as const
const typeOf = { jsonl: 'application/jsonl', csv: 'text/csv', listenbrainz: 'application/jsonl' }

type Imported = {
  actions: { imported: number; known: number }
  plays: { imported: number; known: number }
  invalid: number
  problems: { line: number; problem: string }[]
}

/** An evening with everything that is awkward to write down. */
async function listen(room: Room): Promise<void> {
  await addTracks(room.admin.socket, 1, 2, 3)
  await addTracks(room.berta.socket, 4)
  await done(room.admin.socket, 'core.library.search', { query: { any: ['"a", b\r\nc'] } })
  await done(room.admin.socket, 'core.playback.play')
  const heard = (plays: number) =>
    until(async () => {
      const reply = await room.admin.get<{ plays: unknown[] }>('playback/history')
      return reply.plays.length === plays
    }, `${plays} plays`)
  await heard(1)
  room.advance(10_000)
  // Two equal ones within a second are two.
  for (const value of [true, false, true, false])
    await done(room.admin.socket, 'core.tracklist.set_repeat', { value })
  await done(room.berta.socket, 'core.playback.next')
  await heard(2)
  room.advance(MINUTE)
  await heard(3)
  room.advance(MINUTE)
  await heard(4)
  room.advance(5_000)
  await done(room.admin.socket, 'core.playback.stop')
  await until(
    async () =>
      (
        await room.admin.get<{ plays: { end_reason: string | null }[] }>('playback/history')
      ).plays.every(({ end_reason }) => end_reason !== null),
    'the end',
  )
  // A question for the statistics makes Musakone write everything down.
  await room.admin.get('analytics/stats')
}

describe('a history', () => {
  let room: Room
  let stats: Record<string, unknown>
  beforeAll(async () => {
    room = await openRoom({ demo: { lengthMs: MINUTE } })
    await listen(room)
    stats = await statsOf(room)
  })
  afterAll(() => room.close())

  async function statsOf(of: Room): Promise<Record<string, unknown>> {
    return of.admin.get<Record<string, unknown>>('analytics/stats')
  }

  async function take(query: string, of = room): Promise<string> {
    const { token } = of.admin
    const reply = await of.musakone.request(`/api/analytics/export?${query}`, { token })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-disposition')).toContain('attachment')
    return reply.text()
  }

  async function bring(to: Room, format: keyof typeof typeOf, body: string): Promise<Imported> {
    const reply = await to.musakone.request('/api/analytics/import', {
      method: 'POST',
      token: to.admin.token,
      headers: { 'content-type': typeOf[format] },
      body,
    })
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`)
    return (await reply.json()) as Imported
  }

  test.each(FORMATS)(
    'taken away as %s and brought to an empty database is the same',
    async (format) => {
      const text = await take(`format=${format}`)
      const other = await openRoom()
      const first = await bring(other, format, text)
      expect(first).toMatchObject({ invalid: 0, problems: [] })
      expect(first.actions.imported).toBeGreaterThan(8)
      expect(first.plays.imported).toBe(3)
      expect(await statsOf(other)).toEqual(stats)
      expect(await take(`format=${format}`, other)).toBe(text)
      // Once more changes nothing.
      const again = await bring(other, format, text)
      expect(again.actions).toEqual({ imported: 0, known: first.actions.imported })
      expect(again.plays).toEqual({ imported: 0, known: 3 })
      expect(await statsOf(other)).toEqual(stats)
      await other.close()
    },
  )

  test('ListenBrainz gets what counts there, and gives it back', async () => {
    const lines = (await take('format=listenbrainz')).trim().split('\n')
    const [{ listen_type, payload }] = lines.map((line) => JSON.parse(line))
    expect(listen_type).toBe('import')
    // Ten seconds of a minute do not count as a listen.
    expect(payload).toHaveLength(2)
    expect(payload[0]).toMatchObject({
      listened_at: expect.any(Number),
      track_metadata: {
        artist_name: 'The Tidewater Choir',
        track_name: 'Small Hours, Big Kitchen',
        release_name: 'The Kettle Hymnal',
        additional_info: { duration_ms: MINUTE, media_player: 'Mopidy' },
      },
    })
    expect(await bring(room, 'listenbrainz', lines.join('\n'))).toMatchObject({
      plays: { imported: 0, known: 2 },
    })
    const other = await openRoom()
    // As ListenBrainz itself exports it: a listen a line, without our additions.
    const plain = {
      listened_at: 1_700_000_000,
      track_metadata: {
        artist_name: 'Any',
        track_name: 'Thing',
        additional_info: { duration: 61 },
      },
    }
    expect(await bring(other, 'listenbrainz', `${JSON.stringify(plain)}\n`)).toMatchObject({
      plays: { imported: 1 },
    })
    expect(await statsOf(other)).toMatchObject({ plays: 1, listened_ms: 61_000 })
    await other.close()
  })

  test('a span and, for admins, a person can be asked for', async () => {
    expect(await take('to=1')).toBe('')
    const mine = await take('')
    const hers = await take('user=2')
    expect(hers).toContain('"action_type":"skip"')
    expect(mine).not.toContain('"action_type":"skip"')
    const { token } = room.berta
    const reply = await room.musakone.request('/api/analytics/export?user=1', { token })
    expect(reply.status).toBe(403)
  })

  test('what is no history is refused by line, and the rest is kept', async () => {
    const other = await openRoom()
    const text = [
      'hello',
      '{"record":"action","timestamp":-1}',
      '{"record":"play","started_at_ms":1}',
      '[]',
      '{"record":"action","timestamp":99999999999,"action_type":"play","track_uri":null,"track_name":null,"artist":null,"position_ms":null,"metadata":null}',
      '{"record":"action","timestamp":5,"action_type":"pause","track_uri":null,"track_name":null,"artist":null,"position_ms":null,"metadata":null}',
    ].join('\r\n')
    const reply = await bring(other, 'jsonl', text)
    expect(reply).toMatchObject({ actions: { imported: 1 }, invalid: 5 })
    expect(reply.problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5])
    expect(reply.problems[4]?.problem).toBe('is in the future')
    expect(JSON.stringify(reply)).not.toContain('hello')
    expect(await bring(other, 'csv', 'a,b\n1,2\n')).toMatchObject({ invalid: 1 })
    for (const [type, status] of [
      ['application/json', 415],
      ['text/plain', 415],
    ] as const) {
      const refused = await other.musakone.request('/api/analytics/import', {
        method: 'POST',
        token: other.admin.token,
        headers: { 'content-type': type },
        body: text,
      })
      expect(refused.status).toBe(status)
    }
    await other.close()
  })

  test('a large one passes in both directions without holding anybody up', async () => {
    const other = await openRoom()
    const rows = 50_000
    const action = { record: 'action', action_type: 'pause', track_uri: null, position_ms: null }
    const line = (timestamp: number) =>
      `${JSON.stringify({ ...action, timestamp, track_name: 'x'.repeat(40), artist: null, metadata: null })}\n`
    const text = Array.from({ length: rows }, (_, index) => line(1_000 + index)).join('')
    expect(text.length).toBeGreaterThan(5_000_000)
    let others = 0
    const ticking = setInterval(() => {
      others += 1
    }, 1)
    expect(await bring(other, 'jsonl', text)).toMatchObject({ actions: { imported: rows } })
    const back = await take('', other)
    clearInterval(ticking)
    expect(back.split('\n')).toHaveLength(rows + 1)
    // The benchmark measures for how long the event loop is held up; here it is enough that it ran.
    expect(others).toBeGreaterThan(100)
    await other.close()
  })

  test('of very many at the same moment none is lost and none comes twice', async () => {
    const other = await openRoom()
    // More at once than are read at once, and just as many at both ends of a span.
    const moments = { 1000: 300, 2000: 1_200, 3000: 50 }
    withRows(other.databasePath, (rows) => {
      for (const [moment, count] of Object.entries(moments)) {
        rows.run(
          `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
           INSERT INTO user_actions (user_id, action_type, metadata, timestamp)
           SELECT 1, 'pause', '{"i":' || i || '}', ${moment} FROM n`,
        )
        rows.run(
          `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
           INSERT INTO plays (track_uri, queued_by, started_at_ms, listened_ms, end_reason)
           SELECT 'demo:' || i, 1, ${moment} * 1000, 1, 'finished' FROM n`,
        )
      }
    })
    const taken = async (query: string) => {
      const lines = (await take(query, other)).trimEnd().split('\n')
      expect(new Set(lines).size).toBe(lines.length)
      const ofKind = (record: string) =>
        lines.filter((line) => line.includes(`"record":"${record}"`)).length
      return { actions: ofKind('action'), plays: ofKind('play') }
    }
    expect(await taken('')).toEqual({ actions: 1_550, plays: 1_550 })
    expect(await taken('from=2000&to=3000')).toEqual({ actions: 1_200, plays: 1_200 })
    expect(await taken('from=1001')).toEqual({ actions: 1_250, plays: 1_250 })
    await other.close()
  })

  test('deleted, one’s actions are gone, and what was heard has lost the name', async () => {
    const other = await openRoom({ demo: { lengthMs: MINUTE } })
    await listen(other)
    const counts = () =>
      withRows(other.databasePath, (rows) =>
        rows
          .query(
            `SELECT (SELECT count(*) FROM user_actions WHERE user_id = 1) AS mine,
                    (SELECT count(*) FROM user_actions WHERE user_id = 2) AS hers,
                    (SELECT count(*) FROM plays) AS plays,
                    (SELECT count(*) FROM plays WHERE queued_by = 1 OR started_by = 1 OR ended_by = 1) AS named`,
          )
          .get(),
      ) as Record<string, number>
    const before = counts()
    expect(before.named).toBeGreaterThan(0)
    const reply = await other.musakone.request('/api/analytics/history', {
      method: 'DELETE',
      token: other.admin.token,
    })
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ actions: before.mine })
    expect(counts()).toMatchObject({ mine: 0, hers: before.hers, plays: before.plays, named: 0 })
    expect(await statsOf(other)).toMatchObject({ total_actions: 0, plays: 0 })
    await other.close()
  })
})

test('what is older than HISTORY_DAYS is forgotten, the rest stays', async () => {
  const room = await openRoom({ demo: { lengthMs: MINUTE } })
  await listen(room)
  const [path, day] = [room.databasePath, 86_400]
  const now = Math.floor(room.now() / 1000)
  withRows(path, (rows) => {
    rows.run('UPDATE user_actions SET timestamp = timestamp - ?', [31 * day])
    rows.run('UPDATE plays SET started_at_ms = started_at_ms - ?', [31 * day * 1000])
    rows.run(
      `INSERT INTO user_actions (user_id, action_type, timestamp) VALUES (1, 'stop', ${now})`,
    )
  })
  await room.close()
  const again = await openRoom({ databasePath: path, historyDays: 30 })
  const { actions } = await again.admin.get<{ actions: { action_type: string }[] }>(
    'analytics/history',
  )
  expect(actions.map(({ action_type }) => action_type)).toEqual(['stop'])
  const { plays } = await again.admin.get<{ plays: unknown[] }>('playback/history')
  expect(plays).toEqual([])
  await again.close()
})
