import { browse, lookUp, nameOfUri, type Ref, type Song, songOf } from '../library/library'

/** What an address of the library holds: songs, or more to open. */
export type Collection = { folders: Ref[]; songs: Song[] }

/** Opens an album or artist by its tracks, a folder by what is in it; null is the root. */
export async function openCollection(uri: string | null, type: string): Promise<Collection> {
  if (uri === null) return fromRefs(await openOnlyFolder(await browse(null)))
  if (type === 'album') {
    const tracks = await lookUp(uri)
    if (tracks.length > 0) return { folders: [], songs: tracks.map(songOf) }
  }
  const refs = await browse(uri)
  if (refs.length > 0) return fromRefs(refs)
  return { folders: [], songs: (await lookUp(uri)).map(songOf) }
}

/** A library with one folder is opened there. */
async function openOnlyFolder(refs: Ref[]): Promise<Ref[]> {
  const [only, ...others] = refs
  return only?.type === 'directory' && others.length === 0 ? browse(only.uri) : refs
}

function fromRefs(refs: readonly Ref[]): Collection {
  return {
    folders: refs.filter(({ type }) => type !== 'track'),
    songs: refs
      .filter(({ type }) => type === 'track')
      .map(({ uri, name }) => ({ uri, name: name || nameOfUri(uri), artist: '' })),
  }
}
