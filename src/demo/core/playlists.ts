import type { DemoClock } from '../clock'
import { PLAYLISTS } from '../library/catalogue'
import type { DemoEvent } from '../models/events'
import { model, type Playlist, type Ref, type Track } from '../models/models'
import { PythonError, typeName } from '../models/python'
import { checkModel, checkUri, uriScheme } from '../models/validation'

type Stored = { items: Track[]; modified: number }
/** The playlist files by name; a restart of Mopidy keeps them. */
export type PlaylistFolder = Map<string, Stored>

/** `core.playlists.*` as mopidy-m3u has it: a playlist is a file `Name.m3u8`. */
export function createPlaylists(services: {
  folder: PlaylistFolder
  clock: DemoClock
  emit(event: DemoEvent): void
}) {
  const { folder, clock, emit } = services

  function find(uri: string): Playlist | null {
    const file = fileOf(uri)
    const stored = file === null ? undefined : folder.get(file)
    return file !== null && stored ? playlistOf(file, stored) : null
  }

  function store(file: string, items: Track[]): Playlist {
    const stored = { items, modified: Math.floor(clock.now()) }
    folder.set(file, stored)
    const playlist = playlistOf(file, stored)
    emit({ playlist, event: 'playlist_changed' })
    return playlist
  }

  function save(value: unknown): Playlist | null {
    const { uri, name, tracks = [] } = checkModel(value, 'Playlist')
    if (uri === undefined || uriScheme(uri) !== 'm3u') return null
    const file = fileOf(uri)
    if (file === null) return null
    const items = tracks.map((track) => model('Track', { uri: track.uri, name: track.name }))
    if (!name || name === stemOf(file)) return store(file, items)
    folder.delete(file)
    return store(stemOf(fileName(name)) + suffixOf(file), items)
  }

  return {
    methods: {
      'core.playlists.as_list': (): Ref[] => {
        const files = [...folder.keys()].filter((file) => /^\.?[^.].*\.m3u8?$/.test(file))
        return files
          .map((file) => model('Ref', { uri: uriOf(file), name: stemOf(file), type: 'playlist' }))
          .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
      },
      'core.playlists.create': (name: unknown) => {
        // mopidy-m3u raises for anything but text, and Mopidy's core answers null.
        return typeof name === 'string' ? store(`${fileName(name)}.m3u8`, []) : null
      },
      'core.playlists.delete': (value: unknown) => {
        const uri = checkUri(value)
        const file = fileOf(uri)
        if (file === null || !folder.delete(file)) return false
        emit({ uri, event: 'playlist_deleted' })
        return true
      },
      'core.playlists.get_items': (value: unknown): Ref[] | null => {
        const playlist = find(checkUri(value))
        if (!playlist) return null
        const tracks = playlist.tracks ?? []
        return tracks.map(({ uri, name }) => model('Ref', { uri, name, type: 'track' }))
      },
      'core.playlists.get_uri_schemes': () => ['m3u'],
      'core.playlists.lookup': (uri: unknown) => {
        if (uri === null) return null
        if (typeof uri !== 'string') {
          const message = `'${typeName(uri)}' object has no attribute 'decode'`
          throw new PythonError('AttributeError', message)
        }
        return find(uri)
      },
      'core.playlists.refresh': (scheme: unknown) => {
        if (scheme === null || scheme === 'm3u') emit({ event: 'playlists_loaded' })
        return null
      },
      'core.playlists.save': save,
    },
  }
}

/** The playlists of a new demo. */
export function createPlaylistFolder(library: { lookup(uri: string): Track[] }): PlaylistFolder {
  return new Map(
    PLAYLISTS.map(([name, picks]) => {
      const items = picks.flatMap((pick) => {
        const [album = '', number = ''] = pick.split(':')
        return library.lookup(`demo:track:${album}:${number.padStart(2, '0')}`)
      })
      const named = items.map((track) => model('Track', { uri: track.uri, name: track.name }))
      return [`${name}.m3u8`, { items: named, modified: 1_700_000_000_000 }]
    }),
  )
}

function playlistOf(file: string, { items, modified }: Stored): Playlist {
  const name = stemOf(file)
  return model('Playlist', { uri: uriOf(file), name, tracks: items, last_modified: modified })
}

/** The file that a URI names; null outside of the folder, where mopidy-m3u does nothing. */
function fileOf(uri: string): string | null {
  if (uriScheme(uri) !== 'm3u') return null
  try {
    const path = decodeURIComponent(uri.slice('m3u:'.length)).replace(/^(\.\/)+/, '')
    return path === '' || path.includes('/') || path === '..' ? null : path
  } catch {
    return null
  }
}

function uriOf(file: string): string {
  const quoted = encodeURIComponent(file).replace(/[!'()*]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  })
  return `m3u:${quoted}`
}

function fileName(name: string): string {
  return name.trim().replaceAll('/', '|')
}

/** A leading dot is no suffix, as in Python's pathlib. */
function suffixOf(file: string): string {
  const dot = file.lastIndexOf('.')
  return dot > 0 ? file.slice(dot) : ''
}

function stemOf(file: string): string {
  return file.slice(0, file.length - suffixOf(file).length)
}
