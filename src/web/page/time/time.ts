import { locale } from '../language/language'
import { writtenTime } from './written-time'

/** Milliseconds as `4:05` or `1:02:09`. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const end = String(s).padStart(2, '0')
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${end}` : `${m}:${end}`
}

/** The time of day of Unix milliseconds, as the language writes it. */
export function timeOfDay(ms: number): string {
  const written = writtenTime(locale(), new Date(ms))
  if (written !== undefined) return written
  timeFormat ??= new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' })
  return timeFormat.format(ms)
}

// Kept, since making a formatter is too slow for each row of a list.
let timeFormat: Intl.DateTimeFormat | undefined

/** Milliseconds from now, or ago if negative, in words: `in 12 min`. */
export function fromNow(ms: number): string {
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' })
  const minutes = Math.round(ms / 60_000)
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return Math.abs(hours) < 24
    ? words.format(hours, 'hour')
    : words.format(Math.round(hours / 24), 'day')
}
