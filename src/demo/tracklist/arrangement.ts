import { assertNot, shuffled, sliceBounds } from '../models/sequence'

/** A copy of the list with the items from `start` up to `end` moved to `to`, as Mopidy does it. */
export function moved<Item>(
  list: readonly Item[],
  start: unknown,
  end: unknown,
  to: unknown,
): Item[] {
  const last = start === end && typeof end === 'number' ? end + 1 : end
  assertNot(start, '>=', last, 'start must be smaller than end')
  assertNot(start, '<', 0, 'start must be at least zero')
  assertNot(last, '>', list.length, 'end can not be larger than tracklist length')
  assertNot(to, '<', 0, 'to_position must be at least zero')
  assertNot(to, '>', list.length, 'to_position can not be larger than tracklist length')
  const [from, until] = sliceBounds(start, last)
  const rest = [...list.slice(0, from), ...list.slice(until)]
  rest.splice(Number(to), 0, ...list.slice(from, until))
  return rest
}

/** A copy of the list with the items from `start` up to `end` shuffled; null stands for its ends. */
export function partlyShuffled<Item>(
  list: readonly Item[],
  start: unknown,
  end: unknown,
  random: () => number,
): Item[] {
  if (start !== null && end !== null) assertNot(start, '>=', end, 'start must be smaller than end')
  if (start !== null) assertNot(start, '<', 0, 'start must be at least zero')
  if (end !== null) assertNot(end, '>', list.length, 'end can not be larger than tracklist length')
  const [from = 0, until] = sliceBounds(start, end)
  const middle = shuffled(list.slice(from, until), random)
  return [...list.slice(0, from), ...middle, ...list.slice(until || list.length)]
}
