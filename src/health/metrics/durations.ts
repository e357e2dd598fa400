/** Upper bounds of buckets, in seconds. */
export const FAST = [0.000_01, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01]
export const SLOW = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export type Durations = ReturnType<typeof createDurations>

/**
 * A histogram of durations. prom-client's own takes about a microsecond to count one, longer than many of
 * the reads that it would measure; this one takes a few nanoseconds.
 */
export function createDurations(ends: readonly number[]) {
  const buckets = new Float64Array(ends.length + 1)
  let sum = 0

  return {
    ends,

    note(seconds: number): void {
      let index = 0
      while (index < ends.length && seconds > (ends[index] ?? 0)) index += 1
      buckets[index] = (buckets[index] ?? 0) + 1
      sum += seconds
    },

    /** The number of durations up to each bound, the number of all, and their sum in seconds. */
    read(): { upTo: number[]; count: number; sum: number } {
      let count = 0
      const upTo = [...buckets].map((some) => {
        count += some
        return count
      })
      return { upTo: upTo.slice(0, -1), count, sum }
    },
  }
}
