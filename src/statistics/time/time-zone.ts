import { DAY_S, HOUR_S } from '../../clock'
import { AppError } from '../../errors'

const QUARTER = 900
/** Nowhere has the clock been turned twice within so short a time. */
const LOOK_EVERY = 7 * DAY_S
/** Further from UTC no clock is, in seconds. */
const FURTHEST = 26 * HOUR_S

/** A time in which the clocks of a zone stay so far ahead of UTC; all in seconds. */
export type Stretch = Readonly<{ from: number; to: number; offset: number }>

export type TimeZone = ReturnType<typeof readTimeZone>

/**
 * The time zone of that IANA name, without one that of this machine. Its offsets are those at the start
 * of each quarter of an hour, to the quarter of an hour: no zone has been finer for fifty years.
 * @throws {AppError} `invalid_request` when there is no such zone.
 */
export function readTimeZone(name?: string) {
  const format = formatOf(name)

  /** How far ahead of UTC it is then, in seconds. */
  function offsetAt(seconds: number): number {
    const [, sign, hours, minutes = 0] =
      /GMT([+-])(\d+):?(\d+)?/.exec(format.format(seconds * 1_000)) ?? []
    const ahead = Number(hours ?? 0) * HOUR_S + Number(minutes) * 60
    return Math.round(ahead / QUARTER) * QUARTER * (sign === '-' ? -1 : 1)
  }

  /** The first quarter of an hour in `(from, to]` that has another offset than `from`. */
  function turnBetween(from: number, to: number): number {
    let [low, high] = [from / QUARTER, to / QUARTER]
    const offset = offsetAt(from)
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(middle * QUARTER) === offset) low = middle
      else high = middle
    }
    return high * QUARTER
  }

  /** The span in pieces without a turn of the clock; its ends are taken as they are. */
  function stretches(from: number, to: number): Stretch[] {
    const found: Stretch[] = []
    let start = from
    let known = Math.floor(from / QUARTER) * QUARTER
    let offset = offsetAt(known)
    while (known < to) {
      const next = Math.min(known + LOOK_EVERY, Math.ceil(to / QUARTER) * QUARTER)
      if (offsetAt(next) === offset) {
        known = next
        continue
      }
      known = turnBetween(known, next)
      if (known >= to) break
      found.push({ from: start, to: known, offset })
      start = known
      offset = offsetAt(known)
    }
    if (start < to) found.push({ from: start, to, offset })
    return found
  }

  return {
    name: format.resolvedOptions().timeZone,
    stretches,

    /** The first second of a day: midnight, or later where the clock leaps over it. */
    startOf(year: number, month: number, day: number): number {
      const local = Date.UTC(year, month - 1, day) / 1_000
      const here = stretches(local - FURTHEST, local + FURTHEST).find(
        ({ to, offset }) => to + offset > local,
      )
      return here === undefined ? local : Math.max(here.from, local - here.offset)
    },
  }
}

function formatOf(timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch {
    throw new AppError('invalid_request', 'tz must be the name of a time zone, like Europe/Berlin.')
  }
}

/** The day, counted from 1970, of a local time in seconds, as `2026-01-05`. */
export const dateOf = (day: number): string =>
  new Date(day * DAY_S * 1_000).toISOString().slice(0, 10)
