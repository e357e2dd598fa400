import { signal } from '@preact/signals'
import { call } from '../connection/socket'
import { sentences } from '../language/language'
import type { Ref, Song } from '../library/library'
import { complain, say } from '../shell/toasts'
import { type Playlist, plain, save, type Track } from './playlists'

/** The songs for which a playlist is being chosen; null otherwise. */
export const collected = signal<readonly Collectable[] | null>(null)

export type Collectable = Pick<Song, 'uri' | 'name'>

/** Opens the sheet in which a playlist for the songs is chosen. */
export function collect(songs: readonly Collectable[]): void {
  collected.value = songs
}

/** Adds songs to the end of a playlist; a toast offers to undo it. */
export async function addTo({ uri, name = '' }: Pick<Ref, 'uri' | 'name'>, songs: Songs) {
  try {
    const saved = await change(uri, (tracks) => [...tracks, ...songs.map(trackOf)])
    said(saved.uri, name, songs)
  } catch (error) {
    complain(error)
  }
}

/** Makes a playlist of songs. */
export async function makeOf(name: string, songs: Songs): Promise<void> {
  try {
    const created = await call<Playlist | null>('core.playlists.create', { name })
    if (created === null) throw new Error(sentences().notSaved)
    await save({ ...plain(created), tracks: songs.map(trackOf) })
    say(sentences().saved(name))
  } catch (error) {
    complain(error)
  }
}

type Songs = readonly Collectable[]

function said(uri: string, name: string, songs: Songs): void {
  const { addedTo, undo } = sentences()
  say(addedTo(songs.length, name), {
    label: undo,
    run: () => void change(uri, (tracks) => without(tracks, songs)).catch(complain),
  })
}

async function change(uri: string, next: (tracks: readonly Track[]) => Track[]) {
  const found = await call<Playlist | null>('core.playlists.lookup', { uri })
  if (found === null) throw new Error(sentences().notAdded)
  return save({ ...plain(found), tracks: next((found.tracks ?? []).map(trackOf)) })
}

/** The tracks without the songs, each removed once from the end: other people may have added the same songs. */
function without(tracks: readonly Track[], songs: Songs): Track[] {
  const left = [...tracks]
  for (const { uri } of songs.toReversed()) {
    const at = left.findLastIndex((track) => track.uri === uri)
    if (at >= 0) left.splice(at, 1)
  }
  return left
}

const trackOf = ({ uri, name }: { uri: string; name?: string | null }): Track => ({
  __model__: 'Track',
  uri,
  ...(name && { name }),
})
