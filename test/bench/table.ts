import { type Figure, kept, type Unit } from './figure'
import type { Machine } from './machine'

/** The figures as markdown: those with a target first, ratios before all. */
export function table(machine: Machine, figures: readonly Figure[]): string {
  const [targets, told] = [
    figures.filter(hasTarget),
    figures.filter((figure) => !hasTarget(figure)),
  ]
  return [
    '# Musakone bench',
    '',
    ...Object.entries(machine).map(([name, value]) => `- ${name.replaceAll('_', ' ')}: ${value}`),
    '',
    ...rows(['target', 'measured', 'wanted', 'kept', 'notes'], targets.map(targetRow)),
    '',
    ...rows(['figure', 'measured', 'notes'], told.map(toldRow)),
  ].join('\n')
}

const hasTarget = ({ target, least }: Figure) => target !== undefined || least !== undefined

function rows(head: readonly string[], figures: readonly Row[]): string[] {
  const ordered = figures.toSorted((a, b) => Number(b.isRatio) - Number(a.isRatio))
  return [head, head.map(() => '---'), ...ordered.map(({ cells }) => cells)].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
}

type Row = { isRatio: boolean; cells: string[] }

function targetRow(figure: Figure): Row {
  const { name, note } = figure
  const verdict = { true: 'yes', false: '**NO**', undefined: '–' }[`${kept(figure)}`]
  const cells = [name, value(figure), wanted(figure), verdict, note]
  return { isRatio: isRatio(figure.unit), cells }
}

const wanted = ({ target, least, unit }: Figure) =>
  target === undefined ? `≥ ${amount(least, unit)}` : `≤ ${amount(target, unit)}`

function toldRow(figure: Figure): Row {
  return { isRatio: isRatio(figure.unit), cells: [figure.name, value(figure), figure.note] }
}

const isRatio = (unit: Unit) => unit === '×' || unit === '%'

const value = ({ value, unit }: Figure) => amount(value, unit)

function amount(value: number | undefined, unit: Unit): string {
  if (value === undefined) return 'not measured'
  const digits = {
    '×': 2,
    '%': 1,
    ms: value < 10 ? 3 : 1,
    MB: 1,
    bytes: 0,
    'calls/s': 0,
    'actions/s': 0,
    'MB/s': 1,
  }[unit]
  return `${value.toFixed(digits)} ${unit}`
}
