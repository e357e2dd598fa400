import fc from 'fast-check'
import { methods } from '../../../src/mopidy/methods'
import { CALLS } from './call-examples'

/** Anything at all, JSON or not. */
export const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  withUnicodeString: true,
})

const EDGES = [-1, 0, 1, 100, 101, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 + 1, 1e308, -0, Number.NaN]
const TEXTS = [
  '',
  ' ',
  'm3u',
  'artist',
  'track',
  'local:track:a',
  'é:',
  '\ud800',
  'x'.repeat(4_097),
]

/** Every value that stands anywhere in an example, so that it comes up in the wrong place too. */
const PARTS: unknown[] = []
const gather = (value: unknown): void => {
  PARTS.push(value)
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(gather)
}
for (const [, params] of CALLS) gather(params)

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PARTS) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...EDGES, ...TEXTS, true, null, [], {}) },
  { weight: 1, arbitrary: anything },
)

const MEMBERS = ['__model__', '__proto__', 'constructor', 'length', 'uri', 'date', 'name', 'tlid']

// Those with models, which have the most that can be wrong, come up as often as all others.
const withModel = CALLS.filter(([, params]) => JSON.stringify(params).includes('__model__'))
const example = fc.oneof(fc.constantFrom(...CALLS), fc.constantFrom(...withModel))

/** An example that has lost a member, gained one, or had one replaced, at any depth. */
const nearlyRight = fc
  .tuple(example, fc.nat(), fc.nat(), fc.constantFrom(...MEMBERS), value, fc.nat(3))
  .map(([[method, params], place, old, added, replacement, change]) => {
    const copy = structuredClone(params)
    const objects = objectsIn(copy)
    const target = objects[place % objects.length] ?? {}
    const names = Object.keys(target)
    const name = names[old % names.length] ?? added
    if (change === 0) delete target[name]
    // Assignment would set the prototype instead, which JSON.parse does not.
    else
      Object.defineProperty(target, change === 1 ? name : added, {
        ...{ value: replacement, enumerable: true, configurable: true },
      })
    return [method, copy] as [unknown, unknown]
  })

/** Every example with a model, with one member more, or another one, at every place in turn. */
export const oneMemberOff: readonly [string, unknown][] = withModel.flatMap(([method, params]) =>
  objectsIn(params).flatMap((_, place) =>
    MEMBERS.flatMap((member) =>
      [1, 'x', 'a:b', null, []].map((value): [string, unknown] => {
        const copy = structuredClone(params)
        const target = objectsIn(copy)[place] ?? {}
        Object.defineProperty(target, member, { value, enumerable: true })
        return [method, copy]
      }),
    ),
  ),
)

const NAMES = [...Object.keys(methods), '__proto__', 'constructor', 'core.nope', 'core.tracklist']

const rightName = fc
  .tuple(fc.constantFrom(...NAMES), fc.dictionary(parameterName(), value, { maxKeys: 3 }))
  .map(([method, params]) => [method, params] as [unknown, unknown])

/** A call that may be right, nearly right, or nonsense. */
export const anyCall: fc.Arbitrary<[unknown, unknown]> = fc.oneof(
  { weight: 4, arbitrary: nearlyRight },
  { weight: 4, arbitrary: rightName },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...NAMES), fc.array(value, { maxLength: 4 })) },
  { weight: 1, arbitrary: fc.tuple(anything, anything) },
)

function parameterName(): fc.Arbitrary<string> {
  const known = Object.values(methods).flatMap(({ parameters }) => Object.keys(parameters))
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...new Set(known)) },
    { weight: 1, arbitrary: fc.string() },
  )
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(objectsIn)
  return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside]
}
