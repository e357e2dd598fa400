import { isRecord } from '../json'

/** Thrown for a value that Mopidy must not get; the message names the parameter. */
export class ParameterError extends Error {}

/** Thrown for a parameter that nobody may use. */
export class DeniedParameterError extends ParameterError {}

/** Checks a value and gives back a clean copy; `name` is the parameter's, for the message. */
export type Check = (value: unknown, name: string) => unknown

export type Parameter = Readonly<{
  check: Check
  optional: boolean
  /** The name under which Mopidy gets it, where that is another. */
  sentAs?: string
}>

export const required = (check: Check): Parameter => ({ check, optional: false })
export const optional = (check: Check): Parameter => ({ check, optional: true })

/** A parameter that may only be left out, or null; `reason` completes the error's sentence. */
export const denied = (reason: string): Parameter =>
  optional((value, name) => {
    if (value === null) return undefined
    throw new DeniedParameterError(`${name} ${reason}`)
  })

// Longer texts and larger numbers make Mopidy, GStreamer or the file system fail.
const LONGEST_TEXT = 4_096
/** Control characters, and the two separators of Unicode that some programs take for line breaks. */
const BREAKS = /[\p{Cc}\u2028\u2029]/u
const LARGEST_INTEGER = 2 ** 31 - 1

export const integer =
  (min: number, max = LARGEST_INTEGER): Check =>
  (value, name) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
      return value
    throw new ParameterError(`${name} must be an integer from ${min} to ${max}`)
  }

export const boolean: Check = (value, name) => {
  if (typeof value === 'boolean') return value
  throw new ParameterError(`${name} must be true or false`)
}

export const text: Check = (value, name) => {
  if (typeof value === 'string' && value.length <= LONGEST_TEXT && value.isWellFormed())
    return value
  throw new ParameterError(`${name} must be a string of at most ${LONGEST_TEXT} characters`)
}

/**
 * A text of one line. In a playlist's file a line break begins another address, which nothing has
 * checked.
 */
export const line: Check = (value, name) => {
  const clean = String(text(value, name))
  if (!BREAKS.test(clean)) return clean
  throw new ParameterError(`${name} must not have line breaks or other control characters`)
}

/**
 * An address, as far as its form goes. Parsers of addresses pass over control characters, and over
 * spaces at the ends: for them `fi\tle:///` is `file:///`.
 */
export const address: Check = (value, name) => {
  const clean = String(line(value, name))
  if (clean === clean.trim()) return clean
  throw new ParameterError(`${name} must not begin or end with a space`)
}

export const uri: Check = (value, name) => {
  if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9+.-]*:/.test(value))
    return address(value, name)
  throw new ParameterError(`${name} must be a URI`)
}

export const nullable =
  (check: Check): Check =>
  (value, name) =>
    value === null ? null : check(value, name)

export const oneOf =
  (choices: readonly string[]): Check =>
  (value, name) => {
    if (typeof value === 'string' && choices.includes(value)) return value
    throw new ParameterError(`${name} must be one of ${choices.join(', ')}`)
  }

export const listOf =
  (check: Check): Check =>
  (value, name) => {
    if (!Array.isArray(value)) throw new ParameterError(`${name} must be a list`)
    // `value.map` would pass over the holes of a sparse list.
    return Array.from(value, (item, index) => check(item, `${name}[${index}]`))
  }

/** An object with no members but these. */
export const objectOf =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, name) => {
    if (!isRecord(value)) throw new ParameterError(`${name} must be an object`)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const check = Object.hasOwn(members, key) ? members[key] : undefined
        if (check === undefined)
          throw new ParameterError(
            `${name} must not have a member ${JSON.stringify(key.slice(0, 64))}`,
          )
        return [key, check(member, `${name}.${key}`)]
      }),
    )
  }
