import type { Database } from '../../database/database'
import type { Subject } from '../edge-rows'
import type { Counted, Item, List } from './extra-counts'
import { LISTS } from './extra-counts'

export type TopRow = Counted & { item: Item }
/** The list of a subject in one period: a day, a month, a year, or all the time. */
type Asked = { subject: Subject; list: List; period: number }

type Values = { subject: Subject; list: number; period: number }

/** Less than any id; in SQLite any number is less than any text. */
const BEFORE_ALL = 0
const ROWS_AT_ONCE = 2_500
const FIRST_DAY = 1_000_000

export const isDay = (period: number): boolean => period >= FIRST_DAY

/** Reads the roll-ups of one list in one period. */
export function createTopRows({ sqlite }: Pick<Database, 'sqlite'>) {
  const firstOf = (tops: 'frequent_tops' | 'tops') =>
    sqlite.query<TopRow, Values & { but: string; limit: number }>(
      `SELECT item, times, listened_ms AS listenedMs FROM ${tops}
        WHERE subject = $subject AND list = $list AND period = $period
          AND item NOT IN (SELECT value FROM json_each($but))
        ORDER BY times DESC, listened_ms DESC, item LIMIT $limit`,
    )
  const firstFrequent = firstOf('frequent_tops')
  const first = firstOf('tops')
  const some = sqlite.query<TopRow, Values & { items: string }>(
    `SELECT item, times, listened_ms AS listenedMs
       FROM json_each($items) CROSS JOIN tops ON item = value
      WHERE subject = $subject AND list = $list AND period = $period`,
  )
  const next = sqlite.query<TopRow, Values & { after: Item; most: number }>(
    `SELECT item, times, listened_ms FROM tops
      WHERE subject = $subject AND list = $list AND period = $period AND item > $after
      ORDER BY item LIMIT $most`,
  )
  const day = sqlite.query<TopRow, Values>(
    `SELECT track, artist, album, times, listened_ms, skipped FROM day_tops
      WHERE subject = $subject AND list = $list AND period = $period`,
  )

  const valuesOf = ({ list, ...asked }: Asked): Values => ({ ...asked, list: LISTS[list] })

  return {
    /** The first `limit` items, without those in `but`. */
    first(asked: Asked, but: Iterable<Item>, limit: number): TopRow[] {
      const values = { ...valuesOf(asked), but: JSON.stringify([...but]), limit }
      const rows = firstFrequent.all(values)
      return rows.length === limit ? rows : first.all(values)
    },

    /** The rows of these items, as far as there are any. */
    some: (asked: Asked, items: Iterable<Item>): TopRow[] =>
      some.all({ ...valuesOf(asked), items: JSON.stringify([...items]) }),

    /** Item, times and milliseconds of each row, in parts: there may be tens of thousands of rows. */
    *all(asked: Asked): Generator<number[][]> {
      for (let after: Item = BEFORE_ALL; ; ) {
        const rows = next.values({ ...valuesOf(asked), after, most: ROWS_AT_ONCE }) as number[][]
        yield rows
        const last = rows.at(-1)?.[0]
        if (last === undefined || rows.length < ROWS_AT_ONCE) return
        after = last
      }
    },

    /** Track, artist, album, times, milliseconds and times skipped of each row of a day. */
    day: (asked: Asked & { list: 'tracksQueued' | 'tracksPlayed' }): number[][] =>
      day.values(valuesOf(asked)) as number[][],
  }
}
