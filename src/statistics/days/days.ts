import type { Subject } from '../edge-rows'
import { type Figures, FOREVER } from '../figures'
import { dateOf, readTimeZone } from '../time/time-zone'
import type { Days, DaysQuery } from './model'

/** What a user, or the room, did and heard on each day. */
export function createDays({ figures }: { figures: Figures }) {
  /** @throws {AppError} `invalid_request` for an unknown time zone. */
  return async (subject: Subject, { from, to, tz }: DaysQuery): Promise<Days> => {
    const zone = readTimeZone(tz)
    const span = { from: from ?? FOREVER.from, to: to ?? FOREVER.to }
    const { days } = await figures(subject, span, zone).activity()
    return {
      tz: zone.name,
      days: [...days].map(([day, { actions, plays, listenedMs }]) => ({
        day: dateOf(day),
        actions,
        plays,
        listened_ms: listenedMs,
      })),
    }
  }
}
