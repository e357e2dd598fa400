import { locale } from '../language/language'

const MINUTE_MS = 60_000

/** Milliseconds as a person says them: `3 h 12 min`, `12 min`, `40 s`. */
export function durationOf(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS)
  if (minutes === 0) return inUnit(Math.round(ms / 1_000), 's')
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours === 0) return inUnit(rest, 'min')
  return hours >= 100 || rest === 0
    ? inUnit(hours, 'h')
    : `${inUnit(hours, 'h')} ${inUnit(rest, 'min')}`
}

export const number = (value: number): string => value.toLocaleString(locale())

/** A part of 1 in whole percent: `12%`. */
export const percent = (part: number): string => part.toLocaleString(locale(), { style: 'percent' })

/** An hour of the day, as the clocks of the language have it: `15:00`, `3 PM`. */
export const hourOf = (hour: number): string =>
  new Intl.DateTimeFormat(locale(), { hour: 'numeric', minute: '2-digit' }).format(
    new Date(2026, 0, 5, hour % 24),
  )

/** The name of a weekday; 0 is Monday. */
export const weekdayOf = (day: number, weekday: 'short' | 'long'): string =>
  new Intl.DateTimeFormat(locale(), { weekday }).format(new Date(2026, 0, 5 + day))

/** The noon of a day such as `2026-01-05`: no change of daylight saving time falls on it. */
export const readDay = (day: string): Date => new Date(`${day}T12:00:00`)

export const dateOf = (time: Date | number, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale(), options).format(time)

export const LONG_DATE = { day: 'numeric', month: 'long', year: 'numeric' } as const

const NO_BREAK = '\u00a0'

export function inUnit(value: number, unit: 'h' | 'min' | 's'): string {
  return `${number(value)}${NO_BREAK}${unit}`
}
