import { dateOf, LONG_DATE, readDay } from './amounts'
import type { Days } from './ask'

export const SPANS = ['week', 'month', 'year', 'all'] as const
export type SpanName = (typeof SPANS)[number]

export const isSpan = (name: string | null): name is SpanName =>
  SPANS.some((known) => known === name)

/** The first day of a span that ends now; undefined for all time. */
export function startOf(span: SpanName, now = new Date()): Date | undefined {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()]
  if (span === 'week') return new Date(year, month, day - 6)
  if (span === 'month') return new Date(year, month, day - 29)
  return span === 'year' ? new Date(year, month - 11, 1) : undefined
}

export const secondsOf = (time: Date | undefined): number | undefined =>
  time && Math.floor(time.getTime() / 1_000)

/** A bar of a chart. */
export type Slot = { label: string; name: string; listenedMs: number; plays: number }
type Pace = 'day' | 'month' | 'year'

const MOST_MONTHS = 24

/** The bars of a span's chart, one for each day, month or year, with the pace at which they follow. */
export function slotsOf(span: SpanName, days: Days['days'], now = new Date()): [Pace, Slot[]] {
  const oldest = days[0] === undefined ? now : readDay(days[0].day)
  const first = startOf(span, now) ?? oldest
  const pace = paceOf(span, first, now)
  const slots = new Map<string, Slot>()
  const length = pace === 'day' ? 10 : pace === 'month' ? 7 : 4
  for (let time = floor(first, pace); time <= now; time = next(time, pace))
    slots.set(dayOf(time).slice(0, length), {
      ...namesOf(time, pace, span),
      listenedMs: 0,
      plays: 0,
    })
  for (const { day, listened_ms, plays } of days) {
    const slot = slots.get(day.slice(0, length))
    if (slot === undefined) continue
    slot.listenedMs += listened_ms
    slot.plays += plays
  }
  return [pace, [...slots.values()]]
}

function paceOf(span: SpanName, first: Date, now: Date): Pace {
  if (span === 'week' || span === 'month') return 'day'
  const months = (now.getFullYear() - first.getFullYear()) * 12 + now.getMonth() - first.getMonth()
  return span === 'year' || months < MOST_MONTHS ? 'month' : 'year'
}

function floor(time: Date, pace: Pace): Date {
  const [year, month, day] = [time.getFullYear(), time.getMonth(), time.getDate()]
  if (pace === 'day') return new Date(year, month, day)
  return pace === 'month' ? new Date(year, month, 1) : new Date(year, 0, 1)
}

function next(time: Date, pace: Pace): Date {
  const [year, month, day] = [time.getFullYear(), time.getMonth(), time.getDate()]
  if (pace === 'day') return new Date(year, month, day + 1)
  return pace === 'month' ? new Date(year, month + 1, 1) : new Date(year + 1, 0, 1)
}

/** `2026-01-05`, by the browser's clock. */
function dayOf(time: Date): string {
  const [year, month, day] = [time.getFullYear(), time.getMonth() + 1, time.getDate()]
  return [String(year).padStart(4, '0'), pad(month), pad(day)].join('-')
}

const pad = (part: number) => String(part).padStart(2, '0')

/** The short label below a bar, and its full name. */
function namesOf(time: Date, pace: Pace, span: SpanName): Pick<Slot, 'label' | 'name'> {
  if (pace === 'year')
    return { label: dateOf(time, { year: 'numeric' }), name: dateOf(time, { year: 'numeric' }) }
  if (pace === 'month')
    return {
      label: dateOf(time, { month: 'short' }),
      name: dateOf(time, { month: 'long', year: 'numeric' }),
    }
  const label: Intl.DateTimeFormatOptions =
    span === 'week' ? { weekday: 'short' } : { day: 'numeric', month: 'short' }
  return {
    label: dateOf(time, label),
    name: dateOf(time, { weekday: 'long', ...LONG_DATE }),
  }
}
