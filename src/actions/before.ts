import { isRecord } from '../json'
import type { Call } from '../mopidy/call'
import type { MethodName } from '../mopidy/methods'
import type { BeforeFact } from '../mopidy/methods/method'
import { MIXER_OLD_MS } from '../mopidy/mixer-memory'
import type { Mopidy } from '../mopidy/mopidy'
import { type PlaybackState, readState, type Snapshot } from '../mopidy/player'
import { readTlTracks, type TlTrack } from '../mopidy/track'

/** What was so when a call was sent, and its reply no longer tells. */
export type Before = Readonly<{
  player: Snapshot
  /** What Mopidy itself was doing, asked before calls that change the track. */
  state?: PlaybackState | undefined
  /** Its current track; null when there was none. */
  tlid?: number | null
  /** The place in the tracklist of the track that is to be played; null when it is not there. */
  index?: number | null
  /** The tracks that are to be moved. */
  tracks?: readonly TlTrack[]
  /** The length of the tracklist. */
  length?: number
  /** The name of the playlist that is to be deleted. */
  playlistName?: string
  /** The volume, where what the player knows of it is old; null without a mixer. */
  volume?: number | null
}>

type Params = Call['params']
type Question = Readonly<{
  name: MethodName
  /** What to ask with; undefined when the call leaves nothing to ask. */
  params?: (params: Params) => Params | undefined
  /** Whether the player does not know it well enough; always asked, if not given. */
  isNeeded?: (player: Snapshot) => boolean
  /** What the result tells; nothing when it is of no use. */
  read: (result: unknown) => Partial<Before>
}>

const QUESTIONS: Readonly<Record<BeforeFact, Question>> = {
  state: {
    name: 'core.playback.get_state',
    read: (result) => ({ state: readState(result) }),
  },
  tlid: {
    name: 'core.playback.get_current_tlid',
    read: (result) => ({ tlid: numberOrNull(result) }),
  },
  length: {
    name: 'core.tracklist.get_length',
    read: (result) => ({ length: Number(result) }),
  },
  index: {
    name: 'core.tracklist.index',
    params: ({ tlid }) => (tlid === undefined ? undefined : { tlid }),
    read: (result) => ({ index: numberOrNull(result) }),
  },
  tracks: {
    name: 'core.tracklist.slice',
    params: ({ start, end }) => ({
      start: Number(start),
      end: Math.max(Number(end), Number(start) + 1),
    }),
    read: (result) => ({ tracks: readTlTracks(result) }),
  },
  playlistName: {
    name: 'core.playlists.lookup',
    params: ({ uri }) => ({ uri }),
    read: (result) => (isRecord(result) ? { playlistName: String(result.name) } : {}),
  },
  volume: {
    name: 'core.mixer.get_volume',
    isNeeded: ({ mixerAgeMs }) => mixerAgeMs >= MIXER_OLD_MS,
    read: (result) => ({ volume: numberOrNull(result) }),
  },
}

/**
 * Asks Mopidy for what the call's reply will no longer tell, and writes the answers into what it gives
 * back. Mopidy answers one connection in order, so they are exactly what the call itself will find.
 */
export function askBefore(mopidy: Mopidy, player: Snapshot, { method, params }: Call): Before {
  const before: Before = { player }
  for (const fact of method.before ?? []) {
    const { name, params: paramsOf, isNeeded, read } = QUESTIONS[fact]
    if (isNeeded?.(player) === false) continue
    const asked = paramsOf === undefined ? {} : paramsOf(params)
    if (asked === undefined) continue
    mopidy.send(name, asked, (answer) => {
      if ('result' in answer) Object.assign(before, read(answer.result))
    })
  }
  return before
}

const numberOrNull = (value: unknown) => (value === null ? null : Number(value))
