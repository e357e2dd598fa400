import { PythonError, typeName } from './python'

/** A shuffled copy (Fisher-Yates); `random` gives numbers from 0 up to 1. */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const copy = items.slice()
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [a, b] = [copy[i], copy[j]]
    if (a === undefined || b === undefined) break
    copy[i] = b
    copy[j] = a
  }
  return copy
}

/**
 * Throws an AssertionError with the message when the comparison holds, and Python's TypeError for
 * values that it cannot compare.
 */
export function assertNot(
  left: unknown,
  operator: '<' | '>' | '>=',
  right: unknown,
  message: string,
) {
  if (!isNumber(left) || !isNumber(right)) {
    const types = `'${typeName(left)}' and '${typeName(right)}'`
    throw new PythonError('TypeError', `'${operator}' not supported between instances of ${types}`)
  }
  const [a, b] = [Number(left), Number(right)]
  const holds = operator === '<' ? a < b : operator === '>' ? a > b : a >= b
  if (holds) throw new PythonError('AssertionError', message)
}

/** Bounds for `slice()` from those of a Python slice; both count negative ones from the end. */
export function sliceBounds(
  start: unknown,
  end: unknown,
): [number | undefined, number | undefined] {
  return [bound(start), bound(end)]
}

function bound(value: unknown): number | undefined {
  if (value === null) return undefined
  if (typeof value === 'boolean' || Number.isInteger(value)) return Number(value)
  const message = 'slice indices must be integers or None or have an __index__ method'
  throw new PythonError('TypeError', message)
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}
