import type { Figure } from './figure'

const MOST_MS = 50

/** Looks at the clock whenever the event loop is free; then, the longest that it was not. */
export function watchEventLoop(): (by: string) => Figure {
  const held: number[] = []
  let last = performance.now()
  let isOver = false
  const look = () => {
    const now = performance.now()
    held.push(now - last)
    last = now
    if (!isOver) setImmediate(look)
  }
  look()
  return (by) => {
    look()
    isOver = true
    const [longest = 0, ...others] = held.toSorted((one, other) => other - one)
    const next = others.slice(0, 3).map((ms) => ms.toFixed(1))
    const note = `the longest; then ${next.join(', ')} ms`
    return { name: `event loop held by ${by}`, value: longest, unit: 'ms', target: MOST_MS, note }
  }
}
