export type FloodBounds = Readonly<{
  /** Messages of one client that are served in one turn of the event loop. */
  mostATurn: number
  /** Refused messages after which the client is closed, and how many of them a second wipes out. */
  mostRefused: number
  forgivenPerSecond: number
}>

export const FLOOD_BOUNDS: FloodBounds = {
  // More than the calls that a client may have without an answer: one that waits is never refused.
  mostATurn: 1_000,
  mostRefused: 3_000,
  forgivenPerSecond: 1_000,
}

/** What a client has sent lately; times are `performance.now()`. */
export type Tally = { taken: number; watched: boolean; refused: number; refusedAt: number }

export function newTally(): Tally {
  return { taken: 0, watched: false, refused: 0, refusedAt: 0 }
}

export type Verdict = 'serve' | 'refuse' | 'close'
export type FloodGuard = ReturnType<typeof createFloodGuard>

/**
 * Limits how many messages of one client are served in a turn of the event loop. Bun reads megabytes
 * of one socket before it turns to the next, and that holds other clients up. The number in a second
 * does not: a fast program that waits for its answers may send more than a flood does, and harms nobody.
 */
export function createFloodGuard({ mostATurn, mostRefused, forgivenPerSecond }: FloodBounds) {
  const watched = new Set<Tally>()
  // Only from this count on is a client reset at the end of the turn, which spares most the work.
  const unwatched = Math.min(100, Math.floor(mostATurn / 10))

  function watch(tally: Tally): void {
    if (watched.size === 0) setImmediate(beginTurn)
    tally.watched = true
    watched.add(tally)
  }

  function beginTurn(): void {
    for (const tally of watched) {
      tally.taken = 0
      tally.watched = false
    }
    watched.clear()
  }

  function refuse(tally: Tally, messages: number): Verdict {
    const now = performance.now()
    const forgiven = ((now - tally.refusedAt) / 1_000) * forgivenPerSecond
    tally.refused = Math.max(tally.refused - forgiven, 0) + messages
    tally.refusedAt = now
    return tally.refused > mostRefused ? 'close' : 'refuse'
  }

  return {
    /** Counts messages of the client, and says what is to be done with them. */
    count(tally: Tally, messages = 1): Verdict {
      tally.taken += messages
      if (tally.taken > unwatched && !tally.watched) watch(tally)
      return tally.taken <= mostATurn ? 'serve' : refuse(tally, messages)
    },
  }
}
