import type { Database } from '../../database/database'
import type { Subject } from '../edge-rows'
import type { Span } from './spans'

/** How much was done and heard. */
export type Amount = { actions: number; plays: number; listenedMs: number }

/** Hours since 1970, UTC. */
type Asked = Span & { subject: Subject }

/** Hour, actions, plays and milliseconds heard; where the hour is cut in two, the last three again. */
type HourRow = readonly number[]

const COLUMNS = ['actions', 'plays', 'ms'] as const
const LATER_QUARTERS = [1, 2, 3] as const

export type Hours = ReturnType<typeof createHours>

/** Reads the roll-ups of hours, as bare numbers: there may be tens of thousands. */
export function createHours({ sqlite }: Pick<Database, 'sqlite'>) {
  const query = (columns: readonly string[]) =>
    sqlite.query<Record<string, number>, Asked>(
      `SELECT hour, ${columns.join(', ')} FROM active_hours
        WHERE subject = $subject AND hour >= $from AND hour < $to`,
    )
  // The first query reads whole hours: in most zones hours begin when they do in UTC.
  const halves = [
    query(COLUMNS),
    ...LATER_QUARTERS.map((begin) =>
      query([...COLUMNS.map(since(begin)), ...COLUMNS.map(until(begin))]),
    ),
  ]
  const quarters = [0, ...LATER_QUARTERS].map(within).map((of) =>
    sqlite.query<Amount, { subject: Subject; hour: number }>(
      `SELECT ${of('actions')} AS actions, ${of('plays')} AS plays, ${of('ms')} AS listenedMs
         FROM active_hours WHERE subject = $subject AND hour = $hour`,
    ),
  )

  return {
    /** The sums of each hour from quarter `begin` on, and then of the quarters before it, if any. */
    halves: (begin: number, asked: Asked): HourRow[] =>
      (halves[begin]?.values(asked) ?? []) as HourRow[],

    quarter: (subject: Subject, hour: number, quarter: number): Amount =>
      quarters[quarter]?.get({ subject, hour }) ?? { actions: 0, plays: 0, listenedMs: 0 },
  }
}

/** SQL: the part of a column from that quarter of the hour on. */
function since(quarter: number): (column: string) => string {
  const quarters = LATER_QUARTERS.filter((later) => later >= quarter)
  return (column) => `(${quarters.map((later) => `${column}_${later}`).join(' + ')})`
}

/** SQL: the part of a column before that quarter. */
const until = (quarter: number) => (column: string) => `${column} - ${since(quarter)(column)}`

/** SQL: the part of a column in that quarter; the first is stored as what the others leave. */
const within = (quarter: number) =>
  quarter === 0 ? until(1) : (column: string) => `${column}_${quarter}`
