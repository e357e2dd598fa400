import { isRecord } from '../json'

/**
 * A value as Mopidy 3.4 would have sent it: 4.0 writes out members that have no value, as null or an
 * empty list, which 3.4 leaves out, and names a model `model` in events. Only models are changed:
 * elsewhere an empty list is an answer.
 */
export function inForm3(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inForm3)
  if (!isRecord(value)) return value
  const name = value.__model__ ?? (typeof value.model === 'string' ? value.model : undefined)
  if (typeof name !== 'string')
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inForm3(member)]))
  const members = Object.entries(value)
    .filter(([key, member]) => key !== '__model__' && key !== 'model' && hasValue(member))
    .map(([key, member]) => [key, inForm3(member)] as const)
  return { __model__: name, ...Object.fromEntries(members) }
}

function hasValue(member: unknown): boolean {
  return member !== null && !(Array.isArray(member) && member.length === 0)
}
