import type { Clock } from '../../clock'

type HearingOptions = {
  clock: Clock
  /** The length of the track: without a seek nobody hears more of it. Null for a stream. */
  lengthMs?: number | null
  /** How long the track has been heard before, and the place where it goes on; milliseconds. */
  listenedMs?: number
  positionMs?: number
  running?: boolean
}

/** Measures how long one track is heard, without pauses and seeks, and which place it has come to. */
export function createHearing({
  clock,
  lengthMs = null,
  listenedMs = 0,
  positionMs = 0,
  running = true,
}: HearingOptions) {
  let listened = listenedMs
  let position = positionMs
  /** Since when it runs, with `listened` and `position` as they were then. */
  let since = running ? clock.elapsed() : undefined

  /** How long it has run since then, by that moment; up to its end at most. */
  function ranBy(at: number): number {
    if (since === undefined) return 0
    const left = lengthMs === null ? Number.POSITIVE_INFINITY : Math.max(0, lengthMs - position)
    return Math.min(Math.max(0, at - since), left)
  }

  /** Adds the time up to that moment, if the track runs. */
  function settle(at = clock.elapsed()): void {
    if (since === undefined) return
    const ran = ranBy(at)
    listened += ran
    position += ran
    since = clock.elapsed()
  }

  return {
    listenedMs: (): number => Math.round(listened + ranBy(clock.elapsed())),
    positionMs: (): number => Math.round(position + ranBy(clock.elapsed())),

    /** It is not heard from now on, or was not for the last `silentMs` milliseconds. */
    halt(silentMs = 0): void {
      settle(clock.elapsed() - silentMs)
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
