import type { DemoClock } from '../clock'
import type { Track } from './models'

/** What the audio tells the core; the order of these calls is the order of Mopidy's events. */
export type AudioListener = {
  onStreamChanged(): void
  onPositionChanged(): void
  onPaused(): void
  onAboutToFinish(): void
  onEndOfStream(): void
  onStreamTitle(title: string): void
}

/** What can be heard. */
export type Sound = Readonly<{
  /** Counts the streams; null when none is loaded. */
  stream: number | null
  /** Whether the core has been told of it. */
  announced: boolean
  running: boolean
  positionMs: number
  /** To the end of the track while it runs; of a stream without end. */
  leftMs: number
}>

export type Audio = ReturnType<typeof createAudio>

/**
 * The sound pipeline as far as the core can tell: no sound, but GStreamer's states and messages.
 * Messages are posted and heard after the call that caused them; leaving a stream drops them.
 */
export function createAudio(services: {
  clock: DemoClock
  listener: AudioListener
  post(message: () => void): void
  flush(): void
  /** A timer went off: run this with the core to itself. */
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

    /** Chooses what plays next; while the running track is ending it follows without a gap. */
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
