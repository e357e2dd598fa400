import type { DemoClock } from '../clock'
import type { Track } from '../models/models'

/** The messages of the audio to the core; their order is the order of Mopidy's events. */
export type AudioListener = {
  onStreamChanged(): void
  onPositionChanged(): void
  onPaused(): void
  onAboutToFinish(): void
  onEndOfStream(): void
  onStreamTitle(title: string): void
}

/** The stream that is loaded, and where it is. */
type Sound = Readonly<{
  /** The number of the stream, counted from 1; null when none is loaded. */
  stream: number | null
  /** Whether the core has got `onStreamChanged` for it. */
  announced: boolean
  running: boolean
  positionMs: number
  /** Milliseconds to the end of the track; infinite while it does not run, and for a radio stream. */
  leftMs: number
}>

export type Audio = ReturnType<typeof createAudio>

/**
 * GStreamer's pipeline as the core sees it: its states and messages, without sound. A message reaches
 * the core after the call that caused it; a change of stream drops the messages that wait.
 */
export function createAudio(services: {
  clock: DemoClock
  listener: AudioListener
  /** Queues a message for the core. */
  post(message: () => void): void
  /** Drops the queued messages. */
  flush(): void
  /** Runs what a timer has started, then delivers its messages. */
  wake(run: () => void): void
  titles: string[]
}) {
  const { clock, listener, post, flush, wake, titles } = services
  let state: 'null' | 'ready' | 'paused' | 'playing' = 'null'
  let track: Track | null = null
  let gapless: Track | null = null
  let finishing = false
  let offset = 0
  let runningSince: number | null = null
  let streams = 0
  let stream: number | null = null
  let announced: number | null = null
  let endTimer: unknown = null
  let titleTimer: unknown = null
  let titleIndex = 0

  function position(): number {
    if (runningSince === null) return offset
    const reached = Math.floor(offset + clock.elapsed() - runningSince)
    return Math.min(reached, track?.length ?? reached)
  }

  function run() {
    runningSince = clock.elapsed()
    if (track?.length !== undefined) {
      endTimer = clock.setTimeout(() => wake(finish), track.length - offset)
    } else announceTitles()
  }

  function halt(at: number) {
    clock.clearTimeout(endTimer)
    clock.clearTimeout(titleTimer)
    endTimer = titleTimer = runningSince = null
    offset = at
  }

  function load() {
    offset = 0
    streams += 1
    const loaded = streams
    stream = loaded
    post(() => {
      announced = loaded
      listener.onStreamChanged()
    })
  }

  function finish() {
    halt(track?.length ?? 0)
    finishing = true
    gapless = null
    listener.onAboutToFinish()
    finishing = false
    if (gapless === null) {
      stream = null
      return listener.onEndOfStream()
    }
    track = gapless
    load()
    run()
  }

  function announceTitles() {
    const title = titles[titleIndex++ % titles.length]
    if (title !== undefined) post(() => listener.onStreamTitle(title))
    titleTimer = clock.setTimeout(() => wake(announceTitles), TITLE_EVERY_MS)
  }

  function leave(next: 'null' | 'ready') {
    state = next
    stream = null
    halt(0)
    flush()
  }

  return {
    position,
    sound: (): Sound => ({
      stream,
      announced: announced === stream,
      running: runningSince !== null,
      positionMs: position(),
      leftMs: runningSince === null ? Infinity : (track?.length ?? Infinity) - position(),
    }),

    /** Loads a track; in answer to `onAboutToFinish` it follows the running one without a gap. */
    setTrack(next: Track) {
      if (finishing) gapless = next
      else track = next
    },
    prepareChange: () => leave('ready'),

    play(): boolean {
      if (track === null) return false
      if (state === 'playing') return true
      if (state !== 'paused') load()
      state = 'playing'
      run()
      return true
    },
    pause(): boolean {
      if (track === null) return false
      if (state === 'playing') halt(position())
      else if (state !== 'paused') load()
      state = 'paused'
      post(() => listener.onPaused())
      return true
    },
    stop(): boolean {
      leave('null')
      return true
    },
    seek(ms: number): boolean {
      if (state !== 'playing' && state !== 'paused') return false
      halt(ms)
      if (state === 'playing') run()
      post(() => listener.onPositionChanged())
      return true
    },
    close: () => halt(0),
  }
}

const TITLE_EVERY_MS = 45_000
