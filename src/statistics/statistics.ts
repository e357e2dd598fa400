import type { Clock } from '../clock'
import type { Database } from '../database/database'
import { ROOM, type Subject } from './edge-rows'
import { yieldToEventLoop } from './event-loop'
import { activityReply, createFigures, FOREVER } from './figures'
import type { Review, ReviewQuery, RoomStatsQuery, Stats } from './model'
import { createReview } from './review'
import { readTimeZone } from './time/time-zone'
import { topLists } from './tops/top-lists'

const TOP = 10

/** What a user, or the room, did and heard. */
export function createStatistics({ database, clock }: { database: Database; clock: Clock }) {
  const figures = createFigures({ database, clock })
  const review = createReview({ figures })

  return {
    /** In a span of time. @throws {AppError} `invalid_request` for an unknown time zone. */
    async stats(subject: Subject, { from, to, tz, limit = TOP }: RoomStatsQuery): Promise<Stats> {
      const zone = readTimeZone(tz)
      const span = { from: from ?? FOREVER.from, to: to ?? FOREVER.to }
      // Elysia has checked the question, and for the first one made the checks.
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

      /** The same of as long a time until `from`; what has no end yet goes on until now. */
      async function before(
        from: number,
        to = Math.floor(clock.now() / 1_000),
      ): Promise<Stats['before']> {
        const span = { from: Math.max(0, 2 * from - Math.max(from, to)), to: from }
        const { comparable, streaks } = figures(subject, span, zone)
        return { ...span, ...(await comparable()), longest_streak: (await streaks()).longest }
      }
    },

    /** A year in review. @throws {AppError} `invalid_request` for an unknown time zone. */
    review: (subject: Subject, year: number, { tz }: ReviewQuery): Promise<Review> =>
      review(subject, year, readTimeZone(tz)),
  }
}
