import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openRoom, type Room } from '../../listening/room'
import { until } from '../../support/test-musakone'
import { withRows } from '../../support/user-rows'
import {
  actionRecord,
  bringRecords,
  type Imported,
  linesOf,
  playRecord,
  send,
} from '../archive-room'

const DAY_MS = 86_400_000
const MIB = 1024 * 1024

describe('B3 an import', () => {
  let room: Room
  beforeAll(async () => {
    room = await openRoom()
  })
  afterAll(() => room.close())

  const bring = (...records: unknown[]) => bringRecords(room.musakone, room.berta.token, records)
  const sent = (body: string, type?: string) =>
    send(room.musakone, { token: room.berta.token, body, ...(type !== undefined && { type }) })

  test('with 300,000 columns is refused before it blocks', async () => {
    const head = Array.from({ length: 300_000 }, (_, column) => `c${column}`).join(',')
    const started = performance.now()
    const reply = await sent(`${head}\n${'1,'.repeat(299_999)}1\n`, 'text/csv')
    expect([400, 413]).toContain(reply.status)
    const wide = await sent(`${head.slice(0, 5_000)}\n1,2\n`, 'text/csv')
    expect(wide.status).toBe(400)
    expect(await wide.json()).toMatchObject({ message: 'A file may have at most 100 columns.' })
    // It was 18 s on a quiet machine.
    expect(performance.now() - started).toBeLessThan(9_000)
  })

  test('with a line that is nested 100,000 deep refuses that line', async () => {
    const deep = `{"record":"action","metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const inText = actionRecord({ timestamp: 50, track_name: '[{'.repeat(1_000) })
    const reply = await sent(`${deep}\n${linesOf([inText])}`)
    expect(reply.status).toBe(200)
    const { problems, actions } = (await reply.json()) as Imported
    expect(problems).toEqual([{ line: 1, problem: 'is nested more than 16 deep' }])
    expect(actions.imported).toBe(1)
  })

  test('with very many values or bytes in a line refuses that line', async () => {
    const values = `[${'{},'.repeat(200_000)}{}]`
    const long = linesOf([actionRecord({ metadata: { x: 'x'.repeat(300_000) } })])
    const { problems } = (await (await sent(`${values}\n${long}`)).json()) as Imported
    expect(problems).toEqual([
      { line: 1, problem: 'holds more than 100000 values' },
      { line: 2, problem: 'is too long' },
    ])
    const reply = await sent('x'.repeat(3 * MIB))
    expect(reply.status).toBe(413)
  })

  test('cuts texts and metadata to 4 KiB, and leaves out members that it does not know', async () => {
    const timestamp = 1_700_000_000
    const name = '€'.repeat(5_000)
    const metadata = { query: { any: ['€'.repeat(20_000)] }, a: { b: { c: { d: { e: 1 } } } } }
    const extra = { secret: 'kept nowhere', id: 1, user_id: 1, brought_by: null }
    const action = actionRecord({ timestamp, track_name: name, metadata, ...extra })
    expect(await bring(action, playRecord({ track_name: name, ...extra }))).toMatchObject({
      actions: { imported: 1 },
      plays: { imported: 1 },
      invalid: 0,
    })
    const row = withRows(room.databasePath, (rows) =>
      rows.query(`SELECT * FROM user_actions WHERE timestamp = ${timestamp}`).get(),
    ) as { track_name: string; metadata: string; user_id: number }
    expect(row.track_name).toBe('€'.repeat(1_365))
    expect(Buffer.byteLength(row.metadata)).toBeLessThanOrEqual(4_096)
    expect(JSON.parse(row.metadata).query.any[0]).toStartWith('€€€')
    expect(row.metadata).not.toContain('"e"')
    expect(row.user_id).toBe(2)
    // The same file once more is known, though it is longer than what was kept.
    expect(await bring(action)).toMatchObject({ actions: { known: 1 } })
  })

  test.each([
    [
      'a length of play beyond the track',
      { listened_ms: 180_000 + 3_600_001 },
      'was heard for longer than the track is',
    ],
    [
      'a stream of two months',
      { length_ms: null, listened_ms: 60 * DAY_MS },
      'was heard for more than a month',
    ],
    [
      'numbers that overflow',
      { length_ms: null, listened_ms: Number.MAX_SAFE_INTEGER },
      'listened_ms is not valid',
    ],
    [
      'more listening than there was time',
      { started_at_ms: Date.UTC(2026, 0, 1), length_ms: null, listened_ms: 20 * DAY_MS },
      'was heard for longer than there was time',
    ],
    ['a time before 1970', { started_at_ms: -1 }, 'started_at_ms is not valid'],
    ['the future', { started_at_ms: Date.UTC(2026, 0, 8) }, 'is in the future'],
    ['nobody’s play', { queued_by_me: false }, 'was neither queued nor started by you'],
  ] as const)('refuses %s', async (_, values, problem) => {
    const { problems } = await bring(playRecord({ track_uri: `x:${problem}`, ...values }))
    expect(problems).toEqual([{ line: 1, problem }])
  })

  test('never comes to more than a life, and the sums stand', async () => {
    const month = (index: number) =>
      playRecord({
        started_at_ms: Date.UTC(2000, 0, 1) + index,
        length_ms: null,
        listened_ms: 31 * DAY_MS,
      })
    const many = Array.from({ length: 1_300 }, (_, index) => month(index))
    const { problems, plays, invalid } = await bring(...many)
    expect(plays.imported).toBeLessThan(1_181)
    expect(invalid).toBe(1_300 - plays.imported)
    expect(problems[0]?.problem).toBe('is more than anybody hears in a hundred years')
    const stats = await room.berta.get<{ listened_ms: number }>('analytics/stats')
    expect(stats.listened_ms).toBeLessThan(Number.MAX_SAFE_INTEGER)
  })
})

describe('B3 what one person may bring a day', () => {
  let room: Room
  beforeAll(async () => {
    room = await openRoom()
    const { roles } = room.musakone.services.accounts
    roles.change('member', { limits: { import_rows_per_day: 5, import_mib_per_day: 1 } }, {})
  })
  afterAll(() => room.close())

  const plays = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => playRecord({ started_at_ms: from + index }))
  const sent = (records: unknown[]) =>
    send(room.musakone, { token: room.berta.token, body: linesOf(records) })

  test('ends with a sentence, keeps what came before, and begins anew the next day', async () => {
    const seven = plays(1_700_000_000_000, 7)
    const refused = await sent(seven)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(80_000)
    expect(await refused.json()).toMatchObject({
      error: 'too_many_requests',
      message:
        'A member may bring 5 rows a day: what was read until now is kept, send the rest in 24 h.',
    })
    // What is there already costs nothing.
    const again = await sent(seven.slice(0, 5))
    expect(await again.json()).toMatchObject({ plays: { known: 5, imported: 0 } })
    room.advance(DAY_MS)
    expect(await (await sent(seven)).json()).toMatchObject({ plays: { known: 5, imported: 2 } })
  })

  test('counts bytes too, before it reads them where it can', async () => {
    const large = await send(room.musakone, {
      token: room.berta.token,
      body: `${' '.repeat(1_000)}\n`.repeat(1_100),
    })
    expect(large.status).toBe(429)
    expect(await large.text()).toContain('may bring 1 MiB a day')
    await until(() => room.musakone.services.archive.transfers() === 0, 'no transfer')
  })
})
