import type { Database } from '../database/database'
import type { Amount } from './activity'
import type { Subject } from './loose-rows'
import type { Span } from './spans'

/** Hours since 1970, UTC. */
type Asked = Span & { subject: Subject }

/** Hour, actions, plays, and the milliseconds that these were heard; then the same three again. */
export type HourRow = readonly number[]

const QUARTERS = [0, 1, 2, 3] as const
const COLUMNS = ['actions', 'plays', 'ms'] as const

export type Hours = ReturnType<typeof createHours>

/** Reads the roll-ups by the hour, as bare numbers: there may be tens of thousands. */
export function createHours({ sqlite }: Pick<Database, 'sqlite'>) {
  const sums = (quarters: readonly number[]) =>
    COLUMNS.map((column) => quarters.map((quarter) => `${column}_${quarter}`).join(' + '))
  const query = (columns: readonly string[]) =>
    sqlite.query<Record<string, number>, Asked>(
      `SELECT hour, ${columns.join(', ')} FROM active_hours
        WHERE subject = $subject AND hour >= $from AND hour < $to`,
    )
  // The first tells of all quarters: most zones begin their hours when UTC does.
  const halves = QUARTERS.map((begin) =>
    query([...sums(QUARTERS.slice(begin)), ...(begin === 0 ? [] : sums(QUARTERS.slice(0, begin)))]),
  )
  const quarters = QUARTERS.map((quarter) =>
    sqlite.query<Amount, { subject: Subject; hour: number }>(
      `SELECT actions_${quarter} AS actions, plays_${quarter} AS plays, ms_${quarter} AS listenedMs
         FROM active_hours WHERE subject = $subject AND hour = $hour`,
    ),
  )

  return {
    /** Of each hour the quarters from `begin` on, and those before it where there are any. */
    halves: (begin: number, asked: Asked): HourRow[] =>
      (halves[begin]?.values(asked) ?? []) as HourRow[],

    quarter: (subject: Subject, hour: number, quarter: number): Amount =>
      quarters[quarter]?.get({ subject, hour }) ?? { actions: 0, plays: 0, listenedMs: 0 },
  }
}
