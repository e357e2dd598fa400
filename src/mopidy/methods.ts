import {
  criteria,
  DISTINCT_FIELDS,
  playlist,
  query,
  searchQuery,
  tlidOfTlTrack,
  tlTrack,
} from './models'
import {
  boolean,
  denied,
  integer,
  listOf,
  nullable,
  oneOf,
  optional,
  type Parameter,
  required,
  text,
  uri,
} from './parameters'

/**
 * What a role needs to call a method; `nobody` is denied to everyone.
 */
type Need =
  | 'see'
  | 'browse'
  | 'playback'
  | 'volume'
  | 'options'
  | 'queue.add'
  | 'queue.edit'
  | 'playlists'
  | 'playlists.save'
  | 'library.refresh'
  | 'nobody'

/** What a call is logged as when Mopidy says that it worked. */
export const ACTION_TYPES = [
  'play',
  'pause',
  'stop',
  'skip',
  'previous',
  'search',
  'queue_add',
  'queue_remove',
  'volume_changed',
  'seek',
  'queue_move',
  'queue_shuffle',
  'queue_clear',
  'options_changed',
  'mute_changed',
  'playlist_saved',
  'playlist_deleted',
] as const

export type ActionType = (typeof ACTION_TYPES)[number]

export type Method = Readonly<{
  /** Whether it changes anything. */
  kind: 'read' | 'write'
  need: Need
  /** In Mopidy's order, which is that of positional parameters. */
  parameters: Readonly<Record<string, Parameter>>
  action?: ActionType
  /** Not to be sent to Mopidy 3, whatever the role. */
  breaksMopidy3?: true
}>

type Parameters = Method['parameters']

const read = (need: Need, parameters: Parameters = {}, action?: ActionType): Method =>
  method('read', need, parameters, action)

const write = (need: Need, parameters: Parameters = {}, action?: ActionType): Method =>
  method('write', need, parameters, action)

function method(kind: Method['kind'], need: Need, parameters: Parameters, action?: ActionType) {
  return action === undefined ? { kind, need, parameters } : { kind, need, parameters, action }
}

const POSITION = integer(0)
const TLID = integer(1)
const URIS = listOf(uri)

/** Every method of Mopidy's core API, as its `core.describe` lists them; checked against 3.4.1. */
const table = {
  // The list itself, which does not list itself.
  'core.describe': read('see'),

  'core.get_uri_schemes': read('see'),
  'core.get_version': read('see'),

  'core.history.get_history': read('see'),
  'core.history.get_length': read('see'),

  'core.library.browse': read('browse', { uri: required(nullable(text)) }),
  'core.library.get_distinct': {
    ...read('browse', {
      field: required(oneOf(DISTINCT_FIELDS)),
      query: optional(nullable(query)),
    }),
    // Its answer is a Python set, which 3.4 cannot write as JSON: it drops the connection.
    breaksMopidy3: true,
  },
  'core.library.get_images': read('browse', { uris: required(URIS) }),
  'core.library.lookup': read('browse', { uris: required(URIS) }),
  'core.library.refresh': write('library.refresh', { uri: optional(nullable(uri)) }),
  'core.library.search': read(
    'browse',
    { query: required(searchQuery), uris: optional(nullable(URIS)), exact: optional(boolean) },
    'search',
  ),

  'core.mixer.get_mute': read('see'),
  'core.mixer.get_volume': read('see'),
  'core.mixer.set_mute': write('volume', { mute: required(boolean) }, 'mute_changed'),
  'core.mixer.set_volume': write('volume', { volume: required(integer(0, 100)) }, 'volume_changed'),

  'core.playback.get_current_tl_track': read('see'),
  'core.playback.get_current_tlid': read('see'),
  'core.playback.get_current_track': read('see'),
  'core.playback.get_state': read('see'),
  'core.playback.get_stream_title': read('see'),
  'core.playback.get_time_position': read('see'),
  'core.playback.next': write('playback', {}, 'skip'),
  'core.playback.pause': write('playback', {}, 'pause'),
  'core.playback.play': write(
    'playback',
    {
      // Mopidy 4 has lost this parameter; its tlid says the same in both.
      tl_track: { ...optional(nullable(tlidOfTlTrack)), sentAs: 'tlid' },
      tlid: optional(nullable(TLID)),
    },
    'play',
  ),
  'core.playback.previous': write('playback', {}, 'previous'),
  'core.playback.resume': write('playback', {}, 'play'),
  'core.playback.seek': write('playback', { time_position: required(POSITION) }, 'seek'),
  // It announces a state without touching the sound.
  'core.playback.set_state': write('nobody', { new_state: required(text) }),
  'core.playback.stop': write('playback', {}, 'stop'),

  'core.playlists.as_list': read('browse'),
  'core.playlists.create': write(
    'playlists.save',
    { name: required(text), uri_scheme: optional(nullable(text)) },
    'playlist_saved',
  ),
  'core.playlists.delete': write('playlists', { uri: required(uri) }, 'playlist_deleted'),
  'core.playlists.get_items': read('browse', { uri: required(uri) }),
  'core.playlists.get_uri_schemes': read('see'),
  'core.playlists.lookup': read('browse', { uri: required(uri) }),
  'core.playlists.refresh': write('playlists', { uri_scheme: optional(nullable(text)) }),
  'core.playlists.save': write(
    'playlists.save',
    { playlist: required(playlist) },
    'playlist_saved',
  ),

  'core.tracklist.add': write(
    'queue.add',
    {
      tracks: denied('takes invented tracks and is not allowed: give uris'),
      at_position: optional(nullable(POSITION)),
      uris: required(URIS),
    },
    'queue_add',
  ),
  'core.tracklist.clear': write('queue.edit', {}, 'queue_clear'),
  'core.tracklist.eot_track': read('see', { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.filter': read('see', { criteria: required(criteria) }),
  'core.tracklist.get_consume': read('see'),
  'core.tracklist.get_eot_tlid': read('see'),
  'core.tracklist.get_length': read('see'),
  'core.tracklist.get_next_tlid': read('see'),
  'core.tracklist.get_previous_tlid': read('see'),
  'core.tracklist.get_random': read('see'),
  'core.tracklist.get_repeat': read('see'),
  'core.tracklist.get_single': read('see'),
  'core.tracklist.get_tl_tracks': read('see'),
  'core.tracklist.get_tracks': read('see'),
  'core.tracklist.get_version': read('see'),
  'core.tracklist.index': read('see', {
    tl_track: { ...optional(nullable(tlidOfTlTrack)), sentAs: 'tlid' },
    tlid: optional(nullable(TLID)),
  }),
  'core.tracklist.move': write(
    'queue.edit',
    { start: required(POSITION), end: required(POSITION), to_position: required(POSITION) },
    'queue_move',
  ),
  'core.tracklist.next_track': read('see', { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.previous_track': read('see', { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.remove': write('queue.edit', { criteria: required(criteria) }, 'queue_remove'),
  'core.tracklist.set_consume': write('options', { value: required(boolean) }, 'options_changed'),
  'core.tracklist.set_random': write('options', { value: required(boolean) }, 'options_changed'),
  'core.tracklist.set_repeat': write('options', { value: required(boolean) }, 'options_changed'),
  'core.tracklist.set_single': write('options', { value: required(boolean) }, 'options_changed'),
  'core.tracklist.shuffle': write(
    'queue.edit',
    { start: optional(nullable(POSITION)), end: optional(nullable(POSITION)) },
    'queue_shuffle',
  ),
  'core.tracklist.slice': read('see', {
    start: required(nullable(POSITION)),
    end: required(nullable(POSITION)),
  }),
} as const satisfies Record<string, Method>

export type MethodName = keyof typeof table

export const methods: Readonly<Record<MethodName, Method>> = table

/** The name as one of the table's, or undefined. */
export function methodNamed(name: string): MethodName | undefined {
  return Object.hasOwn(table, name) ? (name as MethodName) : undefined
}

/** Whether the method asks the library, which may have to ask a music service. */
export function asksLibrary(name: string): boolean {
  return name.startsWith('core.library.')
}
