import { DAY_MS, DAY_S } from '../../clock'

/** A time in Unix seconds: `from` belongs to it, `to` no longer. */
export type Span = Readonly<{ from: number; to: number }>

/** A piece to be added, or with sign -1 to be taken off. */
export type Part = Readonly<{ sign: 1 | -1; period: number }>
export type Piece = Span & Readonly<{ sign: 1 | -1 }>

/** The days of UTC whose edges are nearest to those of a span, and what is then too little or much. */
export function wholeDays({ from, to }: Span): { days: Span; edges: Piece[] } {
  const days = { from: Math.round(from / DAY_S), to: Math.round(to / DAY_S) }
  const start = days.from * DAY_S
  const end = days.to * DAY_S
  const edges: Piece[] = [
    { sign: 1, from, to: start },
    { sign: -1, from: start, to: from },
    { sign: 1, from: end, to },
    { sign: -1, from: to, to: end },
  ]
  return { days, edges: edges.filter((edge) => edge.from < edge.to) }
}

/** A day, month or year, or all that is known, with the days since 1970 that it has. */
type Period = Span & { period: number; weight: number; within: () => Period[] }

/**
 * The fewest days, months and years, or all the time, that make up these days: added up, and some taken
 * off. `known` are the days that anything is known of.
 */
export function periodsOf({ from, to }: Span, known: Span): Part[] {
  const all = allOf(known)
  const first = from <= known.from ? all.from : from
  const last = to >= known.to ? all.to : to
  return cover(all, first, last).parts
}

type Cover = { parts: Part[]; weight: number }

function cover(whole: Period, from: number, to: number): Cover {
  const first = Math.max(from, whole.from)
  const last = Math.min(to, whole.to)
  if (first >= last) return { parts: [], weight: 0 }
  if (first === whole.from && last === whole.to)
    return { parts: [{ sign: 1, period: whole.period }], weight: whole.weight }
  const within = whole.within()
  const added = join(within.map((period) => cover(period, first, last)))
  const rest = join(
    within.flatMap((period) => [cover(period, whole.from, first), cover(period, last, whole.to)]),
  )
  if (added.weight <= whole.weight + rest.weight) return added
  const parts = rest.parts.map(({ sign, period }): Part => ({ sign: sign === 1 ? -1 : 1, period }))
  return {
    parts: [{ sign: 1, period: whole.period }, ...parts],
    weight: whole.weight + rest.weight,
  }
}

function join(covers: readonly Cover[]): Cover {
  return {
    parts: covers.flatMap(({ parts }) => parts),
    weight: covers.reduce((sum, { weight }) => sum + weight, 0),
  }
}

// The weights are about how many rows of `tops` there are to read.
const WEIGHTS = { day: 1, month: 12, year: 80 }

function allOf({ from, to }: Span): Period {
  const firstYear = dayOf(from).getUTCFullYear()
  const years = dayOf(Math.max(from, to - 1)).getUTCFullYear() - firstYear + 1
  return {
    period: 0,
    from: daysBefore(firstYear, 0),
    to: daysBefore(firstYear + years, 0),
    weight: WEIGHTS.year * years,
    within: () => Array.from({ length: years }, (_, index) => yearOf(firstYear + index)),
  }
}

function yearOf(year: number): Period {
  return {
    period: year,
    from: daysBefore(year, 0),
    to: daysBefore(year + 1, 0),
    weight: WEIGHTS.year,
    within: () => Array.from({ length: 12 }, (_, month) => monthOf(year, month)),
  }
}

function monthOf(year: number, month: number): Period {
  const period = year * 100 + month + 1
  const from = daysBefore(year, month)
  const to = daysBefore(year, month + 1)
  const days = (): Period[] =>
    Array.from({ length: to - from }, (_, index) => ({
      period: period * 100 + index + 1,
      from: from + index,
      to: from + index + 1,
      weight: WEIGHTS.day,
      within: () => [],
    }))
  return { period, from, to, weight: WEIGHTS.month, within: days }
}

const dayOf = (days: number) => new Date(days * DAY_MS)
const daysBefore = (year: number, month: number) => Date.UTC(year, month) / DAY_MS
