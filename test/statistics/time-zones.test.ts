import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Database, openDatabase } from '../../src/database/database'
import { createStatistics } from '../../src/statistics/statistics'
import { readTimeZone } from '../../src/statistics/time/time-zone'

type Asked = { now?: string; from?: number; to?: number }

const HOUR = 3_600
const secondsOf = (iso: string) => Date.parse(iso) / 1_000
const isoOf = (seconds: number) => new Date(seconds * 1_000).toISOString().replace(':00.000', '')

describe('time zones', () => {
  test.each([
    ['Europe/Berlin', 2025, ['2025-03-30T01:00Z +2', '2025-10-26T01:00Z +1']],
    ['America/New_York', 2025, ['2025-03-09T07:00Z -4', '2025-11-02T06:00Z -5']],
    ['Australia/Lord_Howe', 2025, ['2025-04-05T15:00Z +10.5', '2025-10-04T15:30Z +11']],
    [
      'Pacific/Apia',
      2011,
      ['2011-04-02T14:00Z -11', '2011-09-24T14:00Z -10', '2011-12-30T10:00Z +14'],
    ],
    ['Africa/Casablanca', 2025, ['2025-02-23T02:00Z +0', '2025-04-06T02:00Z +1']],
    ['Asia/Kolkata', 2025, []],
    ['Asia/Kathmandu', 2025, []],
    ['UTC', 2025, []],
  ])('the clock of %s turns in %d when it does', (name, year, turns) => {
    const zone = readTimeZone(name)
    const [start, end] = [year, year + 1].map((each) => secondsOf(`${each}-01-01T00:00Z`))
    const stretches = zone.stretches(start ?? 0, end ?? 0)
    const found = stretches.slice(1).map(({ from, offset }) => {
      const hours = offset / HOUR
      return `${isoOf(from)} ${hours < 0 ? '' : '+'}${hours}`
    })
    expect(found).toEqual(turns)
    expect(stretches[0]?.from).toBe(start as number)
    expect(stretches.at(-1)?.to).toBe(end as number)
  })

  test.each([
    ['UTC', 2026, 1, 1, '2026-01-01T00:00Z'],
    ['Europe/Berlin', 2026, 1, 1, '2025-12-31T23:00Z'],
    ['Europe/Berlin', 2025, 7, 1, '2025-06-30T22:00Z'],
    ['America/New_York', 2026, 1, 1, '2026-01-01T05:00Z'],
    ['Asia/Kathmandu', 2026, 1, 1, '2025-12-31T18:15Z'],
    ['Pacific/Kiritimati', 2026, 1, 1, '2025-12-31T10:00Z'],
    // Its clock leapt over midnight, and over a whole day.
    ['America/Sao_Paulo', 2018, 11, 4, '2018-11-04T03:00Z'],
    ['Pacific/Apia', 2011, 12, 30, '2011-12-30T10:00Z'],
    // Midnight came twice.
    ['America/Havana', 2025, 11, 2, '2025-11-02T04:00Z'],
  ])('in %s the day %d-%d-%d begins when it does', (name, year, month, day, start) => {
    expect(isoOf(readTimeZone(name).startOf(year, month, day))).toBe(start)
  })
})

describe('days and hours', () => {
  let database: Database
  let act: (...times: string[]) => void
  beforeEach(() => {
    database = openDatabase(':memory:')
    const { sqlite } = database
    sqlite.run(
      `INSERT INTO users (id, username, password_hash, role, created_at)
       VALUES (1, 'ada', '', 'member', 0)`,
    )
    const insert = sqlite.query(
      `INSERT INTO user_actions (user_id, action_type, timestamp) VALUES (1, 'pause', $at)`,
    )
    act = (...times) => {
      for (const time of times) insert.run({ at: secondsOf(time) })
    }
  })
  afterEach(() => database.close())

  const stats = (tz: string, { now = '2026-06-01T00:00Z', ...span }: Asked = {}) =>
    createStatistics({
      database,
      clock: { now: () => Date.parse(now), elapsed: () => 0 },
      upToDate: async () => {},
    }).stats(1, { tz, ...span })
  /** Such as `Sun 2: 1`, the counts that are not zero. */
  async function week(tz: string): Promise<string[]> {
    const { by_weekday_and_hour: days } = (await stats(tz)).activity
    const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
    return days.flatMap((hours, day) =>
      hours.flatMap((count, hour) => (count === 0 ? [] : [`${names[day]} ${hour}: ${count}`])),
    )
  }
  const days = async (tz: string) => {
    const { days_active, streaks } = await stats(tz)
    const { longest } = streaks
    return [days_active, longest.days, longest.from, longest.to]
  }

  test('Europe/Berlin: in spring there is no hour 2, in autumn there are two', async () => {
    act('2025-03-30T00:59:59Z', '2025-03-30T01:00Z', '2025-03-30T01:59Z')
    expect(await week('Europe/Berlin')).toEqual(['Sun 1: 1', 'Sun 3: 2'])
    act('2025-10-25T23:59Z', '2025-10-26T00:30Z', '2025-10-26T01:30Z', '2025-10-26T02:00Z')
    expect(await week('Europe/Berlin')).toEqual(['Sun 1: 2', 'Sun 2: 2', 'Sun 3: 3'])
    expect(await week('UTC')).toEqual(['Sat 23: 1', 'Sun 0: 2', 'Sun 1: 3', 'Sun 2: 1'])
  })

  test('America/New_York: the same on other days', async () => {
    act('2025-03-09T06:59Z', '2025-03-09T07:00Z', '2025-11-02T05:30Z', '2025-11-02T06:30Z')
    expect(await week('America/New_York')).toEqual(['Sun 1: 3', 'Sun 3: 1'])
    expect(await days('America/New_York')).toEqual([2, 1, '2025-11-02', '2025-11-02'])
  })

  test('Asia/Kolkata: half an hour apart, Asia/Kathmandu: a quarter', async () => {
    act('2026-01-05T18:14:59Z', '2026-01-05T18:15Z', '2026-01-05T18:29:59Z', '2026-01-05T18:30Z')
    expect(await week('Asia/Kolkata')).toEqual(['Mon 23: 3', 'Tue 0: 1'])
    expect(await week('Asia/Kathmandu')).toEqual(['Mon 23: 1', 'Tue 0: 3'])
    expect(await days('Asia/Kathmandu')).toEqual([2, 2, '2026-01-05', '2026-01-06'])
    expect(await days('UTC')).toEqual([1, 1, '2026-01-05', '2026-01-05'])
  })

  test('Pacific/Apia: a Friday that never was', async () => {
    act('2011-12-30T09:59Z', '2011-12-30T10:00Z')
    expect(await week('Pacific/Apia')).toEqual(['Thu 23: 1', 'Sat 0: 1'])
    expect(await days('Pacific/Apia')).toEqual([2, 1, '2011-12-31', '2011-12-31'])
  })

  test('Australia/Lord_Howe: the clock is turned by half an hour', async () => {
    act('2025-04-05T14:59Z', '2025-04-05T15:00Z', '2025-04-05T15:29Z', '2025-04-05T15:30Z')
    expect(await week('Australia/Lord_Howe')).toEqual(['Sun 1: 3', 'Sun 2: 1'])
    act('2025-10-04T15:29Z', '2025-10-04T15:30Z', '2025-10-04T15:59Z', '2025-10-04T16:00Z')
    expect(await week('Australia/Lord_Howe')).toEqual(['Sun 1: 4', 'Sun 2: 3', 'Sun 3: 1'])
  })

  test('a streak goes over midnight where the people are', async () => {
    act('2026-01-05T22:30Z', '2026-01-05T23:30Z')
    expect(await days('UTC')).toEqual([1, 1, '2026-01-05', '2026-01-05'])
    expect(await days('Europe/Berlin')).toEqual([2, 2, '2026-01-05', '2026-01-06'])
    expect(await days('Asia/Kolkata')).toEqual([1, 1, '2026-01-06', '2026-01-06'])
    // Every evening at half past eleven, over a turn of the clock.
    act('2025-03-28T22:30Z', '2025-03-29T22:30Z', '2025-03-30T21:30Z', '2025-03-31T21:30Z')
    expect(await days('Europe/Berlin')).toEqual([6, 4, '2025-03-28', '2025-03-31'])
  })

  test('a streak is current while the day after its last is not over', async () => {
    act('2026-01-05T22:30Z', '2026-01-06T22:30Z', '2026-01-01T12:00Z')
    const current = async (now: string, span: Asked = {}) =>
      (await stats('Europe/Berlin', { now, ...span })).streaks.current
    const both = { days: 2, from: '2026-01-05', to: '2026-01-06' }
    expect(await current('2026-01-06T22:31Z')).toEqual(both)
    expect(await current('2026-01-07T22:59Z')).toEqual(both)
    const none = { days: 0, from: null, to: null }
    expect(await current('2026-01-07T23:00Z')).toEqual(none)
    // In a span that is over, the current streak is the one at its end.
    expect(await current('2026-05-01T00:00Z', { to: secondsOf('2026-01-06T23:00Z') })).toEqual(both)
    expect(await current('2026-05-01T00:00Z', { from: secondsOf('2026-01-06T00:00Z') })).toEqual(
      none,
    )
  })

  test('the totals are the same in every zone of the world', async () => {
    for (let time = 0; time < 300; time += 1)
      act(isoOf(secondsOf('2025-01-01T00:00Z') + time * 105_000).replace('Z', ':07Z'))
    const span = { from: secondsOf('2025-01-01T00:00:07Z'), to: secondsOf('2025-12-25T07:41:11Z') }
    for (const tz of Intl.supportedValuesOf('timeZone')) {
      const { total_actions, activity, days_active } = await stats(tz, span)
      const sum = activity.by_weekday_and_hour.flat().reduce((one, other) => one + other, 0)
      expect([tz, sum]).toEqual([tz, total_actions])
      expect(days_active).toBeWithin(270, total_actions + 1)
    }
    expect((await stats('UTC', span)).total_actions).toBe(295)
  })
})
