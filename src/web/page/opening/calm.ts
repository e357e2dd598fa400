let first: Promise<unknown> = Promise.resolve()

/** Says what the first picture is made of: all that can wait, waits for it. */
export function startWith(answers: readonly Promise<unknown>[]): void {
  first = Promise.allSettled(answers)
}

/** Works when the first picture is there, or known not to come, and the browser has nothing else to do. */
export function whenCalm(work: () => void): void {
  first.then(() => {
    // Safari has no such callback.
    if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: LATEST_MS })
    else setTimeout(work, SOON_MS)
  })
}

const LATEST_MS = 1_000
const SOON_MS = 200
