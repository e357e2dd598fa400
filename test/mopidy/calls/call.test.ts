import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isRecord } from '../../../src/json'
import { rebuildCall } from '../../../src/mopidy/call'
import { methods } from '../../../src/mopidy/methods'
import { anyCall } from './any-call'
import { CALLS, type Params } from './call-examples'
import { expectSafe, parametersOf } from './safe-call'

/** The same parameters by position, with a null where one is left out. */
function byPosition(method: string, params: Params): unknown[] {
  const names = parametersOf.get(method) ?? []
  const last = names.findLastIndex((name) => name in params)
  return names.slice(0, last + 1).map((name) => params[name] ?? null)
}

describe('A right call', () => {
  test('is there for every method that may be called', () => {
    const callable = Object.entries(methods).filter(([, { need }]) => need !== 'nobody')
    expect([...new Set(CALLS.map(([name]) => name))].sort()).toEqual(
      callable.map(([name]) => name).sort(),
    )
  })

  test.each(CALLS)('gets through, the same by name and by position: %s', (name, params) => {
    const call = rebuildCall(name, params)
    if ('error' in call) throw new Error(call.error.message)
    expect(call.name).toBe(name as typeof call.name)
    expectSafe(call)
    expect(rebuildCall(name, byPosition(name, params))).toEqual(call)
  })

  test.each(CALLS)('arrives whole: %s', (name, params) => {
    const call = rebuildCall(name, params)
    if ('error' in call) throw new Error(call.error.message)
    const { tl_track: tlTrack, ...others } = params
    const sentByTlid = name === 'core.playback.play' || name === 'core.tracklist.index'
    const asTlid = isRecord(tlTrack) && sentByTlid ? { tlid: tlTrack.tlid } : {}
    const rest = sentByTlid || tlTrack === undefined ? others : params
    // A null where Mopidy has a default is left out.
    const { parameters } = call.method
    const meant = Object.entries({ ...rest, ...asTlid }).filter(
      ([param, value]) => value !== null || !parameters[param]?.optional,
    )
    expect(call.params).toEqual(Object.fromEntries(meant))
  })

  test.each(CALLS)('is built anew, not handed on: %s', (name, params) => {
    const call = rebuildCall(name, params)
    if ('error' in call) throw new Error(call.error.message)
    const given = new Set(objectsIn(params))
    expect(objectsIn(call.params).filter((object) => given.has(object))).toEqual([])
  })

  test('may leave its parameters out, or give an empty list', () => {
    const call = rebuildCall('core.playback.pause', {})
    expect(rebuildCall('core.playback.pause', undefined)).toEqual(call)
    expect(rebuildCall('core.playback.pause', null)).toEqual(call)
    expect(rebuildCall('core.playback.pause', [])).toEqual(call)
  })

  test.each([
    ['a date', { date: '1998-05' }],
    ['an id', { musicbrainz_id: 'x' }],
  ])('leaves out of a track what Mopidy 4 cannot read: %s', (_, odd) => {
    const given = { tl_track: { tlid: 1, track: { uri: 'a:b', ...odd } } }
    const call = rebuildCall('core.tracklist.next_track', given)
    if ('error' in call) throw new Error(call.error.message)
    expectSafe(call)
  })

  test('takes a lone string for a list of one, as Mopidy does', () => {
    expect(rebuildCall('core.library.search', { query: { any: 'tea' } })).toMatchObject({
      params: { query: { any: ['tea'] } },
    })
  })
})

describe('By name and by position', () => {
  test('any values have the same outcome', () => {
    fc.assert(
      fc.property(anyCall, ([name, params]) => {
        const names = typeof name === 'string' ? parametersOf.get(name) : undefined
        if (!isRecord(params) || names === undefined) return
        // A gap in the middle is a null by position, which only a default can stand for.
        const gapless = names.filter(
          (param) => Object.hasOwn(params, param) && params[param] !== undefined,
        )
        if (!names.slice(0, gapless.length).every((param, index) => param === gapless[index]))
          return
        const named = Object.fromEntries(gapless.map((param) => [param, params[param]]))
        const positional = gapless.map((param) => params[param])
        expect(rebuildCall(name, positional)).toEqual(rebuildCall(name, named))
      }),
      { numRuns: 3_000 },
    )
  })
})

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(objectsIn)]
}
