const MOST_MS = 5
let turnedAt = 0

/** Lets others have their turn, once much has been read since they last had one. */
export function othersTurn(): Promise<void> | undefined {
  if (performance.now() - turnedAt < MOST_MS) return undefined
  return new Promise((resolve) =>
    setImmediate(() => {
      turnedAt = performance.now()
      resolve()
    }),
  )
}
