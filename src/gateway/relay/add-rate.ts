import type { Clock } from '../../clock'

type Added = { at: number; count: number }

const MINUTE_MS = 60_000
/** With more users in memory than this, those whose adds are over a minute old are looked for. */
const MANY = 1_000

/** Counts what each user has added in the last minute. */
export function createAddRate({ clock }: { clock: Clock }) {
  const byUser = new Map<number, Added[]>()

  /** The user's adds of the last minute; older ones are forgotten. */
  function recent(userId: number): Added[] {
    const now = clock.elapsed()
    const added = (byUser.get(userId) ?? []).filter(
      ({ at, count }) => count > 0 && now - at < MINUTE_MS,
    )
    if (added.length > 0) byUser.set(userId, added)
    else byUser.delete(userId)
    return added
  }

  return {
    /** Milliseconds until so many more may be added; 0 when they may now. */
    waitMs(userId: number, asked: number, most: number): number {
      const added = recent(userId)
      let over = added.reduce((sum, { count }) => sum + count, asked) - most
      if (over <= 0) return 0
      for (const { at, count } of added) {
        over -= count
        if (over <= 0) return at + MINUTE_MS - clock.elapsed()
      }
      return MINUTE_MS
    },

    /** Counts tracks that are about to be added; the function that it gives back corrects that. */
    note(userId: number, count: number): (count: number) => void {
      if (byUser.size > MANY) for (const user of byUser.keys()) recent(user)
      const entry = { at: clock.elapsed(), count }
      byUser.set(userId, [...recent(userId), entry])
      return (corrected) => {
        entry.count = corrected
      }
    },
  }
}
