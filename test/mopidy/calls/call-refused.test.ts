import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { rebuildCall } from '../../../src/mopidy/call'
import { RpcCode } from '../../../src/mopidy/jsonrpc'
import { methods } from '../../../src/mopidy/methods'
import { anyCall, anything, oneMemberOff } from './any-call'
import { CALLS } from './call-examples'
import { expectSafe, parametersOf } from './safe-call'

describe('What is refused', () => {
  test('U12 a parameter that the method does not have', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CALLS),
        fc.string(),
        anything,
        ([name, params], extra, value) => {
          fc.pre(!parametersOf.get(name)?.includes(extra))
          const more = { ...params }
          Object.defineProperty(more, extra, { value, enumerable: true })
          expect(rebuildCall(name, more)).toMatchObject({
            error: { code: RpcCode.invalidParams, message: expect.stringContaining('parameter') },
          })
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('U12 one parameter too many by position', () => {
    for (const [name] of CALLS) {
      const most = parametersOf.get(name)?.length ?? 0
      const { error } = rebuildCall(name, Array(most + 1).fill(null)) as { error: unknown }
      expect(error).toEqual({
        code: RpcCode.invalidParams,
        message: `params must have at most ${most} items`,
      })
    }
  })

  test('U12 parameters that are neither an object nor a list', () => {
    for (const params of [0, '', 'uris', true])
      expect(rebuildCall('core.playback.pause', params)).toMatchObject({
        error: { code: RpcCode.invalidParams },
      })
  })

  test('U12 a method that is no string', () => {
    for (const name of [undefined, null, 5, {}, ['core.get_version']])
      expect(rebuildCall(name, {})).toMatchObject({ error: { code: RpcCode.invalidRequest } })
  })

  test('U12 a method that is not in the table', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'core.Describe'))
    fc.assert(
      fc.property(name, anything, (method, params) => {
        fc.pre(!Object.hasOwn(methods, method))
        expect(rebuildCall(method, params)).toMatchObject({
          error: { code: RpcCode.methodNotFound },
        })
      }),
    )
  })

  test('U12 an announced state, whatever the parameters', () => {
    fc.assert(
      fc.property(anything, (params) => {
        expect(rebuildCall('core.playback.set_state', params)).toMatchObject({
          error: { code: RpcCode.notAllowed },
        })
      }),
    )
  })

  test('U12 invented tracks, whatever they are', () => {
    fc.assert(
      fc.property(anything, (tracks) => {
        fc.pre(tracks !== null && tracks !== undefined)
        const error = { code: RpcCode.notAllowed, message: expect.stringContaining('tracks') }
        expect(rebuildCall('core.tracklist.add', { tracks, uris: ['a:b'] })).toMatchObject({
          error,
        })
        expect(rebuildCall('core.tracklist.add', [tracks])).toMatchObject({ error })
      }),
    )
  })

  test.each([
    ['a track without a uri', { tlid: 1, track: { name: 'x' } }, 'tl_track.track.uri'],
    ['a track whose uri is null', { tlid: 1, track: { uri: null } }, 'tl_track.track.uri'],
    [
      'another model in place of a track',
      { tlid: 1, track: { __model__: 'Ref', uri: 'a:b' } },
      'Track',
    ],
    ['a nested extra member', { tlid: 1, track: { uri: 'a:b', album: { x: 1 } } }, '"x"'],
    ['no tlid', { track: { uri: 'a:b' } }, 'tl_track.tlid'],
  ])('U12 a model that could make Mopidy hang up: %s', (_, tlTrack, part) => {
    expect(rebuildCall('core.tracklist.next_track', { tl_track: tlTrack })).toMatchObject({
      error: { code: RpcCode.invalidParams, message: expect.stringContaining(part) },
    })
  })

  test('U12 a playlist with a length, which Mopidy counts itself and takes from nobody', () => {
    const playlist = { __model__: 'Playlist', uri: 'm3u:a', length: 0 }
    expect(rebuildCall('core.playlists.save', { playlist })).toMatchObject({
      error: { code: RpcCode.invalidParams, message: expect.stringContaining('length') },
    })
  })

  test('U12 a playlist without a uri', () => {
    expect(rebuildCall('core.playlists.save', { playlist: { name: 'x' } })).toMatchObject({
      error: { code: RpcCode.invalidParams, message: expect.stringContaining('uri') },
    })
  })

  test('U12 a track chosen twice', () => {
    const params = { tl_track: { tlid: 1 }, tlid: 2 }
    expect(rebuildCall('core.playback.play', params)).toMatchObject({
      error: { code: RpcCode.invalidParams },
    })
  })
})

describe('Whatever comes', () => {
  test('U12 no input throws, and nothing unchecked gets through', () => {
    let passed = 0
    fc.assert(
      fc.property(anyCall, ([name, params]) => {
        const call = rebuildCall(name, params)
        if ('error' in call) {
          expect(Object.values(RpcCode) as number[]).toContain(call.error.code)
          expect(call.error.message.length).toBeGreaterThan(0)
          return
        }
        passed += 1
        expectSafe(call)
      }),
      { numRuns: 20_000 },
    )
    // Otherwise the generator misses what it is for.
    expect(passed).toBeGreaterThan(1_000)
  })

  test('U12 a member more or another one, at any place, is refused or safe', () => {
    for (const [name, params] of oneMemberOff) {
      const call = rebuildCall(name, params)
      if (!('error' in call)) expectSafe(call)
    }
  })

  test('U12 a list of any depth is refused, not walked', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown
    expect(rebuildCall('core.tracklist.add', { uris: deep })).toHaveProperty('error')
    expect(rebuildCall('core.playlists.save', { playlist: deep })).toHaveProperty('error')
    expect(rebuildCall('core.library.search', deep)).toHaveProperty('error')
  })
})
