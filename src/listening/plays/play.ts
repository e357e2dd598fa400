import type { Clock } from '../../clock'
import type { TlTrack, Track } from '../../mopidy/track'
import type { Ender } from '../attribution'
import type { EndReason } from '../end-reason'
import { createHearing } from './hearing'
import type { PlayRow } from './play-rows'
import type { PlayWriter } from './play-writer'

/**
 * A track that was heard up to so many milliseconds before its end counts as finished: an outsider's skip
 * that late looks the same. A skip by one of our users is known as such.
 */
const NEARLY_OVER_MS = 2_000
/** Mopidy sends the event that follows an end at once: within so many milliseconds. */
const ENDING_MS = 1_000
/** The clock was set when it has moved by more than this without the time passing, in milliseconds. */
const CLOCK_STEP_MS = 2_000

export type Play = ReturnType<typeof createPlay>
type PlayOptions = {
  clock: Clock
  writer: PlayWriter
  tlid: number | null
  track: Track
  queuedBy: number | null
  /** The user whose command started it. */
  chosenBy: number | null
  listenedMs: number
  positionMs: number
  /** Its row, if the process before has written one. */
  row?: PlayRow
}

/** One play of a track; it gets a row as soon as a part of it is heard. */
export function createPlay({ clock, writer, row: known, ...options }: PlayOptions) {
  const { tlid, track, queuedBy, chosenBy, listenedMs, positionMs } = options
  const { lengthMs } = track
  const hearing = createHearing({ clock, lengthMs, listenedMs, positionMs, running: false })
  let row = known
  /** Mopidy has said that it is over; the next event tells whether that is so. */
  let ending:
    | { at: number; listenedMs: number; reason: EndReason; ender: Ender | undefined }
    | undefined

  /** When the clock's elapsed milliseconds were 0, by the clock. */
  const zeroMs = () => clock.now() - clock.elapsed()
  let knownZeroMs = zeroMs()

  /** When the clock was set while the play is open, it began at another time than was thought. */
  function correctStart(row: PlayRow): void {
    const stepMs = zeroMs() - knownZeroMs
    if (Math.abs(stepMs) < CLOCK_STEP_MS) return
    knownZeroMs += stepMs
    row.startedAtMs = Math.round(row.startedAtMs + stepMs)
  }

  function save(): void {
    if (row === undefined) return writer.flush()
    correctStart(row)
    row.listenedMs = hearing.listenedMs()
    row.positionMs = hearing.positionMs()
    row.savedAtMs = clock.now()
    writer.write(row)
  }

  const isEnding = () => ending !== undefined && clock.elapsed() - ending.at <= ENDING_MS

  const play = {
    tlid,
    track,
    hearing,
    save,
    isEnding,
    savedAtMs: () => row?.savedAtMs,
    savedPositionMs: () => row?.positionMs ?? 0,

    isOf: (other: TlTrack) => tlid === other.tlid && track.uri === other.track.uri,

    /** Whether it has been heard up to its end. */
    isWhole: () => lengthMs !== null && hearing.positionMs() >= lengthMs,

    /**
     * Whether it has been heard up to its end, or nearly so; `saidMs` is the place that Mopidy says, which
     * is the full length when a track has come to its end.
     */
    isNearlyOver(saidMs = 0): boolean {
      if (lengthMs === null) return false
      const furthestMs = Math.max(saidMs, hearing.positionMs())
      return furthestMs >= lengthMs - Math.min(NEARLY_OVER_MS, lengthMs / 10)
    },

    /** It is heard from now on; `by` let it go on, and counts as its starter when nobody else does. */
    run(by: number | null = null): void {
      hearing.run()
      play.beginRow({ by })
      save()
    },

    /** Gives it a row, unless it has one. */
    beginRow({
      by = null,
      startedAtMs = clock.now() - hearing.listenedMs(),
    }: {
      by?: number | null
      startedAtMs?: number
    } = {}): void {
      const startedBy = chosenBy ?? by
      const unheard = { listenedMs: 0, positionMs: 0, savedAtMs: 0 }
      if (row !== undefined) return
      knownZeroMs = zeroMs()
      row = { tlid, track, queuedBy, startedBy, startedAtMs, ...unheard }
    },

    halt(): void {
      hearing.halt()
      if (row === undefined || hearing.listenedMs() > 0) return save()
      // A track chosen while paused starts and halts at once: it is not heard until somebody resumes it.
      row.end = { reason: 'stopped', endedBy: null }
      writer.write(row)
      row = undefined
    },

    /** Mopidy says that it is over; after two quick skips it says so of the track that goes on, too. */
    beginEnding(reason: EndReason, ender: Ender | undefined): void {
      ending = { at: clock.elapsed(), listenedMs: hearing.listenedMs(), reason, ender }
    },

    /** It is over: in the way that Mopidy has said just before, or else in the given way. */
    end(otherwise: EndReason, endedBy: Ender | undefined): void {
      hearing.halt()
      if (row === undefined) return
      correctStart(row)
      const said = isEnding() ? ending : undefined
      const { reason, ender } = said ?? { reason: otherwise, ender: endedBy }
      row.listenedMs = said?.listenedMs ?? hearing.listenedMs()
      row.end = { reason, endedBy: ender?.userId ?? null }
      writer.write(row)
    },
  }
  return play
}
