import { SocketKilled } from '../models/decoding'
import { type Album, type Artist, type Image, model, type Track } from '../models/models'
import { PythonError, typeName } from '../models/python'
import {
  checkBoolean,
  checkChoice,
  checkQuery,
  checkUri,
  checkUris,
  DISTINCT_FIELDS,
  isDict,
  SEARCH_FIELDS,
  uriScheme,
} from '../models/validation'
import { createBrowser } from './browsing'
import { ALBUMS, type AlbumEntry, ARTISTS, STREAM } from './catalogue'
import { createSearch } from './searching'

export type Library = ReturnType<typeof createLibrary>

/** `core.library.*` over the made-up catalogue; with `lengthMs` every track is that long. */
export function createLibrary({ lengthMs, version }: { lengthMs?: number; version: string }) {
  const tracks = buildTracks(lengthMs)
  const stream = model('Track', { uri: STREAM.uri, name: STREAM.name })
  const byUri = new Map([...tracks, stream].map((track) => [track.uri, track]))
  const browser = createBrowser(tracks, stream)
  const search = createSearch(tracks)

  function tracksOf(uri: string): Track[] {
    const track = byUri.get(uri)
    if (track) return [track]
    if (uri.startsWith('demo:album:')) return tracks.filter(({ album }) => album?.uri === uri)
    if (uri.startsWith('demo:artist:')) return tracks.filter((track) => credited(track, uri))
    return []
  }

  function imagesOf(uri: string): Image[] {
    const album = /^demo:(?:album|track):([^:]+)/.exec(uri)?.[1]
    if (!ALBUMS.some(({ id }) => id === album)) return []
    return [model('Image', { uri: `/demo/cover/${album}.svg`, width: 600, height: 600 })]
  }

  return {
    tracks,
    stream,
    has: (track: Track) => byUri.has(track.uri),

    methods: {
      'core.library.browse': (uri: unknown) => {
        if (uri === null) return browser.roots()
        if (typeof uri !== 'string') throw missing(uri, 'strip')
        if (!uri.trim()) return []
        checkUri(uri)
        return browser.browse(uri)
      },
      'core.library.get_distinct': (field: unknown, query: unknown) => {
        if (field !== 'track') checkChoice(field, DISTINCT_FIELDS)
        const limits = query === null ? {} : checkQuery(query, SEARCH_FIELDS)
        const values = search.distinct(field === 'track' ? 'track_name' : String(field), limits)
        // Mopidy 3 returns a Python set, which has no JSON form, and closes the socket; 4.0 sends a list.
        if (version.startsWith('3.')) throw new SocketKilled('a set is not JSON serializable')
        return values
      },
      'core.library.get_images': (uris: unknown) => {
        return Object.fromEntries(checkUris(uris).map((uri) => [uri, imagesOf(uri)]))
      },
      'core.library.lookup': (uris: unknown) => {
        return Object.fromEntries(checkUris(uris).map((uri) => [uri, tracksOf(uri)]))
      },
      'core.library.refresh': (uri: unknown) => {
        if (uri !== null) checkUri(uri)
        return null
      },
      'core.library.search': (query: unknown, uris: unknown, exact: unknown) => {
        const listed = listValues(query)
        const roots = uris === null ? null : checkUris(uris)
        const checked = checkQuery(listed, SEARCH_FIELDS)
        const exactly = checkBoolean(exact)
        if (Object.keys(checked).length === 0) return []
        if (!roots?.length) return [search.find(checked, [], exactly)]
        const own = roots.filter((uri) => uriScheme(uri) === 'demo')
        return own.length === 0 ? [] : [search.find(checked, own, exactly)]
      },
    },

    lookup: tracksOf,
  }
}

function buildTracks(lengthMs: number | undefined): Track[] {
  const artists = new Map(
    ARTISTS.map(({ id, name, sortname }) => {
      return [id, model('Artist', { uri: `demo:artist:${id}`, name, sortname })]
    }),
  )
  return ALBUMS.flatMap((entry) => buildAlbum(entry, artists, lengthMs))
}

function buildAlbum(entry: AlbumEntry, artists: Map<string, Artist>, lengthMs?: number): Track[] {
  const credit = (id: string | undefined) => {
    const artist = id === undefined ? undefined : artists.get(id)
    return artist ? [artist] : []
  }
  const titles = entry.titles.split(/\s*[|\n]\s*/)
  const album: Album = model('Album', {
    uri: `demo:album:${entry.id}`,
    name: entry.name,
    artists: credit(entry.artist),
    num_tracks: titles.length,
    num_discs: 1,
    date: entry.date,
  })
  return titles.map((line, index) => {
    const [first = '', guestTitle] = line.split(' > ')
    const number = index + 1
    return model('Track', {
      uri: `demo:track:${entry.id}:${String(number).padStart(2, '0')}`,
      name: guestTitle ?? first,
      artists: credit(guestTitle === undefined ? entry.artist : first),
      album,
      composers: credit(entry.composer),
      genre: entry.genre,
      track_no: number,
      disc_no: 1,
      date: entry.date,
      length: lengthMs ?? inventLength(entry.id, number),
      bitrate: 320_000,
      last_modified: 1_700_000_000_000 + number * 1_000,
    })
  })
}

/** A length of two to six minutes, the same at every start. */
function inventLength(album: string, number: number): number {
  return 120_000 + Number(BigInt(Bun.hash(`${album}/${number}`)) % 240_000n)
}

function credited(track: Track, artist: string): boolean {
  const artists = [...(track.artists ?? []), ...(track.album?.artists ?? [])]
  return artists.some(({ uri }) => uri === artist)
}

/** The query with each bare string in a list: Mopidy accepts both. */
function listValues(query: unknown): unknown {
  if (!isDict(query)) throw missing(query, 'items')
  const entries = Object.entries(query)
  return Object.fromEntries(
    entries.map(([field, value]) => [field, typeof value === 'string' ? [value] : value]),
  )
}

function missing(value: unknown, attribute: string): PythonError {
  const message = `'${typeName(value)}' object has no attribute '${attribute}'`
  return new PythonError('AttributeError', message)
}
