import { FIELDS, isModel, type ModelName, model } from './models'
import { typeName } from './python'

/** A request that Mopidy 3.4 fails to read or to answer: it closes the socket. */
export class SocketKilled extends Error {}

/** Not JSON, or a negative number in a model: Mopidy answers with a parse error. */
export class Unparsable extends Error {}

/**
 * Parses a request and makes a model of each object with a known `__model__`.
 * @throws {SocketKilled | Unparsable} where Mopidy fails.
 */
export function decode(text: string): unknown {
  // Python's JSON reader fails at about a thousand levels, JavaScript's much later.
  if (text.length > MAX_DEPTH && depth(text) > MAX_DEPTH) throw new SocketKilled('too deep')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Unparsable('not JSON')
  }
  return revive(value)
}

const MAX_DEPTH = 990

function depth(text: string): number {
  let level = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (quoted) {
      if (char === '\\') i++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++level)
    else if (char === ']' || char === '}') level--
  }
  return deepest
}

function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(revive)
  const { __model__: name, ...members } = value as Record<string, unknown>
  for (const key of Object.keys(members)) members[key] = revive(members[key])
  if (typeof name !== 'string' || !Object.hasOwn(FIELDS, name)) return members
  return reviveModel(name as ModelName, members)
}

function reviveModel(name: ModelName, members: Record<string, unknown>): unknown {
  const fields = FIELDS[name]
  for (const [key, value] of Object.entries(members)) {
    const kind = fields[key]
    if (kind === undefined) throw new SocketKilled(`${name} has no field ${key}`)
    if (value !== null) members[key] = reviveField(kind, value)
  }
  return model(name, members)
}

function reviveField(kind: string, value: unknown): unknown {
  if (kind === 'text' && typeof value === 'string') return value
  if (kind === 'number' && ['int', 'bool'].includes(typeName(value))) {
    if (Number(value) < 0) throw new Unparsable('below 0')
    return Number(value)
  }
  if (kind.endsWith('[]') && Array.isArray(value)) {
    const name = kind.slice(0, -2) as ModelName
    if (value.every((item) => isModel(item, name))) return value
  }
  if (isModel(value, kind as ModelName)) return value
  throw new SocketKilled(`expected ${kind}, not ${typeName(value)}`)
}
