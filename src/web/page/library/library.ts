import { call } from '../connection/socket'

/** Mopidy's models; Mopidy leaves out a field without a value. */
type Artist = { uri?: string; name?: string }
type Album = { uri?: string; name?: string; artists?: Artist[]; date?: string }
type LibraryTrack = {
  uri: string
  name?: string
  artists?: Artist[]
  album?: Album
  length?: number
}
export type Ref = {
  uri: string
  name?: string
  type: 'track' | 'album' | 'artist' | 'directory' | 'playlist'
}
type SearchResult = { tracks?: LibraryTrack[]; albums?: Album[]; artists?: Artist[] }
export type Found = {
  tracks: LibraryTrack[]
  albums: Album[]
  artists: Artist[]
  playlists: Ref[]
}

/** A track as the page shows and queues it, from whichever call it came. */
export type Song = {
  uri: string
  name: string
  artist: string
  album?: string
  albumUri?: string
  lengthMs?: number
}

export const artistsOf = (artists: readonly Artist[] = []): string =>
  artists.flatMap(({ name }) => name ?? []).join(', ')

export function songOf({ uri, name, artists, album, length }: LibraryTrack): Song {
  return {
    uri,
    name: name || nameOfUri(uri),
    artist: artistsOf(artists?.length ? artists : album?.artists),
    ...(album?.name && { album: album.name }),
    ...(album?.uri && { albumUri: album.uri }),
    ...(length !== undefined && { lengthMs: length }),
  }
}

/** The last part of a URI, as a name for something without one. */
export function nameOfUri(uri: string): string {
  const last = uri.split(/[/:]/).findLast((part) => part !== '') ?? uri
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

export const browse = (uri: string | null): Promise<Ref[]> =>
  call<Ref[] | null>('core.library.browse', { uri }).then((refs) => refs ?? [])

export async function lookUp(uri: string): Promise<LibraryTrack[]> {
  const found = await call<Record<string, LibraryTrack[]>>('core.library.lookup', { uris: [uri] })
  return found[uri] ?? []
}

/**
 * Searches all backends and the playlists' names; albums and artists are taken from the tracks too,
 * since some backends list none.
 */
export async function search(words: string): Promise<Found> {
  const [results, playlists] = await Promise.all([
    call<SearchResult[]>('core.library.search', { query: { any: [words] } }),
    // Mopidy's search leaves playlists out.
    call<Ref[]>('core.playlists.as_list').catch(() => []),
  ])
  const tracks = unique(results.flatMap((result) => result.tracks ?? []))
  const albums = results.flatMap((result) => result.albums ?? [])
  const artists = results.flatMap((result) => result.artists ?? [])
  const like = (name: string | undefined) => name?.toLowerCase().includes(words.toLowerCase())
  return {
    tracks,
    playlists: playlists.filter(({ name }) => like(name)),
    albums: unique([
      ...albums,
      ...tracks.flatMap(({ album }) => (like(album?.name) ? (album ?? []) : [])),
      ...tracks.flatMap(({ album }) =>
        album?.artists?.some(({ name }) => like(name)) ? album : [],
      ),
    ]),
    artists: unique([
      ...artists,
      ...tracks.flatMap((track) =>
        [...(track.artists ?? []), ...(track.album?.artists ?? [])].filter(({ name }) =>
          like(name),
        ),
      ),
    ]),
  }
}

/** Each item once, without those that have no URI and so cannot be opened. */
function unique<Item extends { uri?: string }>(items: readonly Item[]): Item[] {
  const found = new Map<string, Item>()
  for (const item of items)
    if (item.uri !== undefined && !found.has(item.uri)) found.set(item.uri, item)
  return [...found.values()]
}
