import { playlist } from '../models'
import { line, nullable, optional, required, text, uri } from '../parameters'
import { playlistAndTracks, tracksOfPlaylist, uriOf } from './addresses'
import { type Method, read, write } from './method'

/** `core.playlists.*` */
export const playlists = {
  'core.playlists.as_list': read('browse', { keptWith: ['playlists'] }),
  'core.playlists.create': write('playlists.save', 'save playlists', {
    parameters: { name: required(line), uri_scheme: optional(nullable(line)) },
    action: 'playlist_saved',
    touches: ['playlists'],
  }),
  'core.playlists.delete': write('playlists', 'delete playlists', {
    parameters: { uri: required(uri) },
    action: 'playlist_deleted',
    touches: ['playlists'],
    addresses: uriOf,
    before: ['playlistName'],
  }),
  'core.playlists.get_items': read('browse', {
    parameters: { uri: required(uri) },
    keptWith: ['playlists'],
    addresses: uriOf,
  }),
  'core.playlists.get_uri_schemes': read('see', { keptWith: ['constant'] }),
  'core.playlists.lookup': read('browse', {
    parameters: { uri: required(uri) },
    keptWith: ['playlists'],
    addresses: uriOf,
  }),
  'core.playlists.refresh': write('playlists', 'refresh the playlists', {
    parameters: { uri_scheme: optional(nullable(text)) },
    touches: ['playlists'],
  }),
  'core.playlists.save': write('playlists.save', 'save playlists', {
    parameters: { playlist: required(playlist) },
    action: 'playlist_saved',
    touches: ['playlists'],
    addresses: playlistAndTracks,
    // Otherwise what may not be added could be loaded from a playlist.
    limits: { tracks: { addresses: tracksOfPlaylist, verb: 'save' } },
  }),
} satisfies Record<string, Method>
