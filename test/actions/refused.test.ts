import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { STREAM } from '../../src/demo/library/catalogue'
import type { OwnSocket } from '../support/own-socket'
import { startTestMusakone, type TestMusakone, until } from '../support/test-musakone'
import { addTracks, done, historyOf, hymn, signIn } from './recorded'

describe('nothing is recorded of what did not happen', () => {
  let musakone: TestMusakone
  let client: OwnSocket
  let token: string
  beforeEach(async () => {
    musakone = await startTestMusakone({ limits: { mopidy: { callMs: 300, libraryCallMs: 300 } } })
    await musakone.online()
    token = await musakone.logIn()
    client = await signIn(musakone, token)
  })
  afterEach(async () => {
    // Nothing is left waiting, whatever went wrong.
    await musakone.services.mopidy.idle()
    expect((await musakone.request('/health')).status).toBe(200)
    client.close()
    await musakone.stop()
  })

  /** What is recorded up to and with a change of mute that is made now. */
  const recordedUpToNow = async () => {
    await done(client, 'core.mixer.set_mute', { mute: true })
    const { actions } = await historyOf(musakone, token)
    return actions.map(({ action_type }) => action_type).reverse()
  }

  test.each([
    ['a seek in an empty queue', 'core.playback.seek', { time_position: 5 }, false],
    ['a playlist that is not there', 'core.playlists.delete', { uri: 'm3u:no.m3u8' }, false],
    [
      'a playlist in a place without playlists',
      'core.playlists.save',
      { playlist: { __model__: 'Playlist', uri: 'demo:playlist:x', name: 'x' } },
      null,
    ],
    ['a track that is not there', 'core.tracklist.add', { uris: ['demo:track:no:1'] }, []],
    ['no track at all', 'core.tracklist.add', { uris: [] }, []],
    ['the removal of nothing', 'core.tracklist.remove', { criteria: { tlid: [77] } }, []],
  ])('Mopidy did nothing: %s', async (_, method, params, result) => {
    expect(await done(client, method, params)).toEqual(result)
    expect(await recordedUpToNow()).toEqual(['mute_changed'])
  })

  test.each([
    ['a move beyond the end', 'core.tracklist.move', { start: 0, end: 9, to_position: 0 }],
    ['a shuffle of nothing', 'core.tracklist.shuffle', { start: 1, end: 1 }],
    ['an unknown method', 'core.tracklist.explode', {}],
    ['a wrong value', 'core.mixer.set_volume', { volume: 101 }],
    ['a denied method', 'core.playback.set_state', { new_state: 'playing' }],
    ['invented tracks', 'core.tracklist.add', { tracks: [{ uri: hymn(1) }] }],
  ])('the call was refused: %s', async (_, method, params) => {
    expect(await client.call(method, params)).toMatchObject({ type: 'mopidy_error' })
    expect(await recordedUpToNow()).toEqual(['mute_changed'])
  })

  test('a seek in a stream, which Mopidy cannot do', async () => {
    const added = await done<unknown[]>(client, 'core.tracklist.add', { uris: [STREAM.uri] })
    expect(added).toHaveLength(1)
    await done(client, 'core.playback.play')
    await client.event('track_playback_started')
    expect(await done(client, 'core.playback.seek', { time_position: 5 })).toBe(false)
    expect(await recordedUpToNow()).toEqual(['queue_add', 'play', 'mute_changed'])
  })

  test('what fitted of an add that failed is not claimed', async () => {
    await musakone.stop()
    musakone = await startTestMusakone({ demo: { maxTracklistLength: 2 } })
    await musakone.online()
    token = await musakone.logIn()
    client = await signIn(musakone, token)
    const answer = await client.call('core.tracklist.add', { uris: [1, 2, 3].map(hymn) })
    expect(answer).toMatchObject({ type: 'mopidy_error' })
    expect(await recordedUpToNow()).toEqual(['mute_changed'])
  })

  test('a call that Mopidy answers too late', async () => {
    musakone.demo?.faults.mute('core.tracklist.set_repeat')
    const answer = await client.call('core.tracklist.set_repeat', { value: true })
    expect(answer).toMatchObject({ error: { code: -32001 } })
    expect(await recordedUpToNow()).toEqual(['mute_changed'])
  })

  test('a call while Mopidy is away', async () => {
    musakone.demo?.faults.refuse(true)
    expect(await client.next('mopidy_status')).toMatchObject({ online: false })
    const answer = await client.call('core.playback.pause')
    expect(answer).toMatchObject({ error: { code: -32000 } })
    musakone.demo?.faults.refuse(false)
    await until(() => musakone.services.mopidy.status().online, 'Mopidy to be back')
    expect(await recordedUpToNow()).toEqual(['mute_changed'])
  })

  test('mere looking', async () => {
    await addTracks(client, 1)
    await done(client, 'core.tracklist.get_tl_tracks')
    await done(client, 'core.library.browse', { uri: null })
    await done(client, 'core.library.lookup', { uris: [hymn(1)] })
    expect(await recordedUpToNow()).toEqual(['queue_add', 'mute_changed'])
  })
})
