import { dateOf } from './time-zone'

/** Consecutive days. */
export type Streak = Readonly<{ days: number; from: string | null; to: string | null }>

const NONE: Streak = { days: 0, from: null, to: null }

/**
 * The longest streak in days that are sorted and counted from 1970 (of equal ones the latest), and the
 * current streak, which reaches to `today`, or to the day before while nothing has happened today.
 */
export function streaksIn(
  days: readonly number[],
  today: number,
): { current: Streak; longest: Streak } {
  let longest = NONE
  let current = NONE
  let start = Number.NaN
  let before = Number.NaN
  for (const day of days) {
    if (day !== before + 1) start = day
    before = day
    const length = day - start + 1
    if (length >= longest.days) longest = streak(start, length)
    if (day === today || day === today - 1) current = streak(start, length)
  }
  return { current, longest }
}

function streak(start: number, days: number): Streak {
  return { days, from: dateOf(start), to: dateOf(start + days - 1) }
}
