/** Where the time comes from; tests bring a fixed one. */
export type Clock = {
  /** Unix milliseconds; somebody may set it, forward or back. */
  now(): number
  /** Milliseconds since some moment; only ever runs on. */
  elapsed(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
}

/** Seconds, and milliseconds, of an hour and of a day that no change of daylight saving time falls on. */
export const HOUR_S = 3_600
export const DAY_S = 24 * HOUR_S
export const HOUR_MS = HOUR_S * 1_000
export const DAY_MS = DAY_S * 1_000

/** The clock's time in whole Unix seconds. */
export function secondsOf(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}
