import { median, middleHalf } from './statistics'

/** One line of the table. */
export type Figure = Readonly<{
  name: string
  /** Undefined when it could not be measured; the note says why. */
  value: number | undefined
  unit: Unit
  /** The most that it may be; without this and the next the number is only told. */
  target?: number
  /** The least that it may be. */
  least?: number
  note: string
}>

export type Unit = '×' | '%' | 'ms' | 'MB' | 'bytes' | 'calls/s' | 'actions/s' | 'MB/s'

/** What a number is held to, and what is to be said of it. */
export type Terms = Readonly<{ target?: number; least?: number; note?: string }>

/** The median of the ratios of each round, so that what slows a whole round down cancels out. */
export function ratio(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  { note = '', ...bounds }: Terms = {},
): Figure {
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN))
  const [low, high] = middleHalf(ratios)
  const spread = `middle half of ${ratios.length} rounds ${low.toFixed(2)}–${high.toFixed(2)}`
  return {
    name,
    value: median(ratios),
    unit: '×',
    ...bounds,
    note: note === '' ? spread : `${note}; ${spread}`,
  }
}

/** The same as what is added, in percent. */
export function added(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  terms: Terms = {},
): Figure {
  const figure = ratio(name, ours, theirs, terms)
  return { ...figure, value: ((figure.value ?? Number.NaN) - 1) * 100, unit: '%' }
}

export function unmeasured(name: string, unit: Unit, target: number, why: string): Figure {
  return { name, value: undefined, unit, target, note: why }
}

/** The median of what the rounds gave, with how far they lie apart. */
export function timed(
  name: string,
  times: readonly number[],
  { note = '', ...bounds }: Terms = {},
) {
  const [low, high] = middleHalf(times)
  const spread = `middle half of ${times.length} rounds ${low.toFixed(1)}–${high.toFixed(1)} ms`
  const figure: Figure = {
    name,
    value: median(times),
    unit: 'ms',
    ...bounds,
    note: note === '' ? spread : `${note}; ${spread}`,
  }
  return figure
}

/** Whether the target is kept; undefined when there is none or nothing was measured. */
export function kept({ value, target, least }: Figure): boolean | undefined {
  if (value === undefined || (target === undefined && least === undefined)) return undefined
  return (
    value <= (target ?? Number.POSITIVE_INFINITY) && value >= (least ?? Number.NEGATIVE_INFINITY)
  )
}
