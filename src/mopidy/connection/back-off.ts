/**
 * How long to wait before the next try, in milliseconds: doubling from `firstMs` to `mostMs`, each
 * less up to a fifth at random, so that many boxes do not dial at once.
 */
export function createBackOff({
  firstMs,
  mostMs,
  random = Math.random,
}: {
  firstMs: number
  mostMs: number
  random?: () => number
}) {
  let failures = 0
  return {
    next(): number {
      const full = Math.min(mostMs, firstMs * 2 ** failures)
      failures = Math.min(failures + 1, 30)
      return full * (1 - random() / 5)
    },
    reset(): void {
      failures = 0
    },
  }
}
