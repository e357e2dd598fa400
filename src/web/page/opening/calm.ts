let first: Promise<unknown> = Promise.resolve()

/** Names the answers that the first rendering needs; `whenCalm` waits for them. */
export function startWith(answers: readonly Promise<unknown>[]): void {
  first = Promise.allSettled(answers)
}

/** Runs work after the answers of `startWith` have come or failed, when the browser is idle. */
export function whenCalm(work: () => void): void {
  first.then(() => {
    // Safari has no `requestIdleCallback`.
    if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: LATEST_MS })
    else setTimeout(work, SOON_MS)
  })
}

const LATEST_MS = 1_000
const SOON_MS = 200
