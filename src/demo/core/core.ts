import type { DemoClock } from '../clock'
import { STREAM } from '../library/catalogue'
import type { Library } from '../library/library'
import type { DemoEvent } from '../models/events'
import { createAudio } from '../playback/audio'
import { createHistory, type HistoryEntry } from '../playback/history'
import { createPlayback, type SavedPlayback } from '../playback/playback'
import { createPlayer } from '../playback/player'
import { createTracklist, type SavedTracklist } from '../tracklist/tracklist'
import { createMixer, type SavedMixer } from './mixer'
import { createPlaylists, type PlaylistFolder } from './playlists'

/** A method of `core.*`; it takes all its parameters by position, null for each that was not given. */
type Method = (...args: unknown[]) => unknown
export type Core = ReturnType<typeof createCore>
/** The state that Mopidy keeps over a restart with `restore_state`. */
export type SavedState = {
  history: HistoryEntry[]
  tracklist: SavedTracklist
  mixer: SavedMixer
  playback: SavedPlayback
}

/** One life of the simulated Mopidy, from its start to the next restart. */
export function createCore(services: {
  library: Library
  folder: PlaylistFolder
  clock: DemoClock
  emit(event: DemoEvent): void
  random(): number
  maxTracklistLength: number
  /** Milliseconds between a reply and the messages of the audio; GStreamer takes a few. */
  audioDelayMs: number
  version: string
  silentMixer?: boolean
}) {
  const { library, folder, clock, emit, random, audioDelayMs, version } = services
  let deliveryTimer: unknown = null
  const inbox: { run(): void; ofStream: boolean }[] = []

  function post(run: () => void, ofStream: boolean) {
    inbox.push({ run, ofStream })
  }

  /** Delivers the messages of the audio and the mixer, in order, now or after the audio's delay. */
  function settle() {
    if (audioDelayMs > 0 && inbox.some(({ ofStream }) => ofStream)) {
      deliveryTimer ??= clock.setTimeout(() => {
        deliveryTimer = null
        deliver()
      }, audioDelayMs)
    } else deliver()
  }

  function deliver() {
    // A message may queue further ones.
    for (let next = inbox.shift(); next; next = inbox.shift()) next.run()
  }

  function close() {
    clock.clearTimeout(deliveryTimer)
    audio.close()
  }

  const mixer = createMixer({
    announce: (event) => !services.silentMixer && post(() => emit(event), false),
  })
  const history = createHistory({ clock })
  const tracklist = createTracklist({
    library,
    current: () => playback.current(),
    onChange: () => playback.onTracklistChange(),
    emit,
    random,
    maxLength: services.maxTracklistLength,
  })
  const audio = createAudio({
    clock,
    listener: {
      onStreamChanged: () => playback.listener.onStreamChanged(),
      onPositionChanged: () => playback.listener.onPositionChanged(),
      onPaused: () => playback.listener.onPaused(),
      onAboutToFinish: () => playback.listener.onAboutToFinish(),
      onEndOfStream: () => playback.listener.onEndOfStream(),
      onStreamTitle: (title) => playback.listener.onStreamTitle(title),
    },
    post: (run) => post(run, true),
    flush: () => {
      const kept = inbox.filter(({ ofStream }) => !ofStream)
      inbox.splice(0, inbox.length, ...kept)
    },
    wake: (run) => {
      run()
      settle()
    },
    titles: STREAM.titles,
  })
  const player = createPlayer({
    tracklist,
    history,
    playable: library.has,
    audioPosition: audio.position,
    emit,
  })
  const playback = createPlayback({
    audio,
    tracklist,
    player,
    reassertVolume: mixer.reassert,
  })
  const playlists = createPlaylists({ folder, clock, emit })

  const methods = new Map<string, Method>(
    Object.entries({
      'core.get_uri_schemes': () => ['demo', 'm3u'],
      'core.get_version': () => version,
      ...history.methods,
      ...library.methods,
      ...mixer.methods,
      ...playback.methods,
      ...playlists.methods,
      ...tracklist.methods,
    }),
  )

  return {
    methods,
    settle,
    close,
    sound: audio.sound,

    save: (): SavedState => ({
      history: history.save(),
      tracklist: tracklist.save(),
      mixer: mixer.save(),
      playback: playback.save(),
    }),
    restore(saved: SavedState) {
      history.load(saved.history)
      tracklist.load(saved.tracklist)
      mixer.load(saved.mixer)
      playback.load(saved.playback)
      settle()
    },
  }
}
