import type { MethodName } from '../../../src/mopidy/methods'

export type Params = Readonly<Record<string, unknown>>

const ID = '8e3c7292-4bd0-4ab9-83b0-b1cf907e2eed'

/** A track with everything that a track can have. */
const TRACK = {
  __model__: 'Track',
  uri: 'local:track:kettle-lids/01.ogg',
  name: 'Boil',
  artists: [{ __model__: 'Artist', uri: 'local:artist:1', name: 'Ørsted', musicbrainz_id: ID }],
  album: {
    __model__: 'Album',
    uri: 'local:album:1',
    name: 'Steam',
    artists: [{ __model__: 'Artist', name: 'Ørsted', sortname: 'Orsted' }],
    num_tracks: 8,
    num_discs: 1,
    date: '1998-05-14',
    musicbrainz_id: ID,
  },
  composers: [{ __model__: 'Artist', name: 'A' }],
  performers: [{ __model__: 'Artist', name: 'B' }],
  genre: 'Rock',
  track_no: 1,
  disc_no: 1,
  date: '1998',
  length: 3_000,
  bitrate: 160,
  comment: 'None',
  musicbrainz_id: ID,
  last_modified: 1_767_614_400_000,
}
const TL_TRACK = { __model__: 'TlTrack', tlid: 3, track: TRACK }
const URIS = { uris: ['local:track:kettle-lids/01.ogg', 'spotify:track:5'] }
const NOTHING: readonly Params[] = [{}]

/** Parameters by name that are right, for every method that may be called. */
export const EXAMPLES: Readonly<
  Record<Exclude<MethodName, 'core.playback.set_state'>, readonly Params[]>
> = {
  'core.describe': NOTHING,
  'core.get_uri_schemes': NOTHING,
  'core.get_version': NOTHING,
  'core.history.get_history': NOTHING,
  'core.history.get_length': NOTHING,
  'core.library.browse': [{ uri: null }, { uri: 'local:directory' }],
  'core.library.get_distinct': [
    { field: 'artist' },
    { field: 'date', query: { album: ['Steam'] } },
  ],
  'core.library.get_images': [URIS],
  'core.library.lookup': [URIS],
  'core.library.refresh': NOTHING,
  'core.library.search': [
    { query: { any: ['tea'], artist: ['A', 'B'] } },
    { query: { any: ['tea'] }, uris: ['local:'], exact: true },
  ],
  'core.mixer.get_mute': NOTHING,
  'core.mixer.get_volume': NOTHING,
  'core.mixer.set_mute': [{ mute: true }],
  'core.mixer.set_volume': [{ volume: 0 }, { volume: 100 }],
  'core.playback.get_current_tl_track': NOTHING,
  'core.playback.get_current_tlid': NOTHING,
  'core.playback.get_current_track': NOTHING,
  'core.playback.get_state': NOTHING,
  'core.playback.get_stream_title': NOTHING,
  'core.playback.get_time_position': NOTHING,
  'core.playback.next': NOTHING,
  'core.playback.pause': NOTHING,
  'core.playback.play': [{}, { tlid: 3 }, { tl_track: TL_TRACK }, { tl_track: null, tlid: 3 }],
  'core.playback.previous': NOTHING,
  'core.playback.resume': NOTHING,
  'core.playback.seek': [{ time_position: 0 }],
  'core.playback.stop': NOTHING,
  'core.playlists.as_list': NOTHING,
  'core.playlists.create': [{ name: 'Friday' }, { name: 'Friday', uri_scheme: 'm3u' }],
  'core.playlists.delete': [{ uri: 'm3u:Friday.m3u8' }],
  'core.playlists.get_items': [{ uri: 'm3u:Friday.m3u8' }],
  'core.playlists.get_uri_schemes': NOTHING,
  'core.playlists.lookup': [{ uri: 'm3u:Friday.m3u8' }],
  'core.playlists.refresh': [{}, { uri_scheme: 'm3u' }],
  'core.playlists.save': [
    {
      playlist: {
        __model__: 'Playlist',
        uri: 'm3u:Friday.m3u8',
        name: 'Friday',
        tracks: [TRACK],
        last_modified: 1_767_614_400_000,
      },
    },
  ],
  'core.tracklist.add': [URIS, { at_position: 0, ...URIS }, { tracks: null, ...URIS }],
  'core.tracklist.clear': NOTHING,
  'core.tracklist.eot_track': [{ tl_track: TL_TRACK }, { tl_track: null }],
  'core.tracklist.filter': [{ criteria: { tlid: [1, 2], uri: ['local:track:a'] } }],
  'core.tracklist.get_consume': NOTHING,
  'core.tracklist.get_eot_tlid': NOTHING,
  'core.tracklist.get_length': NOTHING,
  'core.tracklist.get_next_tlid': NOTHING,
  'core.tracklist.get_previous_tlid': NOTHING,
  'core.tracklist.get_random': NOTHING,
  'core.tracklist.get_repeat': NOTHING,
  'core.tracklist.get_single': NOTHING,
  'core.tracklist.get_tl_tracks': NOTHING,
  'core.tracklist.get_tracks': NOTHING,
  'core.tracklist.get_version': NOTHING,
  'core.tracklist.index': [{}, { tlid: 3 }, { tl_track: TL_TRACK }],
  'core.tracklist.move': [{ start: 0, end: 1, to_position: 2 }],
  'core.tracklist.next_track': [{ tl_track: TL_TRACK }],
  'core.tracklist.previous_track': [{ tl_track: TL_TRACK }],
  'core.tracklist.remove': [{ criteria: { tlid: [1] } }, { criteria: { name: ['Boil'] } }],
  'core.tracklist.set_consume': [{ value: true }],
  'core.tracklist.set_random': [{ value: false }],
  'core.tracklist.set_repeat': [{ value: true }],
  'core.tracklist.set_single': [{ value: false }],
  'core.tracklist.shuffle': [{}, { start: 0, end: 2 }, { end: 2 }],
  'core.tracklist.slice': [
    { start: 0, end: 1 },
    { start: null, end: null },
  ],
}

/** Every example as method and parameters. */
export const CALLS: readonly (readonly [string, Params])[] = Object.entries(EXAMPLES).flatMap(
  ([name, examples]) => examples.map((params) => [name, params] as const),
)
