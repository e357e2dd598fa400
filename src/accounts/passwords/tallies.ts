/** The wrong tries that are counted under one key; times in milliseconds of the caller's clock. */
export type Tally = {
  /** Tries that were wrong or are under way. */
  count: number
  /** The time from which another try is let in. */
  opensAt: number
  lastAt: number
}

export type TalliesLimits = Readonly<{ mostTallies: number; forgetAfterMs: number }>

/**
 * Keeps tallies by key until `forgetAfterMs` after their last count, and no more than `mostTallies`: half
 * of them open, half locked. A locked tally can only be pushed out by others that are locked, and each of
 * those costs a guesser several wrong tries: waiting for the lock's end costs less.
 */
export function createTallies({ mostTallies, forgetAfterMs }: TalliesLimits) {
  const open = new Map<string, Tally>()
  const locked = new Map<string, Tally>()

  function dropOld(tallies: Map<string, Tally>, now: number): void {
    for (const [key, { lastAt }] of tallies) {
      // A map keeps the order of insertion: the first are the oldest.
      if (tallies.size <= mostTallies / 2 && now - lastAt < forgetAfterMs) return
      tallies.delete(key)
    }
  }

  return {
    /** The tally of a key; undefined when there is none, or none that still counts. */
    find(key: string, now: number): Tally | undefined {
      const tally = open.get(key) ?? locked.get(key)
      return tally !== undefined && now - tally.lastAt < forgetAfterMs ? tally : undefined
    },

    /** Keeps a tally that was counted just now. */
    keep(key: string, tally: Tally, { isLocked }: { isLocked: boolean }): void {
      open.delete(key)
      locked.delete(key)
      const tallies = isLocked ? locked : open
      tallies.set(key, tally)
      dropOld(open, tally.lastAt)
      dropOld(locked, tally.lastAt)
    },

    /** Removes whatever has that key, or only the tally given. */
    remove(key: string, tally?: Tally): void {
      for (const tallies of [open, locked])
        if (tally === undefined || tallies.get(key) === tally) tallies.delete(key)
    },

    size: (): number => open.size + locked.size,
  }
}
