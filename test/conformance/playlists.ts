import { describe, expect, test } from 'bun:test'
import { names, type Ref, type Room } from './room'

type Playlist = { __model__: 'Playlist'; uri: string; name: string; tracks?: { uri: string }[] }

export function playlistConformance(room: Room): void {
  const unique = () => `Conformance ä ${crypto.randomUUID().slice(0, 8)}`
  const create = (name = unique()) => room.call<Playlist>('playlists.create', { name })
  const remove = (uri: string) => room.call('playlists.delete', { uri })
  const tracks = () =>
    room.tracks.slice(0, 2).map(({ uri, name }) => ({ __model__: 'Track', uri, name }))

  describe('playlists', () => {
    test('create makes an empty one and announces it', async () => {
      const name = unique()
      let playlist = {} as Playlist
      const events = await room.eventsOf(async () => {
        playlist = await create(name)
      }, 'playlist_changed')
      expect(events).toEqual([{ name: 'playlist_changed', data: { playlist } }])
      expect(playlist.__model__).toBe('Playlist')
      expect(playlist.name).toBe(name)
      expect(await room.call('playlists.lookup', { uri: playlist.uri })).toEqual(playlist)
      expect(await room.call('playlists.get_items', { uri: playlist.uri })).toEqual([])
      await remove(playlist.uri)
    })

    test('as_list names each playlist', async () => {
      const { uri, name } = await create()
      const list = await room.call<Ref[]>('playlists.as_list')
      expect(list).toContainEqual({ __model__: 'Ref', type: 'playlist', uri, name })
      await remove(uri)
      expect((await room.call<Ref[]>('playlists.as_list')).map((each) => each.uri)).not.toContain(
        uri,
      )
    })

    test('save stores the tracks, answers the playlist and announces it', async () => {
      const playlist = { ...(await create()), tracks: tracks() }
      let saved: unknown
      const events = await room.eventsOf(async () => {
        saved = await room.call('playlists.save', { playlist })
      }, 'playlist_changed')
      expect(saved).toMatchObject({ __model__: 'Playlist', uri: playlist.uri, tracks: tracks() })
      expect(events).toEqual([{ name: 'playlist_changed', data: { playlist: saved } }])
      expect(await room.call('playlists.lookup', { uri: playlist.uri })).toEqual(saved)
      expect(await room.call<Ref[]>('playlists.get_items', { uri: playlist.uri })).toEqual(
        tracks().map(({ uri, name }) => ({ __model__: 'Ref', type: 'track', uri, name })),
      )
      await remove(playlist.uri)
    })

    test('save under another name moves it', async () => {
      const { uri } = await create()
      const name = unique()
      const playlist = { __model__: 'Playlist', uri, name, tracks: tracks() }
      const saved = await room.call<Playlist>('playlists.save', { playlist })
      expect(saved.name).toBe(name)
      expect(saved.uri).not.toBe(uri)
      expect(await room.call('playlists.lookup', { uri })).toBeNull()
      await remove(saved.uri)
    })

    test('delete answers true and announces the URI, and false the second time', async () => {
      const { uri } = await create()
      const events = await room.eventsOf(async () => {
        expect(await remove(uri)).toBe(true)
      }, 'playlist_deleted')
      expect(events).toEqual([{ name: 'playlist_deleted', data: { uri } }])
      expect(await room.call('playlists.lookup', { uri })).toBeNull()
      expect(await room.call('playlists.get_items', { uri })).toBeNull()
      expect(names(await room.eventsOf(() => remove(uri)))).toEqual([])
      expect(await remove(uri)).toBe(false)
    })

    test('get_uri_schemes tells where playlists can live', async () => {
      const schemes = await room.call<string[]>('playlists.get_uri_schemes')
      const { uri } = await create()
      expect(schemes).toContain(uri.split(':')[0] as string)
      await remove(uri)
    })

    test('refresh answers null and announces playlists_loaded', async () => {
      room.client.clearEvents()
      expect(await room.call('playlists.refresh')).toBeNull()
      expect((await room.client.nextEvent('playlists_loaded')).data).toEqual({})
    })
  })
}
