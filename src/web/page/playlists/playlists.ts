import { signal } from '@preact/signals'
import { call, mopidyOnline, onEvent, onOpen } from '../connection/socket'
import { sentences } from '../language/language'
import { nameOfUri, type Ref, type Song } from '../library/library'
import { wholeQueue } from '../queue/queue'
import { complain, say } from '../shell/toasts'

export type Track = { __model__: 'Track'; uri: string; name?: string }
export type Playlist = { __model__: 'Playlist'; uri: string; name: string; tracks?: Track[] }

/** All playlists; undefined until they are known. */
export const playlists = signal<readonly Ref[] | undefined>(undefined)

/** The longest list of tracks in bytes of JSON; with the rest of the message it stays below 64 KiB. */
const LONGEST = 60_000

export async function refreshPlaylists(): Promise<void> {
  const found = await call<Ref[]>('core.playlists.as_list').catch(() => undefined)
  if (found !== undefined) playlists.value = found
}

export async function openPlaylist(uri: string): Promise<Song[]> {
  const items = await call<Ref[] | null>('core.playlists.get_items', { uri })
  return (items ?? []).map(({ uri, name }) => ({ uri, name: name || nameOfUri(uri), artist: '' }))
}

/** Saves the queue as a playlist. */
export async function saveQueue(name: string): Promise<void> {
  try {
    const tracks = (await wholeQueue()).map(
      ({ uri, name }): Track => ({ __model__: 'Track', uri, ...(name && { name }) }),
    )
    checkLength(tracks)
    const created = await call<Playlist | null>('core.playlists.create', { name })
    if (created === null) throw new Error(sentences().notSaved)
    await save({ ...plain(created), tracks })
    say(sentences().saved(name))
  } catch (error) {
    complain(error)
  }
}

/** Renames a playlist; its new URI, or null when that failed. */
export async function renamePlaylist(uri: string, name: string): Promise<string | null> {
  try {
    const found = await call<Playlist | null>('core.playlists.lookup', { uri })
    if (found === null) throw new Error(sentences().notAdded)
    const tracks = (found.tracks ?? []).map(
      ({ uri, name }): Track => ({ __model__: 'Track', uri, ...(name && { name }) }),
    )
    const saved = await save({ ...plain(found), name, tracks })
    say(sentences().saved(name))
    return saved.uri
  } catch (error) {
    complain(error)
    return null
  }
}

/** @throws {Error} when the playlist is too long for a message, or its backend did not save it. */
export async function save(playlist: Playlist): Promise<Playlist> {
  checkLength(playlist.tracks ?? [])
  const saved = await call<Playlist | null>('core.playlists.save', { playlist })
  if (saved === null) throw new Error(sentences().notSaved)
  return saved
}

function checkLength(tracks: readonly Track[]): void {
  if (JSON.stringify(tracks).length > LONGEST) throw new Error(sentences().queueTooLong)
}

export async function deletePlaylist({ uri, name = '' }: Pick<Ref, 'uri' | 'name'>) {
  const before = playlists.value
  playlists.value = before?.filter((other) => other.uri !== uri)
  try {
    await call('core.playlists.delete', { uri })
    say(sentences().deleted(name))
    return true
  } catch (error) {
    playlists.value = before
    complain(error)
    return false
  }
}

/** The members of a playlist that `save` accepts: Musakone refuses others that `lookup` returns. */
export const plain = ({ uri, name }: Playlist) => ({ __model__: 'Playlist' as const, uri, name })

onOpen(() => {
  if (mopidyOnline.value && playlists.value !== undefined) refreshPlaylists()
})
onEvent((name) => {
  if (name.startsWith('playlist') && playlists.value !== undefined) refreshPlaylists()
})
