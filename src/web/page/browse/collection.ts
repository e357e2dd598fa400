import { browse, lookUp, nameOfUri, type Ref, type Song, songOf } from '../library/library'

/** The content of a folder, album or artist: songs, and collections to open. */
export type Collection = { folders: Ref[]; songs: Song[] }

/** Fetches the content of an album, artist or folder; null is the root. */
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

/** The content of the root's only folder, if it has only one; else the root itself. */
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
