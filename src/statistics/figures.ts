import { type Clock, DAY_S, LATEST_S } from '../clock'
import type { Database } from '../database/database'
import { type Activity, createActivity } from './activity'
import { createEdgeRows, type EdgeAction, type EdgePlay, type Subject } from './edge-rows'
import { yieldToEventLoop } from './event-loop'
import { createMilestones } from './milestones'
import type { Stats } from './model'
import { type Part, periodsOf, type Span, wholeDays } from './time/spans'
import { type Streak, streaksIn } from './time/streaks'
import type { TimeZone } from './time/time-zone'
import { createTops } from './tops/tops'
import { createTotals } from './totals'

/** A span, cut to the time that anything is known of, in the pieces that roll-ups and rows cover. */
type Pieces = {
  span: Span
  /** The whole days of it, counted from 1970. */
  days: Span
  /** The same days as the fewest days, months and years. */
  parts: Part[]
  edges: { actions: EdgeAction[]; plays: EdgePlay[] }
}

/** All the time that a request may name. */
export const FOREVER: Span = { from: 0, to: LATEST_S + 1 }

export type Figures = ReturnType<typeof createFigures>

/** Reads the figures that statistics are made of: one subject in one span, by the days of a time zone. */
export function createFigures({ database, clock }: { database: Database; clock: Clock }) {
  const edgeRows = createEdgeRows(database)
  const readActivity = createActivity({ database, edgeRows })
  const milestones = createMilestones(database)
  const totals = createTotals(database)
  const tops = createTops(database)

  function piecesOf(subject: Subject, asked: Span): Pieces {
    const known = milestones.known(subject) ?? { from: 0, to: 0 }
    const from = Math.max(asked.from, known.from)
    const span = { from, to: Math.max(from, Math.min(asked.to, known.to)) }
    const { days, edges } = wholeDays(span)
    return {
      span,
      days,
      parts: periodsOf(days, { from: known.from / DAY_S, to: known.to / DAY_S }),
      edges: {
        actions: edgeRows.actions(subject, edges),
        plays: [...edgeRows.ended(subject, edges), ...edgeRows.open(subject, span)],
      },
    }
  }

  return (subject: Subject, asked: Span, zone: TimeZone) => {
    const { span, days, parts, edges } = piecesOf(subject, asked)
    const activity = once(() => readActivity({ subject, span, zone }))
    const actions = once(() => totals.actions(subject, days, edges.actions))

    return {
      activity,
      actions,

      /** The figures that can be compared with those of another span. */
      async comparable() {
        await yieldToEventLoop()
        const { days: activeDays } = await activity()
        const { plays, listened_ms, queued, ...ends } = totals.plays(subject, days, edges.plays)
        return {
          total_actions: Object.values(actions()).reduce((sum, count) => sum + count, 0),
          plays,
          listened_ms,
          days_active: activeDays.size,
          queue: {
            added: actions().queue_add ?? 0,
            plays: queued,
            ...ends,
            skip_rate: queued === 0 ? null : ends.skipped / queued,
          },
        }
      },

      streaks: async (): Promise<{ current: Streak; longest: Streak }> =>
        streaksIn([...(await activity()).days.keys()], lastDayOf(asked, zone)),

      first: () => milestones.one('ASC', { subject, ...asked }),
      last: () => milestones.one('DESC', { subject, ...asked }),
      tops: () => tops(subject, parts, edges),
      people: (limit: number) => totals.people(days, edges.plays, limit),
    }
  }

  /** Today, or the last day of a span that is over; counted from 1970. */
  function lastDayOf({ to }: Span, zone: TimeZone): number {
    const last = Math.min(to - 1, Math.floor(clock.now() / 1_000))
    const [stretch] = zone.stretches(last, last + 1)
    return Math.floor((last + (stretch?.offset ?? 0)) / DAY_S)
  }
}

/** The activity as replies have it. */
export function activityReply({ week }: Activity): Stats['activity'] {
  const days = Array.from({ length: 7 }, (_, day) => week.slice(day * 24, day * 24 + 24))
  return {
    by_hour: Array.from({ length: 24 }, (_, hour) => sum(days.map((day) => day[hour]?.actions))),
    by_weekday: days.map((day) => sum(day.map(({ actions }) => actions))),
    by_weekday_and_hour: days.map((day) => day.map(({ actions }) => actions)),
    listened_ms_by_weekday_and_hour: days.map((day) => day.map(({ listenedMs }) => listenedMs)),
  }
}

/** A function that does the work once, and gives the same result each time. */
function once<T>(work: () => T): () => T {
  let done: { value: T } | undefined
  return () => {
    done ??= { value: work() }
    return done.value
  }
}

const sum = (numbers: (number | undefined)[]) =>
  numbers.reduce<number>((total, number = 0) => total + number, 0)
