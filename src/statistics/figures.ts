import { type Clock, DAY_S } from '../clock'
import type { Database } from '../database/database'
import { type Activity, createActivity } from './activity'
import { createLooseRows, type LooseAction, type LoosePlay, type Subject } from './loose-rows'
import { createMilestones } from './milestones'
import type { Stats } from './model'
import { type Part, periodsOf, type Span, wholeDays } from './time/spans'
import { type Streak, streaksIn } from './time/streaks'
import type { TimeZone } from './time/time-zone'
import { createTops } from './tops/tops'
import { createTotals } from './totals'
import { othersTurn } from './turns'

/** A span cut to what is known of a subject, in the pieces that the roll-ups can tell of. */
type Pieces = {
  span: Span
  /** Days since 1970. */
  days: Span
  parts: Part[]
  loose: { actions: LooseAction[]; plays: LoosePlay[] }
}

/** What is kept of a subject may not have begun yet, and may never end. */
export const FOREVER: Span = { from: 0, to: 253_402_300_800 }

export type Figures = ReturnType<typeof createFigures>

/** The figures that statistics are made of: of one subject in one span, by the days of a zone. */
export function createFigures({ database, clock }: { database: Database; clock: Clock }) {
  const looseRows = createLooseRows(database)
  const readActivity = createActivity({ database, looseRows })
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
      loose: {
        actions: looseRows.actions(subject, edges),
        plays: [...looseRows.ended(subject, edges), ...looseRows.open(subject, span)],
      },
    }
  }

  return (subject: Subject, asked: Span, zone: TimeZone) => {
    const { span, days, parts, loose } = piecesOf(subject, asked)
    const activity = once(() => readActivity({ subject, span, zone }))
    const actions = once(() => totals.actions(subject, days, loose.actions))

    return {
      activity,
      actions,

      /** What can be compared with another span. */
      async comparable() {
        await othersTurn()
        const { days: activeDays } = await activity()
        const { plays, listened_ms, queued, ...ends } = totals.plays(subject, days, loose.plays)
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
      tops: () => tops(subject, parts, loose),
      people: (limit: number) => totals.people(days, loose.plays, limit),
    }
  }

  /** Today, or the last day of a span that is over. */
  function lastDayOf({ to }: Span, zone: TimeZone): number {
    const last = Math.min(to - 1, Math.floor(clock.now() / 1_000))
    const [stretch] = zone.stretches(last, last + 1)
    return Math.floor((last + (stretch?.offset ?? 0)) / DAY_S)
  }
}

/** The activity as the reply has it. */
export function activityReply({ week }: Activity): Stats['activity'] {
  const days = Array.from({ length: 7 }, (_, day) => week.slice(day * 24, day * 24 + 24))
  return {
    by_hour: Array.from({ length: 24 }, (_, hour) => sum(days.map((day) => day[hour]?.actions))),
    by_weekday: days.map((day) => sum(day.map(({ actions }) => actions))),
    by_weekday_and_hour: days.map((day) => day.map(({ actions }) => actions)),
    listened_ms_by_weekday_and_hour: days.map((day) => day.map(({ listenedMs }) => listenedMs)),
  }
}

/** What it gives the first time. */
function once<T>(work: () => T): () => T {
  let done: { value: T } | undefined
  return () => {
    done ??= { value: work() }
    return done.value
  }
}

const sum = (numbers: (number | undefined)[]) =>
  numbers.reduce<number>((total, number = 0) => total + number, 0)
