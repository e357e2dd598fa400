import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import { type Client, connect } from './client'

type Ref = { uri: string; name: string; type: string }
type Track = { uri: string; name: string; length?: number; genre: string }

let mopidy: DemoMopidy
let client: Client

beforeAll(async () => {
  mopidy = await startDemoMopidy()
  client = await connect(mopidy.url)
})

afterAll(async () => {
  client.close()
  await mopidy.stop()
})

const browse = (uri: string | null) => client.call<Ref[]>('library.browse', { uri })

async function search(query: object, more: object = {}): Promise<Track[]> {
  const [found] = await client.call<[{ tracks?: Track[] }]>('library.search', { query, ...more })
  return found.tracks ?? []
}

test('about two hundred tracks on some two dozen albums', async () => {
  expect((await browse('demo:directory?type=track')).length).toBeWithin(190, 231)
  expect((await browse('demo:directory?type=album')).length).toBeWithin(22, 29)
  expect((await browse('demo:directory?type=artist')).length).toBeWithin(14, 20)
})

test('the tree begins with one root, and every branch of it leads to tracks', async () => {
  const [root] = await browse(null)
  expect(root).toMatchObject({ uri: 'demo:directory', type: 'directory' })
  for (const { uri } of await browse('demo:directory')) {
    let refs = await browse(uri)
    for (let depth = 0; refs[0]?.type !== 'track' && depth < 4; depth++) {
      refs = await browse(refs[0]?.uri ?? '')
    }
    expect(refs[0]?.type).toBe('track')
  }
})

test('every track is found, with a length of two to six minutes', async () => {
  const uris = (await browse('demo:directory?type=track')).map(({ uri }) => uri)
  const found = await client.call<Record<string, Track[]>>('library.lookup', { uris })
  for (const [track] of Object.values(found)) {
    expect(track?.length).toBeWithin(120_000, 360_000)
    expect(track?.name).toBeTruthy()
  }
})

test('an album has its tracks in order, an artist theirs on compilations too', async () => {
  const uris = ['demo:album:valoisa', 'demo:artist:dj-lagom', 'demo:album:nope', 'file:///x']
  const found = await client.call<Record<string, Track[]>>('library.lookup', { uris })
  expect(Object.keys(found)).toEqual(uris)
  expect(found['demo:album:valoisa']?.map(({ uri }) => uri.slice(-2)).join()).toBe(
    '01,02,03,04,05,06,07,08',
  )
  const lagom = found['demo:artist:dj-lagom']?.map(({ uri }) => uri)
  expect(lagom).toContain('demo:track:kitchen-parties-vol-3:01')
  expect(found['demo:album:nope']).toEqual([])
  expect(found['file:///x']).toEqual([])
})

test('a search looks for parts of words, whatever their case, and for all of them', async () => {
  expect((await search({ any: ['RAIN'] })).length).toBeGreaterThan(3)
  expect((await search({ any: ['öster'] })).length).toBe(0)
  const found = await search({ artist: ['lumen'], track_name: ['rain'] })
  expect(found.every(({ uri }) => uri.includes('apres-the-rain'))).toBe(true)
  expect(await search({ genre: ['tango'] })).not.toEqual([])
})

test('an exact search wants the whole of it', async () => {
  expect(await search({ genre: ['tango'] }, { exact: true })).toEqual([])
  expect(await search({ genre: ['Tango'] }, { exact: true })).not.toEqual([])
})

test('a search can be kept to an album, and elsewhere finds nothing', async () => {
  const uris = ['demo:album:valoisa']
  expect(await search({ artist: ['kesä'] }, { uris })).toHaveLength(8)
  const query = { any: ['a'] }
  expect(await client.call('library.search', { query, uris: ['spotify:'] })).toEqual([])
})

test('one title is very long, and some are not in Latin letters', async () => {
  const [long] = await search({ uri: ['demo:track:the-long-one:02'] })
  expect(long?.name.length).toBeGreaterThan(200)
  expect(await search({ any: ['трамвай'] })).toHaveLength(1)
  expect(await search({ any: ['自動販売機'] })).toHaveLength(1)
})

test('covers are drawn, with their text escaped', async () => {
  const uri = 'demo:track:flags-for-beginners:01'
  const found = await client.call<Record<string, { uri: string }[]>>('library.get_images', {
    uris: [uri, 'demo:artist:dj-lagom'],
  })
  expect(found['demo:artist:dj-lagom']).toEqual([])
  const path = found[uri]?.[0]?.uri ?? ''
  expect(path).toBe('/demo/cover/flags-for-beginners.svg')
  const reply = await fetch(`http://127.0.0.1:${mopidy.port}${path}`)
  expect(reply.headers.get('content-type')).toBe('image/svg+xml')
  expect(await reply.text()).toContain('Salt &amp; Semaphore')
  expect((await fetch(`http://127.0.0.1:${mopidy.port}/demo/cover/nope.svg`)).status).toBe(404)
})

test('a thousand tracks are read from the queue in a moment', async () => {
  const uris = (await browse('demo:directory?type=track')).map(({ uri }) => uri).slice(0, 200)
  for (let i = 0; i < 5; i++) await client.call('tracklist.add', { uris })
  const start = performance.now()
  expect(await client.call<unknown[]>('tracklist.get_tl_tracks')).toHaveLength(uris.length * 5)
  expect(performance.now() - start).toBeLessThan(500)
})
