import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import { type Client, connect } from './client'

type Ref = { uri: string; name: string; type: string }

let mopidy: DemoMopidy
let client: Client

beforeEach(async () => {
  mopidy = await startDemoMopidy()
  client = await connect(mopidy.url)
})

afterEach(async () => {
  client.close()
  await mopidy.stop()
})

test('a new box has five, by name, with tracks that can be played', async () => {
  const lists = await client.call<Ref[]>('playlists.as_list')
  expect(lists.map(({ name }) => name)).toEqual([
    'Everything with rain in it',
    'Friday afternoon',
    'Långsam söndag',
    'Night shift',
    'Short goodbyes',
  ])
  for (const { uri } of lists) {
    const items = await client.call<Ref[]>('playlists.get_items', { uri })
    const uris = items.map((item) => item.uri)
    expect(await client.call<unknown[]>('tracklist.add', { uris })).toHaveLength(uris.length)
  }
})

test('one is created, saved under a new name and deleted, each with its event', async () => {
  const created = await client.call<Ref>('playlists.create', { name: 'Hej å/b' })
  expect(created).toMatchObject({ uri: 'm3u:Hej%20%C3%A5%7Cb.m3u8', name: 'Hej å|b' })
  const tracks = [{ __model__: 'Track', uri: 'demo:track:valoisa:01', name: 'Å' }]
  const saved = await client.call<Ref>('playlists.save', {
    playlist: { ...created, name: 'Nytt', tracks },
  })
  expect(saved).toMatchObject({ uri: 'm3u:Nytt.m3u8', name: 'Nytt', tracks })
  expect(await client.call('playlists.lookup', { uri: created.uri })).toBeNull()
  expect(await client.call('playlists.delete', { uri: saved.uri })).toBe(true)
  expect(await client.call('playlists.delete', { uri: saved.uri })).toBe(false)
  await client.call('playlists.refresh')
  expect(await client.heard()).toEqual([
    'playlist_changed',
    'playlist_changed',
    'playlist_deleted m3u:Nytt.m3u8',
    'playlists_loaded',
  ])
})

test('none is saved outside the folder', async () => {
  for (const uri of ['m3u:../x.m3u8', 'm3u:/etc/x.m3u8', 'm3u:a%2Fb.m3u8', 'other:x']) {
    const playlist = { __model__: 'Playlist', uri }
    expect(await client.call('playlists.save', { playlist })).toBeNull()
  }
})

test('they outlive a restart', async () => {
  await client.call('playlists.create', { name: 'Kept' })
  await mopidy.restart()
  client = await connect(mopidy.url)
  expect(await client.call('playlists.lookup', { uri: 'm3u:Kept.m3u8' })).not.toBeNull()
})

test('the mixer starts loud and announces every setting, the same value too', async () => {
  expect(await client.call('mixer.get_volume')).toBe(100)
  for (const volume of [50, 50]) await client.call('mixer.set_volume', { volume })
  await client.call('mixer.set_mute', [true])
  expect(await client.heard()).toEqual([
    'volume_changed 50',
    'volume_changed 50',
    'mute_changed true',
  ])
})
