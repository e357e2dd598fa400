import { model, type Ref, type Track } from '../models/models'

const ROOT = 'demo:directory'
const DIRECTORIES: [name: string, uri: string][] = [
  ['Albums', `${ROOT}?type=album`],
  ['Artists', `${ROOT}?type=artist`],
  ['Genres', `${ROOT}?type=genre`],
  ['Radio', `${ROOT}?type=stream`],
  ['Release Years', `${ROOT}?type=date&format=%25Y`],
  ['Tracks', `${ROOT}?type=track`],
]

/** The tree that `core.library.browse` walks, shaped like mopidy-local's. */
export function createBrowser(tracks: Track[], stream: Track) {
  const albums = byName(unique(tracks.flatMap(({ album }) => album ?? [])))
  const artists = byName(unique(tracks.flatMap((track) => [...albumArtists(track), ...own(track)])))

  function browseDirectory(uri: string): Ref[] {
    const query = parseQuery(uri)
    const { type, format: _, ...filters } = query
    const found = tracks.filter((track) => fits(track, filters))
    if (type === 'stream') return [trackRef(stream)]
    if (type === 'artist') return artists.map((artist) => ref('artist', artist))
    if (type === 'genre') return values(tracks.map((track) => track.genre)).map(valueRef('genre'))
    if (type === 'date') {
      return values(tracks.map((track) => track.date?.slice(0, 4))).map(valueRef('date'))
    }
    if (type === 'track') {
      return ('album' in filters ? found : byName(found)).map(trackRef)
    }
    const here = albums.filter((album) => found.some((track) => track.album?.uri === album.uri))
    if (Object.keys(filters).length === 0) return here.map((album) => ref('album', album))
    return here.map(({ uri, name }) => directory(name, { ...filters, type: 'track', album: uri }))
  }

  function browseArtist(uri: string): Ref[] {
    const full = albums.filter(({ artists: by = [] }) => by.some((artist) => artist.uri === uri))
    const guest = albums.filter((album) => {
      if (full.includes(album)) return false
      return tracks.some((track) => {
        return track.album?.uri === album.uri && own(track).some((artist) => artist.uri === uri)
      })
    })
    const guestRefs = guest.map((album) => {
      return directory(album.name, { type: 'track', album: album.uri, artist: uri })
    })
    return byName([...full.map((album) => ref('album', album)), ...guestRefs])
  }

  return {
    roots: (): Ref[] => [ref('directory', { uri: ROOT, name: 'Demo music' })],

    browse(uri: string): Ref[] {
      if (uri === ROOT) {
        return DIRECTORIES.map(([name, uri]) => ref('directory', { uri, name }))
      }
      if (uri.startsWith(`${ROOT}?`)) return browseDirectory(uri)
      if (uri.startsWith('demo:artist:')) return browseArtist(uri)
      if (uri.startsWith('demo:album:')) {
        return tracks.filter(({ album }) => album?.uri === uri).map(trackRef)
      }
      return []
    },
  }
}

type Named = { readonly uri?: string; readonly name?: string }

function fits(track: Track, filters: Record<string, string | undefined>): boolean {
  const { album, artist, albumartist, genre, date } = filters
  if (album !== undefined && track.album?.uri !== album) return false
  if (artist !== undefined && !own(track).some(({ uri }) => uri === artist)) return false
  if (albumartist !== undefined && !albumArtists(track).some((a) => a.uri === albumartist)) {
    return false
  }
  if (genre !== undefined && track.genre !== genre) return false
  return date === undefined || (track.date ?? '').startsWith(date)
}

const own = (track: Track) => track.artists ?? []
const albumArtists = (track: Track) => track.album?.artists ?? []

function unique<Item extends Named>(items: Item[]): Item[] {
  return [...new Map(items.map((item) => [item.uri, item])).values()]
}

function values(all: (string | undefined)[]): string[] {
  return [...new Set(all.filter((value) => value !== undefined))].sort()
}

function byName<Item extends Named>(items: Item[]): Item[] {
  const key = ({ name = '' }: Named) => name.toLowerCase()
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function ref(type: string, { uri, name }: Named): Ref {
  return model('Ref', { uri, name, type })
}

const trackRef = (track: Track) => ref('track', track)

function valueRef(field: string) {
  return (value: string) => directory(value, { [field]: value })
}

function directory(name: string | undefined, query: Record<string, string | undefined>): Ref {
  const members = Object.entries(query).map(([key, value = '']) => {
    // mopidy-local leaves the colons of URIs readable.
    return `${key}=${encodeURIComponent(value).replaceAll('%3A', ':')}`
  })
  return ref('directory', { uri: `${ROOT}?${members.join('&')}`, ...(name && { name }) })
}

function parseQuery(uri: string): Record<string, string | undefined> {
  return Object.fromEntries(new URLSearchParams(uri.slice(ROOT.length + 1)))
}
