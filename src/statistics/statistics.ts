import type { Clock } from '../clock'
import type { Database } from '../database/database'
import { createDays } from './days/days'
import type { Days, DaysQuery } from './days/model'
import { ROOM, type Subject } from './edge-rows'
import { yieldToEventLoop } from './event-loop'
import { activityReply, createFigures, FOREVER } from './figures'
import type { Review, ReviewQuery, RoomStatsQuery, Stats } from './model'
import { createReview } from './review'
import { readTimeZone } from './time/time-zone'
import { topLists } from './tops/top-lists'

const TOP = 10

export type Statistics = ReturnType<typeof createStatistics>
type StatisticsOptions = {
  database: Database
  clock: Clock
  /** Resolves when all that was done and heard before the call is in the database. */
  upToDate: () => Promise<void>
}

/**
 * What a user, or the room, did and heard, counted. Each function throws the `AppError`
 * `invalid_request` for an unknown time zone.
 */
export function createStatistics({ database, clock, upToDate }: StatisticsOptions) {
  const figures = createFigures({ database, clock })
  const review = createReview({ figures })
  const days = createDays({ figures })

  return {
    /** The figures of a span of time, and of the equally long time before it. */
    async stats(subject: Subject, { from, to, tz, limit = TOP }: RoomStatsQuery): Promise<Stats> {
      await upToDate()
      const zone = readTimeZone(tz)
      const span = { from: from ?? FOREVER.from, to: to ?? FOREVER.to }
      // Elysia checks the query before this, and compiling that check takes milliseconds the first time.
      await yieldToEventLoop()
      const of = figures(subject, span, zone)
      const top = topLists(await of.tops(), limit)
      const [first, last] = [of.first(), of.last()]
      return {
        tz: zone.name,
        actions: of.actions(),
        ...(await of.comparable()),
        streaks: await of.streaks(),
        first_at: first.at,
        last_at: last.at,
        first_play: first.heard,
        last_play: last.heard,
        most_played: await top.played(),
        most_queued: await top.queued(),
        most_skipped: { tracks: await top.skipped() },
        most_searched: await top.searched(),
        ...(subject === ROOM && { people: of.people(limit) }),
        activity: activityReply(await of.activity()),
        before: from === undefined ? null : await before(from, to),
      }

      /** The figures of the equally long time until `from`; a span without an end goes on until now. */
      async function before(
        from: number,
        to = Math.floor(clock.now() / 1_000),
      ): Promise<Stats['before']> {
        const span = { from: Math.max(0, 2 * from - Math.max(from, to)), to: from }
        const { comparable, streaks } = figures(subject, span, zone)
        return { ...span, ...(await comparable()), longest_streak: (await streaks()).longest }
      }
    },

    /** What was done and heard on each day of a span of time. */
    async days(subject: Subject, query: DaysQuery): Promise<Days> {
      await upToDate()
      return days(subject, query)
    },

    /** A year in review. */
    async review(subject: Subject, year: number, { tz }: ReviewQuery): Promise<Review> {
      await upToDate()
      return review(subject, year, readTimeZone(tz))
    },
  }
}
