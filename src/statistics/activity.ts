import { DAY_S, HOUR_S } from '../clock'
import type { Database } from '../database/database'
import type { EdgeRows, Subject } from './edge-rows'
import { yieldToEventLoop } from './event-loop'
import { type Amount, createHours, type Hours } from './time/hours'
import type { Piece, Span } from './time/spans'
import { QUARTER_S, type Stretch, type TimeZone } from './time/time-zone'

/** How much was done and heard, and when, by the clocks of a time zone. */
export type Activity = Readonly<{
  /** By the day since 1970, sorted; only days on which something was done or heard. */
  days: ReadonlyMap<number, Amount>
  /** By the hour of the week, from Monday, midnight. */
  week: readonly Amount[]
}>

type Asked = { subject: Subject; span: Span; zone: TimeZone }

const HOURS_AT_ONCE = 5_000

/** Reads the activity in a span of time from the roll-ups and the edge rows. */
export function createActivity({ database, edgeRows }: { database: Database; edgeRows: EdgeRows }) {
  const hours = createHours(database)

  return async ({ subject, span, zone }: Asked): Promise<Activity> => {
    const tally = createTally()
    for (const stretch of zone.stretches(span.from, span.to).flatMap(inBlocks)) {
      readHours(hours, subject, stretch, tally.add)
      await yieldToEventLoop()
      // The roll-ups know nothing finer than quarters of an hour.
      for (const piece of edgesOf(stretch)) {
        const at = quarterOf(piece.from) + stretch.offset
        for (const { count } of edgeRows.actions(subject, [piece])) tally.add(at, count, 0, 0)
        for (const play of edgeRows.ended(subject, [piece])) tally.add(at, 0, 1, play.listened_ms)
      }
      for (const play of edgeRows.open(subject, stretch)) {
        const at = quarterOf(play.started_at_ms / 1_000) + stretch.offset
        tally.add(at, 0, 1, play.listened_ms)
      }
    }
    return tally.activity()
  }
}

/** Cuts a stretch into pieces that are read in a few milliseconds each. */
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

/** Adds up the quarters of an hour that lie wholly within the stretch. */
function readHours(hours: Hours, subject: Subject, stretch: Stretch, add: Add): void {
  const { from, to, offset } = stretch
  const first = Math.ceil(from / HOUR_S)
  const last = Math.floor(to / HOUR_S)
  // The quarter of an hour of UTC at which an hour of the zone begins.
  const begin = (((-offset / QUARTER_S) % 4) + 4) % 4
  const whole = { subject, from: first, to: Math.max(first, last) }
  for (const row of hours.halves(begin, whole)) {
    const [hour = 0, actions = 0, plays = 0, ms = 0, before, playsBefore, msBefore] = row
    const local = hour * HOUR_S + offset
    if (before !== undefined) add(local, before, playsBefore ?? 0, msBefore ?? 0)
    add(local + begin * QUARTER_S, actions, plays, ms)
  }
  // The first and last hour may lie within the stretch in part: their whole quarters count.
  const cut = new Set(
    [from, to].filter((time) => time % HOUR_S !== 0).map((t) => Math.floor(t / HOUR_S)),
  )
  for (const hour of cut)
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const at = hour * HOUR_S + quarter * QUARTER_S
      if (at < from || at + QUARTER_S > to) continue
      const { actions, plays, listenedMs } = hours.quarter(subject, hour, quarter)
      add(at + offset, actions, plays, listenedMs)
    }
}

/** The pieces at both ends of a span that are less than a quarter of an hour. */
function edgesOf({ from, to }: Span): Piece[] {
  const first = Math.ceil(from / QUARTER_S) * QUARTER_S
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

const quarterOf = (seconds: number) => Math.floor(seconds / QUARTER_S) * QUARTER_S

function createTally() {
  const days = new Map<number, Amount>()
  const week = Array.from({ length: 7 * 24 }, none)
  let latest: { number: number; amount: Amount } | undefined

  // Times come mostly in order, so the last day is kept at hand.
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
      // 1 January 1970 was a Thursday.
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
