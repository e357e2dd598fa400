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

/** The clock's time in whole Unix seconds. */
export function secondsOf(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}
