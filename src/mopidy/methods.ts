import type { Group } from './events'
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
  /** Of a read whose answer is kept: what it depends on. */
  keptWith?: readonly Group[]
  /** Of a write: what it may change, before any event tells. */
  touches?: readonly Group[]
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

/** The answer is kept until something makes one of these groups stale. */
const kept = (keptWith: readonly Group[], entry: Method): Method => ({ ...entry, keptWith })

/** The write makes these groups stale. */
const touching = (touches: readonly Group[], entry: Method): Method => ({ ...entry, touches })

// A change of track starts and ends tracks, and with consume removes them.
const PLAYBACK: readonly Group[] = ['state', 'current', 'position', 'history', 'tracklist']
// Removing the current track stops it.
const QUEUE: readonly Group[] = ['tracklist', 'state', 'current', 'position']

const POSITION = integer(0)
const TLID = integer(1)
const URIS = listOf(uri)

/** Every method of Mopidy's core API, as its `core.describe` lists them; checked against 3.4.1. */
const table = {
  // The list itself, which does not list itself.
  'core.describe': kept(['constant'], read('see')),

  'core.get_uri_schemes': kept(['constant'], read('see')),
  'core.get_version': kept(['constant'], read('see')),

  'core.history.get_history': kept(['history'], read('see')),
  'core.history.get_length': kept(['history'], read('see')),

  'core.library.browse': read('browse', { uri: required(nullable(text)) }),
  'core.library.get_distinct': {
    ...read('browse', {
      field: required(oneOf(DISTINCT_FIELDS)),
      query: optional(nullable(query)),
    }),
    // Its answer is a Python set, which 3.4 cannot write as JSON: it drops the connection.
    breaksMopidy3: true,
  },
  'core.library.get_images': kept(['library'], read('browse', { uris: required(URIS) })),
  'core.library.lookup': kept(['library'], read('browse', { uris: required(URIS) })),
  'core.library.refresh': touching(
    ['library', 'playlists'],
    write('library.refresh', { uri: optional(nullable(uri)) }),
  ),
  'core.library.search': read(
    'browse',
    { query: required(searchQuery), uris: optional(nullable(URIS)), exact: optional(boolean) },
    'search',
  ),

  'core.mixer.get_mute': kept(['mixer'], read('see')),
  'core.mixer.get_volume': kept(['mixer'], read('see')),
  'core.mixer.set_mute': touching(
    ['mixer'],
    write('volume', { mute: required(boolean) }, 'mute_changed'),
  ),
  'core.mixer.set_volume': touching(
    ['mixer'],
    write('volume', { volume: required(integer(0, 100)) }, 'volume_changed'),
  ),

  'core.playback.get_current_tl_track': kept(['current'], read('see')),
  'core.playback.get_current_tlid': kept(['current'], read('see')),
  'core.playback.get_current_track': kept(['current'], read('see')),
  'core.playback.get_state': kept(['state'], read('see')),
  'core.playback.get_stream_title': kept(['current'], read('see')),
  'core.playback.get_time_position': kept(['position'], read('see')),
  'core.playback.next': touching(PLAYBACK, write('playback', {}, 'skip')),
  'core.playback.pause': touching(PLAYBACK, write('playback', {}, 'pause')),
  'core.playback.play': touching(
    PLAYBACK,
    write(
      'playback',
      {
        // Mopidy 4 has lost this parameter; its tlid says the same in both.
        tl_track: { ...optional(nullable(tlidOfTlTrack)), sentAs: 'tlid' },
        tlid: optional(nullable(TLID)),
      },
      'play',
    ),
  ),
  'core.playback.previous': touching(PLAYBACK, write('playback', {}, 'previous')),
  'core.playback.resume': touching(PLAYBACK, write('playback', {}, 'play')),
  'core.playback.seek': touching(
    PLAYBACK,
    write('playback', { time_position: required(POSITION) }, 'seek'),
  ),
  // It announces a state without touching the sound.
  'core.playback.set_state': write('nobody', { new_state: required(text) }),
  'core.playback.stop': touching(PLAYBACK, write('playback', {}, 'stop')),

  'core.playlists.as_list': kept(['playlists'], read('browse')),
  'core.playlists.create': touching(
    ['playlists'],
    write(
      'playlists.save',
      { name: required(text), uri_scheme: optional(nullable(text)) },
      'playlist_saved',
    ),
  ),
  'core.playlists.delete': touching(
    ['playlists'],
    write('playlists', { uri: required(uri) }, 'playlist_deleted'),
  ),
  'core.playlists.get_items': kept(['playlists'], read('browse', { uri: required(uri) })),
  'core.playlists.get_uri_schemes': kept(['constant'], read('see')),
  'core.playlists.lookup': kept(['playlists'], read('browse', { uri: required(uri) })),
  'core.playlists.refresh': touching(
    ['playlists'],
    write('playlists', { uri_scheme: optional(nullable(text)) }),
  ),
  'core.playlists.save': touching(
    ['playlists'],
    write('playlists.save', { playlist: required(playlist) }, 'playlist_saved'),
  ),

  'core.tracklist.add': touching(
    // It stops nothing; but a current track that random and consume have left outside the tracklist is
    // no longer current once that changes.
    ['tracklist', 'current', 'position'],
    write(
      'queue.add',
      {
        tracks: denied('takes invented tracks and is not allowed: give uris'),
        at_position: optional(nullable(POSITION)),
        uris: required(URIS),
      },
      'queue_add',
    ),
  ),
  'core.tracklist.clear': touching(QUEUE, write('queue.edit', {}, 'queue_clear')),
  'core.tracklist.eot_track': read('see', { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.filter': kept(['tracklist'], read('see', { criteria: required(criteria) })),
  'core.tracklist.get_consume': kept(['options'], read('see')),
  // In random mode these two build the shuffle order: their answers are not kept.
  'core.tracklist.get_eot_tlid': read('see'),
  'core.tracklist.get_length': kept(['tracklist'], read('see')),
  'core.tracklist.get_next_tlid': read('see'),
  'core.tracklist.get_previous_tlid': kept(['tracklist', 'current', 'options'], read('see')),
  'core.tracklist.get_random': kept(['options'], read('see')),
  'core.tracklist.get_repeat': kept(['options'], read('see')),
  'core.tracklist.get_single': kept(['options'], read('see')),
  'core.tracklist.get_tl_tracks': kept(['tracklist'], read('see')),
  'core.tracklist.get_tracks': kept(['tracklist'], read('see')),
  'core.tracklist.get_version': kept(['tracklist'], read('see')),
  'core.tracklist.index': kept(
    ['tracklist', 'current'],
    read('see', {
      tl_track: { ...optional(nullable(tlidOfTlTrack)), sentAs: 'tlid' },
      tlid: optional(nullable(TLID)),
    }),
  ),
  'core.tracklist.move': touching(
    QUEUE,
    write(
      'queue.edit',
      { start: required(POSITION), end: required(POSITION), to_position: required(POSITION) },
      'queue_move',
    ),
  ),
  'core.tracklist.next_track': read('see', { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.previous_track': read('see', { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.remove': touching(
    QUEUE,
    write('queue.edit', { criteria: required(criteria) }, 'queue_remove'),
  ),
  'core.tracklist.set_consume': touching(
    ['options'],
    write('options', { value: required(boolean) }, 'options_changed'),
  ),
  'core.tracklist.set_random': touching(
    ['options'],
    write('options', { value: required(boolean) }, 'options_changed'),
  ),
  'core.tracklist.set_repeat': touching(
    ['options'],
    write('options', { value: required(boolean) }, 'options_changed'),
  ),
  'core.tracklist.set_single': touching(
    ['options'],
    write('options', { value: required(boolean) }, 'options_changed'),
  ),
  'core.tracklist.shuffle': touching(
    QUEUE,
    write(
      'queue.edit',
      { start: optional(nullable(POSITION)), end: optional(nullable(POSITION)) },
      'queue_shuffle',
    ),
  ),
  'core.tracklist.slice': kept(
    ['tracklist'],
    read('see', {
      start: required(nullable(POSITION)),
      end: required(nullable(POSITION)),
    }),
  ),
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
