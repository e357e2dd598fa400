import type { Database } from '../database/database'
import type { LoosePlay, LooseRows, Subject } from './loose-rows'
import type { Span } from './spans'
import type { TimeZone } from './time-zone'

/** Quarters of an hour that follow each other, in the seconds that the clocks of a zone show. */
export type Slot = Readonly<{
  local: number
  actions: number
  plays: number
  listenedMs: number
}>

type Asked = Span & { subject: Subject }
type Numbers = number[]

const HOUR = 3_600
const QUARTER = 900

const sum = (columns: readonly string[]) => (columns.length === 0 ? '0' : columns.join(' + '))

/**
 * Reads the hours of a subject, each in two: the quarters before and after the hour of the zone begins,
 * which can be at any of them.
 */
function hoursOf({ sqlite }: Pick<Database, 'sqlite'>, table: string, groups: string[][]) {
  const halves = (begin: number) =>
    groups.flatMap((columns) => [sum(columns.slice(0, begin)), sum(columns.slice(begin))])
  const queries = [0, 1, 2, 3].map((begin) =>
    sqlite.query<Record<string, number>, Asked>(
      `SELECT hour, ${halves(begin).join(', ')} FROM ${table}
        WHERE subject = $subject AND hour >= $from AND hour < $to`,
    ),
  )
  const quarters = sqlite.query<Record<string, number>, Asked>(
    `SELECT hour, ${groups.flat().join(', ')} FROM ${table}
      WHERE subject = $subject AND hour >= $from AND hour < $to`,
  )
  return {
    halves: (begin: number, asked: Asked) => (queries[begin]?.values(asked) ?? []) as Numbers[],
    quarters: (asked: Asked) => quarters.values(asked) as Numbers[],
  }
}
