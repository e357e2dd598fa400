import type { Clock } from '../clock'

export type Hearing = ReturnType<typeof createHearing>
export type HearingOptions = {
  clock: Clock
  /** What has been heard before, and where in the track it goes on; milliseconds. */
  listenedMs?: number
  positionMs?: number
  running?: boolean
}

/** How long one track has been heard, pauses and seeks taken out, and where in it one is. */
export function createHearing({
  clock,
  listenedMs = 0,
  positionMs = 0,
  running = true,
}: HearingOptions) {
  let listened = listenedMs
  let position = positionMs
  let since = running ? clock.elapsed() : undefined

  /** Adds up what has run since the last time. */
  function settle(): void {
    if (since === undefined) return
    const now = clock.elapsed()
    const ran = now - since
    listened += ran
    position += ran
    since = now
  }

  return {
    listenedMs(): number {
      settle()
      return Math.round(listened)
    },
    positionMs(): number {
      settle()
      return Math.round(position)
    },

    halt(): void {
      settle()
      since = undefined
    },
    run(): void {
      since ??= clock.elapsed()
    },

    /** Somebody has gone to another place in the track. */
    moveTo(ms: number): void {
      settle()
      position = ms
    },

    /**
     * After a time in which nobody listened here: the track is at `ms` now, and at most `mostMs` have
     * passed. How far it has come is what was heard meanwhile.
     */
    goOnAt(ms: number, mostMs = Number.POSITIVE_INFINITY): void {
      settle()
      settle()
      const gain = Math.min(ms - position, Math.max(0, mostMs))
      // A little less than was thought: the end of the connection was noticed late. Much less: sought.
      listened = Math.max(0, listened + (gain < -NOTICED_LATE_MS ? 0 : gain))
      position = ms
    },

    /** The same when it has begun anew meanwhile. */
    startOverAt(ms: number, mostMs = Number.POSITIVE_INFINITY): void {
      settle()
      listened += Math.min(ms, Math.max(0, mostMs))
      position = ms
    },
  }
}

/** How late a connection that hangs may be noticed. */
export const NOTICED_LATE_MS = 15_000
