/** What many times come to, in milliseconds. */
export type Summary = Readonly<{
  count: number
  mean: number
  median: number
  p95: number
  p99: number
}>

export function summaryOf(times: readonly number[]): Summary {
  const sorted = times.toSorted((a, b) => a - b)
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, time) => sum + time, 0) / sorted.length,
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
  }
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

/** The middle half of the values, the two ends of it. */
export function middleHalf(values: readonly number[]): [number, number] {
  const sorted = values.toSorted((a, b) => a - b)
  return [quantile(sorted, 0.25), quantile(sorted, 0.75)]
}

/** Between the two values that are nearest to that share of a sorted list. */
function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}
