import { DAY_S, HOUR_S } from '../clock'
import type { Database } from '../database/database'
import type { LooseRows, Subject } from './loose-rows'
import { createHours, type Hours } from './time/hours'
import type { Piece, Span } from './time/spans'
import type { Stretch, TimeZone } from './time/time-zone'
import { othersTurn } from './turns'

export type Amount = { actions: number; plays: number; listenedMs: number }

/** When something was done and heard, by the clocks of a time zone. */
export type Activity = Readonly<{
  /** By the day since 1970, sorted; only days on which something was done or heard. */
  days: ReadonlyMap<number, Amount>
  /** By the hour of the week, from Monday, midnight. */
  week: readonly Amount[]
}>

type Asked = { subject: Subject; span: Span; zone: TimeZone }

const HOURS_AT_ONCE = 5_000
const QUARTER = 900

/** Reads the activity in a span of time, from the roll-ups; what still plays counts too. */
export function createActivity({
  database,
  looseRows,
}: {
  database: Database
  looseRows: LooseRows
}) {
  const hours = createHours(database)

  return async ({ subject, span, zone }: Asked): Promise<Activity> => {
    const tally = createTally()
    for (const stretch of zone.stretches(span.from, span.to).flatMap(inBlocks)) {
      readHours(hours, subject, stretch, tally.add)
      await othersTurn()
      // What is finer than a quarter of an hour.
      for (const piece of looseEnds(stretch)) {
        const at = quarterOf(piece.from) + stretch.offset
        for (const { count } of looseRows.actions(subject, [piece])) tally.add(at, count, 0, 0)
        for (const play of looseRows.ended(subject, [piece])) tally.add(at, 0, 1, play.listened_ms)
      }
      for (const play of looseRows.open(subject, stretch)) {
        const at = quarterOf(play.started_at_ms / 1_000) + stretch.offset
        tally.add(at, 0, 1, play.listened_ms)
      }
    }
    return tally.activity()
  }
}

/** The same in pieces that are read in a few milliseconds. */
function inBlocks({ from, to, offset }: Stretch): Stretch[] {
  const blocks: Stretch[] = []
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / HOUR_S) + HOURS_AT_ONCE) * HOUR_S)
    blocks.push({ from: start, to: end, offset })
    start = end
  }
  return blocks
}

type Add = (local: number, actions: number, plays: number, listenedMs: number) => void

/** Adds up the quarters of an hour that lie within the stretch. */
function readHours(hours: Hours, subject: Subject, stretch: Stretch, add: Add): void {
  const { from, to, offset } = stretch
  const first = Math.ceil(from / HOUR_S)
  const last = Math.floor(to / HOUR_S)
  // At which quarter of an hour of UTC an hour of the zone begins.
  const begin = (((-offset / QUARTER) % 4) + 4) % 4
  const whole = { subject, from: first, to: Math.max(first, last) }
  for (const row of hours.halves(begin, whole)) {
    const [hour = 0, actions = 0, plays = 0, ms = 0, before, playsBefore, msBefore] = row
    const local = hour * HOUR_S + offset
    if (before !== undefined) add(local, before, playsBefore ?? 0, msBefore ?? 0)
    add(local + begin * QUARTER, actions, plays, ms)
  }
  // Of an hour that is cut, the quarters that are not.
  const cut = new Set(
    [from, to].filter((time) => time % HOUR_S !== 0).map((t) => Math.floor(t / HOUR_S)),
  )
  for (const hour of cut)
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const at = hour * HOUR_S + quarter * QUARTER
      if (at < from || at + QUARTER > to) continue
      const { actions, plays, listenedMs } = hours.quarter(subject, hour, quarter)
      add(at + offset, actions, plays, listenedMs)
    }
}

function looseEnds({ from, to }: Span): Piece[] {
  const first = Math.ceil(from / QUARTER) * QUARTER
  const last = quarterOf(to)
  const ends =
    first > last
      ? [{ from, to }]
      : [
          { from, to: first },
          { from: last, to },
        ]
  return ends.filter((end) => end.from < end.to).map((end) => ({ ...end, sign: 1 }))
}

const quarterOf = (seconds: number) => Math.floor(seconds / QUARTER) * QUARTER

function createTally() {
  const days = new Map<number, Amount>()
  const week = Array.from({ length: 7 * 24 }, none)
  let latest: { number: number; amount: Amount } | undefined

  /** Times come in order, mostly: the day is looked up once. */
  function dayOf(number: number): Amount {
    if (latest?.number === number) return latest.amount
    const amount = days.get(number) ?? none()
    days.set(number, amount)
    latest = { number, amount }
    return amount
  }

  return {
    add(local: number, actions: number, plays: number, listenedMs: number): void {
      if (actions === 0 && plays === 0) return
      const day = Math.floor(local / DAY_S)
      // The first day of 1970 was a Thursday.
      const weekday = (((day + 3) % 7) + 7) % 7
      const hour = Math.floor((local - day * DAY_S) / HOUR_S)
      increase(dayOf(day), actions, plays, listenedMs)
      increase(week[weekday * 24 + hour], actions, plays, listenedMs)
    },

    activity: (): Activity => ({
      days: new Map([...days].sort(([one], [other]) => one - other)),
      week,
    }),
  }
}

function increase(
  amount: Amount | undefined,
  actions: number,
  plays: number,
  listenedMs: number,
): void {
  if (amount === undefined) return
  amount.actions += actions
  amount.plays += plays
  amount.listenedMs += listenedMs
}

const none = (): Amount => ({ actions: 0, plays: 0, listenedMs: 0 })
