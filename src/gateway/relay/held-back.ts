import { type Clock, secondsOf } from '../../clock'

/** Whom a budget held back: a person, or an address of which nobody has signed in. */
export type Holder = Readonly<{ userId: number; username: string } | { address: string }>

/** A person or an address that a budget held back, how often, and when last, in Unix seconds. */
type HeldBack = {
  readonly user_id: number | null
  /** The name, or the address. */
  readonly who: string
  readonly budget: string
  times: number
  last_at: number
}

/** Kept in memory; those held back longest ago are forgotten first. */
const MOST_KEPT = 100

/** Remembers who was held back by which budget, for the metrics and the administration. */
export function createHeldBack({ clock }: { clock: Clock }) {
  const counts = new Map<string, number>()
  const latest = new Map<string, HeldBack>()

  return {
    note(budget: string, holder: Holder): void {
      counts.set(budget, (counts.get(budget) ?? 0) + 1)
      const key = `${budget} ${'userId' in holder ? holder.userId : holder.address}`
      const entry = latest.get(key) ?? { ...whoIs(holder), budget, times: 0, last_at: 0 }
      entry.times += 1
      entry.last_at = secondsOf(clock)
      latest.delete(key)
      latest.set(key, entry)
      for (const oldest of latest.keys()) {
        if (latest.size <= MOST_KEPT) return
        latest.delete(oldest)
      }
    },

    counts: (): ReadonlyMap<string, number> => counts,

    latest: (): HeldBack[] => [...latest.values()].reverse(),
  }
}

function whoIs(holder: Holder): Pick<HeldBack, 'user_id' | 'who'> {
  return 'userId' in holder
    ? { user_id: holder.userId, who: holder.username }
    : { user_id: null, who: holder.address }
}
