import { describe, expect, test } from 'bun:test'
import type { ConformanceOptions, Ref, Room, Track } from './room'

type SearchResult = { __model__: 'SearchResult'; uri?: string; tracks?: Track[] }

export function libraryConformance(room: Room, { throughMusakone }: ConformanceOptions): void {
  const someTrack = () => room.tracks[0] as Track
  const missingUri = () => `${someTrack().uri.split(':')[0]}:track:nothing-of-this-name`
  const search = (params: Record<string, unknown>) =>
    room.call<SearchResult[]>('library.search', params)
  const urisIn = (results: SearchResult[]) =>
    results.flatMap(({ tracks = [] }) => tracks.map(({ uri }) => uri))

  describe('library', () => {
    test('browse of null lists the roots as folders', async () => {
      const roots = await room.call<Ref[]>('library.browse', { uri: null })
      expect(roots.length).toBeGreaterThan(0)
      for (const root of roots) {
        expect(root).toMatchObject({ __model__: 'Ref', type: 'directory' })
        expect(root.uri).toBeString()
        expect(root.name).toBeString()
      }
    })

    test('browse of nothing, and of what is not there, is empty', async () => {
      expect(await room.call('library.browse', { uri: '' })).toEqual([])
      expect(await room.call('library.browse', { uri: missingUri() })).toEqual([])
    })

    test('browse finds tracks whose names lookup confirms', async () => {
      const { uri, name, length } = someTrack()
      const found = await room.call<Record<string, Track[]>>('library.lookup', { uris: [uri] })
      expect(found[uri]).toHaveLength(1)
      expect(found[uri]?.[0]).toMatchObject({ __model__: 'Track', uri, name, length })
    })

    test('lookup answers each URI, the unknown with nothing', async () => {
      const uris = [someTrack().uri, missingUri()]
      const found = await room.call<Record<string, Track[]>>('library.lookup', { uris })
      expect(Object.keys(found).sort()).toEqual(uris.toSorted())
      expect(found[missingUri()]).toEqual([])
      expect(await room.call('library.lookup', { uris: [] })).toEqual({})
    })

    test('search finds a track by its name, in any field and exactly', async () => {
      const { name, uri } = someTrack()
      const queries = [{ track_name: [name] }, { any: [name] }]
      for (const query of queries) expect(urisIn(await search({ query }))).toContain(uri)
      expect(urisIn(await search({ query: { track_name: [name] }, exact: true }))).toContain(uri)
      expect(urisIn(await search({ query: { uri: [uri] } }))).toEqual([uri])
    })

    test('search ignores case, unless exact', async () => {
      const { name, uri } = room.tracks.find((each) => /[a-z]/.test(each.name)) as Track
      const query = { track_name: [name.toUpperCase()] }
      expect(urisIn(await search({ query }))).toContain(uri)
      expect(urisIn(await search({ query, exact: true }))).not.toContain(uri)
    })

    test('search wants every field of the query to match', async () => {
      const { name } = someTrack()
      expect(urisIn(await search({ query: { any: [name], genre: ['No Such Genre'] } }))).toEqual([])
    })

    test('search for what nobody has finds nothing', async () => {
      expect(urisIn(await search({ query: { any: ['zxqzxqzxq'] } }))).toEqual([])
      expect(await search({ query: {} })).toEqual([])
    })

    const badCalls: [string, Record<string, unknown>, string][] = [
      ['library.search', { query: { bogus: ['x'] } }, 'bogus'],
      ['library.search', { query: { any: [5] } }, 'any'],
      ['library.lookup', { uris: ['no uri'] }, 'uris'],
      ['library.get_images', { uris: 5 }, 'uris'],
      ['library.get_distinct', { field: 'bogus' }, 'field'],
    ]
    for (const [method, params, parameter] of badCalls) {
      test(`${method} refuses ${JSON.stringify(params)}`, async () => {
        const error = await room.failureOf(method, params)
        expect(error.code).toBe(throughMusakone ? -32602 : 0)
        if (throughMusakone) expect(error.message).toContain(parameter)
        else expect(error.data).toMatchObject({ type: 'ValidationError' })
      })
    }

    test('get_images answers each URI with a list', async () => {
      const uris = [someTrack().uri, missingUri()]
      const images = await room.call<Record<string, unknown[]>>('library.get_images', { uris })
      expect(Object.keys(images).sort()).toEqual(uris.toSorted())
      expect(images[missingUri()]).toEqual([])
    })

    // Mopidy 3.4 has a Python set for an answer, which it cannot write: the socket dies of it.
    test('get_distinct closes the socket that asks, and the gateway survives it', async () => {
      const asker = await room.connect()
      const answer = asker.call('core.library.get_distinct', { field: 'genre' })
      if (throughMusakone) {
        await answer.catch(() => {})
        expect(await asker.call('core.playback.get_state')).toBe('stopped')
        await asker.close()
      } else {
        await expect(answer).rejects.toThrow('socket closed')
        await asker.closed
      }
      expect(await room.call('playback.get_state')).toBe('stopped')
    })

    test('refresh answers null', async () => {
      expect(await room.call('library.refresh')).toBeNull()
    })
  })
}
