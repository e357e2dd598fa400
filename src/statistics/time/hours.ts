import type { Database } from '../../database/database'
import type { Subject } from '../edge-rows'
import type { Span } from './spans'

export type Amount = { actions: number; plays: number; listenedMs: number }

/** Hours since 1970, UTC. */
type Asked = Span & { subject: Subject }

/** Hour, actions, plays, and the milliseconds that these were heard; then the same three again. */
export type HourRow = readonly number[]

const COLUMNS = ['actions', 'plays', 'ms'] as const
const LATER_QUARTERS = [1, 2, 3] as const

export type Hours = ReturnType<typeof createHours>

/** Reads the roll-ups by the hour, as bare numbers: there may be tens of thousands. */
export function createHours({ sqlite }: Pick<Database, 'sqlite'>) {
  const query = (columns: readonly string[]) =>
    sqlite.query<Record<string, number>, Asked>(
      `SELECT hour, ${columns.join(', ')} FROM active_hours
        WHERE subject = $subject AND hour >= $from AND hour < $to`,
    )
  // The first tells of whole hours: most zones begin theirs when UTC does.
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
    /** Of each hour the quarters from `begin` on, and those before it where there are any. */
    halves: (begin: number, asked: Asked): HourRow[] =>
      (halves[begin]?.values(asked) ?? []) as HourRow[],

    quarter: (subject: Subject, hour: number, quarter: number): Amount =>
      quarters[quarter]?.get({ subject, hour }) ?? { actions: 0, plays: 0, listenedMs: 0 },
  }
}

/** What there is of a column from that quarter of the hour on. */
function since(quarter: number): (column: string) => string {
  const quarters = LATER_QUARTERS.filter((later) => later >= quarter)
  return (column) => `(${quarters.map((later) => `${column}_${later}`).join(' + ')})`
}

/** What there is of it before that quarter. */
const until = (quarter: number) => (column: string) => `${column} - ${since(quarter)(column)}`

/** What there is of it in that quarter; of the first there is what the others leave. */
const within = (quarter: number) =>
  quarter === 0 ? until(1) : (column: string) => `${column}_${quarter}`
