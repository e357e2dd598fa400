import { addMany, makeMistakes, reconnect } from './mishaps'
import { createStenographer, type MopidyJs, type Stenographer } from './stenographer'
import type { Transcript } from './transcript'

type Ref = { uri: string; type: string }
type Track = { uri: string; name: string; length?: number }
type TlTrack = { tlid: number; track: Track }
type Playlist = { uri: string; name: string }

export type SessionOptions = {
  /** Makes a mopidy.js that connects by itself. */
  connect(): MopidyJs
  /** Cuts its connection somewhere on the way. */
  interrupt(): Promise<void>
}

/** The longest tracklist that the server has been told to allow. */
export const MOST_TRACKS = 40

/** Methods of Mopidy that the session leaves out. */
export const LEFT_OUT = [
  // Mopidy 3.4 drops the connection over its own answer; Musakone does not let it come to that.
  'library.getDistinct',
]

/** All that a program can do with mopidy.js, once; always the same, so that it can be compared. */
export async function runSession({ connect, interrupt }: SessionOptions): Promise<Transcript> {
  const mopidy = connect()
  const stenographer = createStenographer(mopidy)
  await stenographer.inState('state:online')

  const tracks = await browse(stenographer)
  const uris = tracks.map(({ uri }) => uri)
  await mix(stenographer)
  await queue(stenographer, uris)
  await changeModes(stenographer)
  await play(stenographer)
  await keepPlaylists(stenographer, tracks)
  await listen(stenographer, mopidy)
  await makeMistakes(stenographer, mopidy)
  await reconnect(stenographer, interrupt)
  await addMany(stenographer, uris)

  mopidy.close()
  await stenographer.inState('state:offline', 2)
  return stenographer.transcript()
}

/** The library: what is found in it, the longest first. */
async function browse({ ask, act }: Stenographer): Promise<Track[]> {
  await ask('getVersion')
  await ask('getUriSchemes')
  const folders: (string | null)[] = [null]
  const uris = new Set<string>()
  for (let visits = 0; visits < 60 && uris.size < MOST_TRACKS; visits += 1) {
    const refs = await ask<Ref[]>('library.browse', { uri: folders.shift() ?? null })
    for (const { uri, type } of refs)
      if (type === 'track') uris.add(uri)
      else folders.push(uri)
  }
  const found = await ask<Record<string, Track[]>>('library.lookup', { uris: [...uris] })
  const tracks = Object.values(found)
    .flat()
    .sort((one, other) => lengthOf(other) - lengthOf(one) || (one.uri < other.uri ? -1 : 1))
  const [first] = tracks
  await ask('library.lookup', [[first?.uri, 'nothing:at-all']])
  await ask('library.getImages', { uris: [first?.uri, tracks[1]?.uri] })
  await ask('library.search', { query: { any: [first?.name] } })
  await ask('library.search', [{ track_name: [first?.name] }, null, true])
  await ask('library.search', { query: { artist: ['nobody of this name'] } })
  await act('library.refresh', undefined)
  return tracks
}

/** A stream has none. */
const lengthOf = ({ length = 0 }: Track) => length

async function mix({ ask, act, heard }: Stenographer): Promise<void> {
  await act('mixer.setVolume', { volume: 31 })
  await heard('volumeChanged', { volume: 31 })
  await ask('mixer.getVolume')
  await act('mixer.setVolume', [47])
  await heard('volumeChanged', { volume: 47 })
  await ask('mixer.getVolume')
  await act('mixer.setMute', { mute: true }, { awaits: ['muteChanged'] })
  await ask('mixer.getMute')
  await act('mixer.setMute', [false], { awaits: ['muteChanged'] })
  await ask('mixer.getMute')
}

/** Leaves six tracks in the tracklist. */
async function queue({ ask, act }: Stenographer, uris: string[]): Promise<void> {
  const [one, two, three, four, five, six] = uris
  const changes = { awaits: ['tracklistChanged'] }
  await ask('tracklist.getVersion')
  const added = await act<TlTrack[]>('tracklist.add', { uris: [one, two, three] }, changes)
  // By position: tracks, at_position, uris.
  await act('tracklist.add', [null, 1, [four]], changes)
  await act('tracklist.add', { uris: [five, six, one], at_position: 0 }, changes)
  await act('tracklist.add', { uris: ['nothing:at-all'] })
  await ask('tracklist.getTlTracks')
  await ask('tracklist.getTracks')
  await ask('tracklist.getLength')
  await ask('tracklist.index', { tlid: added[1]?.tlid })
  await ask('tracklist.index', [added[2]])
  await ask('tracklist.index')
  await ask('tracklist.filter', { criteria: { uri: [one] } })
  await ask('tracklist.filter', [{ tlid: [added[0]?.tlid, 999] }])
  await ask('tracklist.slice', { start: 1, end: 3 })
  await ask('tracklist.slice', [0, 2])
  await act('tracklist.move', { start: 0, end: 2, to_position: 3 }, changes)
  await act('tracklist.move', [4, 5, 0], changes)
  // Of one track, for the outcome is to be the same.
  await act('tracklist.shuffle', { start: 0, end: 1 }, changes)
  await act('tracklist.shuffle', [1, 2], changes)
  await act('tracklist.remove', { criteria: { tlid: [added[0]?.tlid] } }, changes)
  await act('tracklist.remove', [{ uri: ['nothing:at-all'] }])
  await ask('tracklist.getTlTracks')
  await ask('tracklist.getVersion')
}

async function changeModes({ ask, act }: Stenographer): Promise<void> {
  for (const mode of ['Consume', 'Random', 'Repeat', 'Single']) {
    await ask(`tracklist.get${mode}`)
    await act(`tracklist.set${mode}`, { value: true }, { awaits: ['optionsChanged'] })
    await ask(`tracklist.get${mode}`)
    await act(`tracklist.set${mode}`, [false], { awaits: ['optionsChanged'] })
    await act(`tracklist.set${mode}`, [false])
  }
}

async function play({ ask, act, overlook }: Stenographer): Promise<void> {
  const started = { awaits: ['trackPlaybackStarted'] }
  const look = async () => {
    // The title depends on how far the sound has come.
    for (const what of ['State', 'CurrentTlTrack', 'CurrentTrack', 'CurrentTlid', 'StreamTitle'])
      if (what !== 'StreamTitle') await ask(`playback.get${what}`)
    for (const which of ['Eot', 'Next', 'Previous']) await ask(`tracklist.get${which}Tlid`)
  }
  const [, second, third] = await ask<TlTrack[]>('tracklist.getTlTracks')
  await ask('playback.getStreamTitle')
  await look()
  await act('playback.play', undefined, started)
  await look()
  await act('playback.next', undefined, started)
  await act('playback.previous', undefined, started)
  await act('playback.play', { tlid: third?.tlid }, started)
  await act('playback.play', [second], started)
  await look()
  for (const which of ['eot', 'next', 'previous'])
    await ask(`tracklist.${which}Track`, { tl_track: second })
  await act('playback.pause', undefined, { awaits: ['trackPlaybackPaused'] })
  // Real Mopidy takes a resume back that comes before the sound has paused; nothing tells when.
  await new Promise((resolve) => setTimeout(resolve, 200))
  await act('playback.seek', { time_position: 1_000 }, { awaits: ['seeked'] })
  await ask('playback.getTimePosition')
  await act('playback.resume', undefined, { awaits: ['trackPlaybackResumed'] })
  await act('playback.seek', [1_500], { awaits: ['seeked'] })
  await ask('playback.getTimePosition')
  // That a stopped track has ended Mopidy says soon after, at the next play, or never.
  overlook('trackPlaybackEnded')
  await act('playback.stop', undefined, { awaits: ['playbackStateChanged'] })
  await look()
  await ask('playback.getTimePosition')
  await act('playback.play', { tlid: third?.tlid }, started)
  await act('tracklist.clear', undefined, { awaits: ['playbackStateChanged'] })
  await look()
  await ask('history.getLength')
  await ask('history.getHistory')
}

async function keepPlaylists({ ask, act }: Stenographer, tracks: Track[]): Promise<void> {
  const changed = { awaits: ['playlistChanged'] }
  await ask('playlists.getUriSchemes')
  await ask('playlists.asList')
  const made = await act<Playlist>('playlists.create', { name: 'Fredagsöl & Kaffe' }, changed)
  const { uri } = made
  await act('playlists.save', { playlist: { ...made, tracks: tracks.slice(0, 3) } }, changed)
  await ask('playlists.getItems', { uri })
  await ask('playlists.lookup', [uri])
  await act('playlists.create', ['Another'], changed)
  await ask('playlists.asList')
  await act('playlists.refresh', { uri_scheme: null })
  await act('playlists.delete', { uri }, { awaits: ['playlistDeleted'] })
  await act('playlists.delete', [uri])
  await ask('playlists.lookup', { uri })
  await ask('playlists.getItems', { uri: 'nothing:at-all' })
  await ask('playlists.asList')
}

/** Listeners of one event, as programs have them. */
async function listen({ act, heard, note }: Stenographer, mopidy: MopidyJs): Promise<void> {
  const told: unknown[] = []
  const listener = (data: unknown) => void told.push(data)
  mopidy.on('event:volumeChanged', listener)
  await act('mixer.setVolume', { volume: 61 })
  await heard('volumeChanged', { volume: 61 })
  mopidy.off('event:volumeChanged', listener)
  await act('mixer.setVolume', { volume: 62 })
  await heard('volumeChanged', { volume: 62 })
  note('a listener of volumeChanged that was taken off before 62', told)
}
