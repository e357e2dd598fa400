import { median, middleHalf } from './statistics'

/** One line of the table. */
export type Figure = Readonly<{
  name: string
  /** Undefined when it could not be measured; the note says why. */
  value: number | undefined
  unit: Unit
  /** The most that it may be; absent where the number is only told. */
  target?: number
  note: string
}>

export type Unit = '×' | '%' | 'ms' | 'MB' | 'calls/s'

/** The median of the ratios of each round, so that what slows a whole round down cancels out. */
export function ratio(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  { target, note = '' }: { target?: number; note?: string } = {},
): Figure {
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN))
  const [low, high] = middleHalf(ratios)
  const spread = `middle half of ${ratios.length} rounds ${low.toFixed(2)}–${high.toFixed(2)}`
  return {
    name,
    value: median(ratios),
    unit: '×',
    ...(target !== undefined && { target }),
    note: note === '' ? spread : `${note}; ${spread}`,
  }
}

/** The same as what is added, in percent. */
export function added(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  { target, note = '' }: { target?: number; note?: string } = {},
): Figure {
  const figure = ratio(name, ours, theirs, { ...(target !== undefined && { target }), note })
  return { ...figure, value: ((figure.value ?? Number.NaN) - 1) * 100, unit: '%' }
}

export function unmeasured(name: string, unit: Unit, target: number, why: string): Figure {
  return { name, value: undefined, unit, target, note: why }
}

/** Whether the target is kept; undefined when there is none or nothing was measured. */
export function kept({ value, target }: Figure): boolean | undefined {
  return value === undefined || target === undefined ? undefined : value <= target
}
