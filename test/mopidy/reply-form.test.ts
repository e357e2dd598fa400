import { afterEach, describe, expect, test } from 'bun:test'
import { inForm3 } from '../../src/mopidy/reply-form'
import { connectRpc } from '../support/rpc-client'
import { startTestMusakone } from '../support/test-musakone'
import { startMopidy4, TL_TRACK_IN_FORM_3, TRACK, tlTrack } from './mopidy-4'
import { createStage, signedIn } from './stage'

const stage = createStage()
afterEach(stage.clear)

const PLAYLIST = '"uri": "m3u:a.m3u8", "name": "a", "tracks": [], "last_modified": null'
const PLAYLIST_3 = { __model__: 'Playlist', uri: 'm3u:a.m3u8', name: 'a' }
const RESULTS: Record<string, string> = {
  'core.describe': '{"core.get_version": {"description": null, "params": []}}',
  'core.history.get_history':
    '[[1700000000000, {"__model__": "Ref", "uri": "demo:track:1", "name": null, "type": "track"}]]',
  'core.library.browse': '[]',
  'core.library.get_distinct': '["", "Tango"]',
  'core.library.get_images':
    '{"demo:track:1": [{"__model__": "Image", "uri": "/a.png", "width": null, "height": 0}], "x:y": []}',
  'core.library.lookup': `{"demo:track:1": [${TRACK}], "x:y": []}`,
  'core.library.search': `[{"__model__": "SearchResult", "uri": null, "tracks": [${TRACK}], "artists": [], "albums": []}]`,
  'core.mixer.get_volume': 'null',
  'core.playback.get_current_tl_track': tlTrack('__model__'),
  'core.playback.get_state': '"playing"',
  'core.playlists.lookup': `{"__model__": "Playlist", ${PLAYLIST}}`,
  'core.tracklist.get_tl_tracks': `[${tlTrack('__model__')}]`,
  'core.tracklist.index': '0',
}

async function start() {
  const mopidy = stage.keep(startMopidy4(RESULTS))
  const musakone = stage.keep(await startTestMusakone({ mopidyUrl: mopidy.url }))
  await musakone.online()
  const token = await musakone.logIn()
  const own = await signedIn(musakone, token)
  const headers = { authorization: `Bearer ${token}` }
  const rpc = await connectRpc(musakone.socketUrl, { headers })
  // With that it has chosen its dialect.
  expect(await rpc.call<string>('core.get_version')).toBe('4.0.1')
  for (const { close } of [own, rpc]) stage.keep({ stop: close })
  return { mopidy, musakone, token, own, rpc }
}

const track = TL_TRACK_IN_FORM_3.track
const QUERIES: [method: string, params: Record<string, unknown>, result: unknown][] = [
  ['playback.get_current_tl_track', {}, TL_TRACK_IN_FORM_3],
  ['tracklist.get_tl_tracks', {}, [TL_TRACK_IN_FORM_3]],
  ['library.lookup', { uris: ['demo:track:1', 'x:y'] }, { 'demo:track:1': [track], 'x:y': [] }],
  [
    'library.get_images',
    { uris: ['demo:track:1', 'x:y'] },
    { 'demo:track:1': [{ __model__: 'Image', uri: '/a.png', height: 0 }], 'x:y': [] },
  ],
  ['library.search', { query: { any: ['a'] } }, [{ __model__: 'SearchResult', tracks: [track] }]],
  ['library.browse', { uri: null }, []],
  ['playlists.lookup', { uri: 'm3u:a.m3u8' }, PLAYLIST_3],
  [
    'history.get_history',
    {},
    [[1_700_000_000_000, { __model__: 'Ref', uri: 'demo:track:1', type: 'track' }]],
  ],
  ['mixer.get_volume', {}, null],
  ['tracklist.index', { tlid: 1 }, 0],
  // Not to be asked of Mopidy 3, which breaks off over it.
  ['library.get_distinct', { field: 'genre' }, ['', 'Tango']],
  ['describe', {}, { 'core.get_version': { description: null, params: [] } }],
]

describe('A reply of Mopidy 4', () => {
  test.each(QUERIES)(
    'to %s has the form of 3.4, in both dialects and over HTTP',
    async (...row) => {
      const [name, params, result] = row
      const { musakone, token, own, rpc } = await start()
      const method = `core.${name}`
      // The first is Mopidy's own answer, the second may be one that was kept.
      for (const _ of [1, 2]) {
        expect(await own.call(method, params)).toMatchObject({ type: 'mopidy_response', result })
        expect((await own.call(method, params)).result).toEqual(result)
        expect(await rpc.call(method, params)).toEqual(result)
      }
      const json = { jsonrpc: '2.0', id: 1, method, params }
      const reply = await musakone.request('/mopidy/rpc', { token, json })
      expect(await reply.json()).toEqual({ jsonrpc: '2.0', id: 1, result })
    },
  )

  test('to core.describe is what clients get while Mopidy is away', async () => {
    const { mopidy, own, rpc } = await start()
    const described = await rpc.call('core.describe')
    await mopidy.stop()
    expect(await own.next('mopidy_status')).toMatchObject({ online: false })
    expect(await rpc.call('core.describe')).toEqual(described)
    expect((await own.call('core.describe')).result).toEqual(described)
  })

  test('is understood: what plays is known by name', async () => {
    const { musakone, token } = await start()
    await musakone.services.mopidy.idle()
    const reply = await musakone.request('/api/playback/state', { token })
    expect(await reply.json()).toMatchObject({
      state: 'playing',
      volume: null,
      track: { tlid: 1, uri: 'demo:track:1', name: 'One', artist: 'Åsa', album: null },
    })
  })
})

describe('An event of Mopidy 4', () => {
  test.each([
    [
      'track_playback_paused',
      `"tl_track": ${tlTrack('model')}, "time_position": 0`,
      { tl_track: TL_TRACK_IN_FORM_3, time_position: 0 },
    ],
    [
      'playlist_changed',
      `"playlist": {"model": "Playlist", ${PLAYLIST}}`,
      { playlist: PLAYLIST_3 },
    ],
    ['stream_title_changed', '"title": null', { title: null }],
    ['volume_changed', '"volume": 0', { volume: 0 }],
    ['mute_changed', '"mute": false', { mute: false }],
    ['tracklist_changed', '', {}],
  ])('%s has the form of 3.4 in both dialects', async (name, members, data) => {
    const { mopidy, own, rpc } = await start()
    mopidy.emit(`{${members}${members && ', '}"event": "${name}"}`)
    expect(await own.event(name)).toEqual(data)
    expect((await rpc.nextEvent(name)).data).toEqual(data)
  })

  test('is understood: a track that starts is known by name', async () => {
    const { mopidy, musakone, token, own } = await start()
    await musakone.services.mopidy.idle()
    const other = tlTrack('model').replace('"One"', '"Two"').replace('"tlid": 1', '"tlid": 2')
    mopidy.emit(`{"tl_track": ${other}, "event": "track_playback_started"}`)
    await own.event('track_playback_started')
    const reply = await musakone.request('/api/playback/state', { token })
    expect(await reply.json()).toMatchObject({ track: { tlid: 2, name: 'Two', artist: 'Åsa' } })
  })
})

describe('The form of 3.4', () => {
  test('leaves alone what is no model, and what it has itself', () => {
    const plain = [null, [], {}, { a: null, b: [], c: [null, []] }, 'x', 0, false]
    expect(inForm3(plain)).toEqual(plain)
    expect(inForm3(TL_TRACK_IN_FORM_3)).toEqual(TL_TRACK_IN_FORM_3)
  })

  test('names a model first, as 3.4 does', () => {
    const text = JSON.stringify(inForm3({ uri: 'a:b', name: null, model: 'Ref' }))
    expect(text).toBe('{"__model__":"Ref","uri":"a:b"}')
  })
})

test('A call to Mopidy 4 has no parameter that it has lost, and names for all', async () => {
  const { mopidy, rpc } = await start()
  const tl_track = await rpc.call<Record<string, unknown>>('core.playback.get_current_tl_track')
  await rpc.call('core.playback.play', [tl_track])
  await rpc.call('core.tracklist.add', [null, 3, ['demo:track:1']])
  const sent = mopidy.received.filter(({ method }) => /play$|add$/.test(method))
  expect(sent).toEqual([
    { method: 'core.playback.play', params: { tlid: 1 } },
    { method: 'core.tracklist.add', params: { at_position: 3, uris: ['demo:track:1'] } },
  ])
})
