/** The time of the simulated Mopidy, in milliseconds; tests bring one that they move. */
export type DemoClock = {
  now(): number
  /** Since an arbitrary moment; setting the system's clock does not move it. */
  elapsed(): number
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

export const systemClock: DemoClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (handle) => clearTimeout(handle as Timer),
}
