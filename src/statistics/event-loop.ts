/** A question of statistics may hold up everything else for so many milliseconds. */
const MOST_MS = 5
let yieldedAt = 0

/** Yields to the event loop, unless it was yielded to within the last few milliseconds. */
export function yieldToEventLoop(): Promise<void> | undefined {
  if (performance.now() - yieldedAt < MOST_MS) return undefined
  return new Promise((resolve) =>
    setImmediate(() => {
      yieldedAt = performance.now()
      resolve()
    }),
  )
}
