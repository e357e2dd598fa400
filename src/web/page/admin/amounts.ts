import { DAY_S, HOUR_S } from '../../../clock'
import { locale } from '../language/language'
import { fromNow } from '../time/time'

/** Unix seconds, as long ago or as far ahead as they are. */
export const relative = (seconds: number): string => fromNow(seconds * 1_000 - Date.now())

/** Unix seconds as a day and a time. */
export const moment = (seconds: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(
    seconds * 1_000,
  )

/** Unix seconds as a day. */
export const day = (seconds: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(seconds * 1_000)

export const number = (value: number): string => value.toLocaleString(locale())

/** Bytes as `5.2 MB`. */
export function size(bytes: number): string {
  const [unit, factor] = bytes < 1_000_000 ? ['kilobyte', 1_000] : ['megabyte', 1_000_000]
  return (bytes / Number(factor)).toLocaleString(locale(), {
    style: 'unit',
    unit: String(unit),
    maximumFractionDigits: bytes < 1_000_000 ? 0 : 1,
  })
}

/** Seconds as `3 ms` or `1.5 s`. */
export function short(seconds: number): string {
  const [unit, value] = seconds < 1 ? ['millisecond', seconds * 1_000] : ['second', seconds]
  return Number(value).toLocaleString(locale(), {
    style: 'unit',
    unit: String(unit),
    maximumFractionDigits: Number(value) < 10 ? 1 : 0,
  })
}

/** Seconds as `3 days`, `2 hours` or `5 minutes`. */
export function span(seconds: number): string {
  const [unit, value] =
    seconds < 5_400
      ? ['minute', seconds / 60]
      : seconds < 172_800
        ? ['hour', seconds / HOUR_S]
        : ['day', seconds / DAY_S]
  return Math.round(Number(value)).toLocaleString(locale(), {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'long',
  })
}
