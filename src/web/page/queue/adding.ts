import { call } from '../connection/socket'
import { sentences } from '../language/language'
import type { Song } from '../library/library'
import { playback } from '../playing/player'
import { complain, say } from '../shell/toasts'
import { type Arrival, arrivals, inFrames, refreshQueueThen } from './queue'

type TlTrack = { tlid: number }
type Where = 'last' | 'next' | 'now'

let lastKey = 0

/**
 * Adds songs to the queue. The queue shows them at once, and drops them again when Mopidy refuses; resolves
 * to whether they were added.
 */
export async function addSongs(
  songs: readonly Pick<Song, 'uri' | 'name' | 'artist'>[],
  where: Where = 'last',
): Promise<boolean> {
  const coming: Arrival[] = songs.map((song) => {
    lastKey += 1
    const { uri, name, artist } = song
    return { key: lastKey, uri, name, artist }
  })
  arrivals.value = [...arrivals.value, ...coming]
  const forget = () => {
    arrivals.value = arrivals.value.filter((arrival) => !coming.includes(arrival))
  }
  try {
    const position = where === 'last' ? undefined : await placeBehindCurrent()
    const added = await addAll(songs, position)
    const first = added[0]
    if (first === undefined) throw new Error(sentences().notAdded)
    if (where === 'now') await call('core.playback.play', { tlid: first.tlid })
    const [song] = songs
    say(
      songs.length === 1 && song
        ? sentences().added(song.name)
        : sentences().addedMany(added.length),
    )
    refreshQueueThen(forget)
    return true
  } catch (error) {
    forget()
    complain(error)
    return false
  }
}

async function addAll(songs: readonly Pick<Song, 'uri'>[], position?: number): Promise<TlTrack[]> {
  const added: TlTrack[] = []
  for (const uris of inFrames(songs.map(({ uri }) => uri))) {
    const at = position === undefined ? {} : { at_position: position + added.length }
    added.push(...(await call<TlTrack[]>('core.tracklist.add', { uris, ...at })))
  }
  return added
}

async function placeBehindCurrent(): Promise<number> {
  const { track } = playback.value ?? { track: null }
  if (track === null) return 0
  const index = await call<number | null>('core.tracklist.index', { tlid: track.tlid })
  return index === null ? 0 : index + 1
}
