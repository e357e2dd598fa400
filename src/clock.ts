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

/** The clock's time in whole Unix seconds. */
export function secondsOf(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}

export const HOUR_S = 3_600
export const DAY_S = 86_400

/** The last second that a request may name: the end of the year 9999. Dates after it have five digits. */
export const LATEST_S = 253_402_300_799
