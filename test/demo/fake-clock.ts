import type { Clock } from '../../src/clock'
import type { DemoClock } from '../../src/demo/clock'

/**
 * A clock that stands still until `advance`, which fires timers in their order. `set` changes the
 * time of day by so much, forward or back, without any passing.
 */
export function createFakeClock(
  start = 1_700_000_000_000,
): DemoClock & Clock & { advance(ms: number): void; set(ms: number): void } {
  const timers = new Map<number, { at: number; run: () => void }>()
  let time = start
  let setBy = 0
  let lastHandle = 0

  function earliest(until: number) {
    let found: [number, { at: number; run: () => void }] | null = null
    for (const entry of timers) {
      if (entry[1].at <= until && (!found || entry[1].at < found[1].at)) found = entry
    }
    return found
  }

  return {
    now: () => time + setBy,
    elapsed: () => time,
    set(ms) {
      setBy += ms
    },
    setTimeout(run, ms) {
      lastHandle += 1
      timers.set(lastHandle, { at: time + Math.max(0, ms), run })
      return lastHandle
    },
    clearTimeout(handle) {
      timers.delete(handle as number)
    },
    advance(ms) {
      const until = time + ms
      for (let next = earliest(until); next; next = earliest(until)) {
        timers.delete(next[0])
        time = next[1].at
        next[1].run()
      }
      time = until
    },
  }
}
