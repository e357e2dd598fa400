/** What is held against somebody; times are those of the caller. */
export type Tally = {
  /** Tries that were wrong or are under way. */
  count: number
  /** From when on another try is let in. */
  opensAt: number
  lastAt: number
}

export type TalliesLimits = Readonly<{ mostTallies: number; forgetAfterMs: number }>

export type Tallies = ReturnType<typeof createTallies>

/**
 * Tallies by key, forgotten some time after their last count, and no more than so many: half of them
 * for those that hold somebody up. Each of these takes several wrong tries to make, so that flushing
 * one out with others costs more than waiting for its end.
 */
export function createTallies({ mostTallies, forgetAfterMs }: TalliesLimits) {
  const open = new Map<string, Tally>()
  const locked = new Map<string, Tally>()

  function dropOld(tallies: Map<string, Tally>, now: number): void {
    for (const [key, { lastAt }] of tallies) {
      // The first are the oldest.
      if (tallies.size <= mostTallies / 2 && now - lastAt < forgetAfterMs) return
      tallies.delete(key)
    }
  }

  return {
    /** The tally, unless there is none or it is to be forgotten. */
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
