import { isModel, type ModelName, type Models } from './models'
import { PythonError, repr } from './python'

// Python keeps these two as sets, whose order in a message differs at each start of a real Mopidy.
export const PLAYBACK_STATES = ['playing', 'paused', 'stopped'] as const
export const TRACKLIST_FIELDS = ['date', 'musicbrainz_id', 'name', 'genre', 'comment', 'uri']

export const DISTINCT_FIELDS = [
  'uri',
  'track_name',
  'album',
  'artist',
  'albumartist',
  'composer',
  'performer',
  'track_no',
  'genre',
  'date',
  'comment',
  'disc_no',
  'musicbrainz_albumid',
  'musicbrainz_artistid',
  'musicbrainz_trackid',
]
export const SEARCH_FIELDS = [...DISTINCT_FIELDS, 'any']

export type Query = Record<string, string[]>

export function checkBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid(`Expected a boolean, not ${repr(value)}`)
  return value
}

/** A whole number within the bounds; in Python a boolean is one too. */
export function checkInteger(value: unknown, min = -Infinity, max = Infinity): number {
  if (typeof value !== 'boolean' && !Number.isInteger(value)) {
    throw invalid(`Expected an integer, not ${repr(value)}`)
  }
  const number = Number(value)
  if (number < min) {
    throw invalid(`Expected number larger or equal to ${min}, not ${repr(value)}`)
  }
  if (number > max) {
    throw invalid(`Expected number smaller or equal to ${max}, not ${repr(value)}`)
  }
  return number
}

export function checkChoice<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
): Choice {
  if (!choices.includes(value as Choice)) {
    throw invalid(`Expected one of ${tuple(choices)}, not ${repr(value)}`)
  }
  return value as Choice
}

export function checkModel<Name extends ModelName>(value: unknown, name: Name): Models[Name] {
  if (isModel(value, name)) return value
  throw invalid(`Expected a ${name} instance, not ${repr(value)}`)
}

export function checkModels<Name extends ModelName>(value: unknown, name: Name): Models[Name][] {
  const message = `Expected a list of ${name}, not ${repr(value)}`
  const items = checkIterable(value, message)
  if (!items.every((item) => isModel(item, name))) throw invalid(message)
  return items as Models[Name][]
}

export function checkIntegers(value: unknown): number[] {
  const message = `Expected a list of int, not ${repr(value)}`
  const items = checkIterable(value, message)
  const whole = items.every((item) => typeof item === 'boolean' || Number.isInteger(item))
  if (!whole) throw invalid(message)
  return items.map(Number)
}

export function checkUri(value: unknown, expected = 'a valid URI'): string {
  if (typeof value === 'string' && uriScheme(value) !== '') return value
  throw invalid(`Expected ${expected}, not ${repr(value)}`)
}

export function checkUris(value: unknown): string[] {
  const items = checkIterable(value, `Expected a list of URIs, not ${repr(value)}`)
  return items.map((item) => checkUri(item, 'a list of URIs'))
}

export function checkQuery(value: unknown, fields: string[]): Query {
  if (!isDict(value)) throw invalid(`Expected a query dictionary, not ${repr(value)}`)
  const query: Query = {}
  for (const [key, values] of Object.entries(value)) {
    if (!fields.includes(key)) {
      const choices = tuple(fields)
      throw invalid(`Expected query field to be one of ${choices}, not ${repr(key)}`)
    }
    const expected = `Expected "${key}" to be list of strings, not `
    query[key] = checkIterable(values, expected + repr(values)).map((item) => {
      if (typeof item === 'string' && item.trim()) return item
      throw invalid(expected + repr(item))
    })
  }
  return query
}

export function isDict(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !('__model__' in value)
}

export function uriScheme(uri: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase() ?? ''
}

/** The items of a list, or the keys of a dictionary, which Python iterates over. */
function checkIterable(value: unknown, message: string): unknown[] {
  if (Array.isArray(value)) return value
  if (isDict(value)) return Object.keys(value)
  throw invalid(message)
}

function tuple(values: readonly string[]): string {
  return `(${values.map(repr).join(', ')})`
}

function invalid(message: string): PythonError {
  return new PythonError('ValidationError', message)
}
