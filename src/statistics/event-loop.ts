const MOST_MS = 5
let turnedAt = 0

/** Lets others have their turn, when they have not had one for some milliseconds. */
export function yieldToEventLoop(): Promise<void> | undefined {
  if (performance.now() - turnedAt < MOST_MS) return undefined
  return new Promise((resolve) =>
    setImmediate(() => {
      turnedAt = performance.now()
      resolve()
    }),
  )
}
