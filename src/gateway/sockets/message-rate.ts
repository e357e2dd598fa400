export type MessageLimits = Readonly<{
  /** Of one client that are served before everybody else has had a turn. */
  mostATurn: number
  /** Refused ones after which the client is closed, and how many of them a second wipes out. */
  mostRefused: number
  forgivenPerSecond: number
}>

export const MESSAGE_LIMITS: MessageLimits = {
  // More than a client may have without an answer, so that whoever waits for answers is never refused.
  mostATurn: 1_000,
  mostRefused: 3_000,
  forgivenPerSecond: 1_000,
}

/** How a client has sent lately; times are `performance.now()`. */
export type Pace = { taken: number; watched: boolean; refused: number; refusedAt: number }

export function newPace(): Pace {
  return { taken: 0, watched: false, refused: 0, refusedAt: 0 }
}

export type Verdict = 'serve' | 'refuse' | 'close'
export type MessageRate = ReturnType<typeof createMessageRate>

/**
 * Limits what one client has served in a turn of the event loop. Bun reads megabytes of one socket
 * before it turns to the next, so it is not the number in a second that holds others up: a fast program
 * that waits for answers sends more than a flood gets through on a slow box, and harms nobody.
 */
export function createMessageRate({ mostATurn, mostRefused, forgivenPerSecond }: MessageLimits) {
  const watched = new Set<Pace>()
  // Below this nothing needs to be done at the end of the turn.
  const unwatched = Math.min(100, Math.floor(mostATurn / 10))

  function watch(pace: Pace): void {
    if (watched.size === 0) setImmediate(beginTurn)
    pace.watched = true
    watched.add(pace)
  }

  function beginTurn(): void {
    for (const pace of watched) {
      pace.taken = 0
      pace.watched = false
    }
    watched.clear()
  }

  function refuse(pace: Pace, messages: number): Verdict {
    const now = performance.now()
    const forgiven = ((now - pace.refusedAt) / 1_000) * forgivenPerSecond
    pace.refused = Math.max(pace.refused - forgiven, 0) + messages
    pace.refusedAt = now
    return pace.refused > mostRefused ? 'close' : 'refuse'
  }

  return {
    /** What is to be done with so many more messages of the client. */
    take(pace: Pace, messages = 1): Verdict {
      pace.taken += messages
      if (pace.taken > unwatched && !pace.watched) watch(pace)
      return pace.taken <= mostATurn ? 'serve' : refuse(pace, messages)
    },
  }
}
