/** The source of the time; tests bring one that they set. */
export type Clock = {
  /** Unix milliseconds; they jump when the system's clock is set. */
  now(): number
  /** Milliseconds since an arbitrary moment; setting the system's clock does not move them. */
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
