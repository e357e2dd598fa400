/** Where the simulated Mopidy takes its time from; milliseconds. */
export type DemoClock = {
  now(): number
  /** Since some moment; only ever runs on, also when somebody sets the clock. */
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
