import type { Clock } from '../../clock'

type HearingOptions = {
  clock: Clock
  /** How long the track has been heard before, and the place where it goes on; milliseconds. */
  listenedMs?: number
  positionMs?: number
  running?: boolean
}

/** Measures how long one track is heard, without pauses and seeks, and which place it has come to. */
export function createHearing({
  clock,
  listenedMs = 0,
  positionMs = 0,
  running = true,
}: HearingOptions) {
  let listened = listenedMs
  let position = positionMs
  let since = running ? clock.elapsed() : undefined

  /** Adds the time since the last call, if the track runs. */
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

    /** Somebody has sought to another place in the track. */
    moveTo(ms: number): void {
      settle()
      position = ms
    },

    /**
     * After a time in which Mopidy was not heard: the track is at `ms` now, and at most `mostMs` have
     * passed. So far as it has come since, it was heard.
     */
    goOnAt(ms: number, mostMs = Number.POSITIVE_INFINITY): void {
      settle()
      settle()
      const gain = Math.min(ms - position, Math.max(0, mostMs))
      // The track is behind the place it was thought to have reached. A little: it stopped with the
      // connection, whose end was noticed late. Much: somebody has sought back.
      listened = Math.max(0, listened + (gain < -NOTICED_LATE_MS ? 0 : gain))
      position = ms
    },

    /** The same, but the track has begun anew meanwhile. */
    startOverAt(ms: number, mostMs = Number.POSITIVE_INFINITY): void {
      settle()
      listened += Math.min(ms, Math.max(0, mostMs))
      position = ms
    },
  }
}

/** How late the end of a connection that hangs may be noticed, in milliseconds. */
export const NOTICED_LATE_MS = 15_000
