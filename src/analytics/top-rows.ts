import type { Database } from '../database/database'
import type { Counted, Item, List } from './loose-counts'
import { LISTS } from './loose-counts'
import type { Subject } from './loose-rows'

export type TopRow = Counted & { item: Item }
/** A list of a subject in one period: a day, a month, a year, or all the time. */
export type Asked = { subject: Subject; list: List; period: number }

type Values = { subject: Subject; list: number; period: number }

const ALL_TIME = 0
const FIRST_MONTH = 10_000
const FIRST_DAY = 1_000_000

const ORDER = 'ORDER BY times DESC, listenedMs DESC, item LIMIT $limit'

export const isDay = (period: number): boolean => period >= FIRST_DAY

export type TopRows = ReturnType<typeof createTopRows>

/** Reads the roll-ups of one list in one period, wherever they are. */
export function createTopRows({ sqlite }: Pick<Database, 'sqlite'>) {
  const statements = (item: string, times: string, from: string, group = '') => ({
    first: sqlite.query<TopRow, Values & { limit: number }>(
      `SELECT ${item} AS item, ${times} FROM ${from} ${group} ${ORDER}`,
    ),
    one: sqlite.query<Counted, Values & { item: Item }>(
      `SELECT ${times} FROM ${from} AND ${item} = $item ${group}`,
    ),
    all: sqlite.query<TopRow, Values>(`SELECT ${item} AS item, ${times} FROM ${from} ${group}`),
  })
  const rolledUp = statements(
    'item',
    'times, listened_ms AS listenedMs',
    'tops WHERE subject = $subject AND list = $list AND period = $period',
  )
  // The same by an index, which is for this period only.
  const ofAllTime = sqlite.query<TopRow, Omit<Values, 'period'> & { limit: number }>(
    `SELECT item, times, listened_ms AS listenedMs FROM tops
      WHERE subject = $subject AND list = $list AND period = 0
      ORDER BY times DESC, listened_ms DESC, item LIMIT $limit`,
  )
  const monthOfTracks = statements(
    'track',
    'SUM(times) AS times, SUM(listened_ms) AS listenedMs',
    `short_tops
      WHERE subject = $subject AND list = $list AND period = $period AND track <> 0`,
    'GROUP BY track',
  )
  const day = sqlite.query<TopRow, Values>(
    `SELECT track, artist, album, times, listened_ms, skipped FROM short_tops
      WHERE subject = $subject AND list = $list AND period = $period`,
  )

  const valuesOf = ({ list, ...asked }: Asked): Values => ({ ...asked, list: LISTS[list] })
  function sourceOf({ list, period }: Asked) {
    const isOfTracks = list === 'tracksQueued' || list === 'tracksPlayed'
    return isOfTracks && period >= FIRST_MONTH ? monthOfTracks : rolledUp
  }

  return {
    /** The first of so many. */
    first: (asked: Asked, limit: number): TopRow[] =>
      asked.period === ALL_TIME
        ? ofAllTime.all({ subject: asked.subject, list: LISTS[asked.list], limit })
        : sourceOf(asked).first.all({ ...valuesOf(asked), limit }),

    one: (asked: Asked, item: Item): Counted | undefined =>
      sourceOf(asked).one.get({ ...valuesOf(asked), item }) ?? undefined,

    /** Item, times and milliseconds. */
    all: (asked: Asked): number[][] => sourceOf(asked).all.values(valuesOf(asked)) as number[][],

    /** Of a day: track, artist, album, times, milliseconds, times skipped. */
    day: (asked: Asked & { list: 'tracksQueued' | 'tracksPlayed' }): number[][] =>
      day.values(valuesOf(asked)) as number[][],
  }
}
