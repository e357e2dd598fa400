import type { Command } from '../actions/actions'
import type { Clock } from '../clock'
import { reasonOf } from '../errors'
import type { Log } from '../log'
import type { MopidyEvent } from '../mopidy/events'
import type { PlaybackState } from '../mopidy/player'
import { readTlTrack, type TlTrack } from '../mopidy/track'
import type { Attribution, Heard } from './attribution'
import type { EndReason } from './end-reason'
import { NOTICED_LATE_MS } from './hearing'
import { createPlay, type Play } from './play'
import type { PlayRows } from './play-rows'
import { createPlayWriter } from './play-writer'

/** What Mopidy says plays, after a time in which it was not heard. */
export type Found = Readonly<{
  state: PlaybackState
  current: TlTrack | null
  positionMs: number
  /** When Mopidy has last started this track, in its own Unix milliseconds. */
  startedAtMs: number | undefined
  /** Whether it is still the same Mopidy, whose tlids mean what they meant. */
  sameTlids: boolean
  /** Whether it has been restarted and has restored its state. */
  restored: boolean
  /** Whether its start was heard while Mopidy was being asked. */
  startHeard: boolean
}>

const SAVE_EVERY_MS = 10_000
/** How long a restored Mopidy may take to play again, in milliseconds. */
const RESTORING_MS = 5_000
/** The place that Mopidy says is a little behind, when a track has just begun. */
const JUST_BEGUN_MS = 50

export type Plays = ReturnType<typeof createPlays>
export type PlaysOptions = {
  rows: PlayRows
  attribution: Attribution
  clock: Clock
  log: Log
}

/** Keeps a row of `plays` for each track that is heard, from Mopidy's events, whoever caused them. */
export function createPlays({ rows, attribution, clock, log }: PlaysOptions) {
  const writer = createPlayWriter({ rows, log })
  let play: Play | undefined
  /** The track that is heard, or was before it was silent. */
  let last: Heard | undefined
  /** While Mopidy is away: the milliseconds that have passed since. */
  let awayMs: (() => number) | undefined
  /** When a restored Mopidy was found that did not play yet. */
  let restoredAt: number | undefined
  takeUp()
  const saving = setInterval(() => guarded(save), SAVE_EVERY_MS)
  saving.unref()

  /** What the process before has left open; Mopidy will tell whether it still plays. */
  function takeUp(): void {
    const row = writer.takeUp()
    if (row === undefined) return
    play = createPlay({ ...row, clock, writer, chosenBy: row.startedBy, row })
    last = heardIn(row)
    const { savedAtMs } = row
    // Below 0 the clock was set back, and says nothing.
    awayMs = () => (clock.now() >= savedAtMs ? clock.now() - savedAtMs : Number.POSITIVE_INFINITY)
  }

  function hear({ name, data }: MopidyEvent): void {
    const positionMs = typeof data.time_position === 'number' ? data.time_position : 0
    // A restored Mopidy that takes up what it played begins with its start.
    const isTakenUp = name === 'track_playback_started' || data.new_state === 'playing'
    if (awayMs !== undefined && !isTakenUp) loseTrace()
    switch (name) {
      case 'track_playback_started':
        return started(readTlTrack(data.tl_track))
      case 'track_playback_paused':
        return play?.halt()
      case 'track_playback_resumed':
        return resumed(readTlTrack(data.tl_track), positionMs)
      case 'seeked':
        play?.hearing.moveTo(positionMs)
        return play?.save()
      case 'track_playback_ended':
        return ended(readTlTrack(data.tl_track), positionMs)
      case 'playback_state_changed':
        if (data.new_state === 'stopped') stopped()
    }
  }

  function started(tlTrack: TlTrack | undefined): void {
    if (tlTrack === undefined) return
    // Without an end before it, the same track goes on: a seek has called back the one that was to
    // follow, or Mopidy has taken up what it played before its restart.
    const goesOn = play?.isOf(tlTrack) === true && !play.isEnding()
    if (!goesOn && awayMs !== undefined) loseTrace()
    else if (!goesOn) end('replaced')
    awayMs = undefined
    restoredAt = undefined
    const chosenBy = attribution.starterOf(tlTrack.tlid, last)
    if (!goesOn) open(tlTrack, { chosenBy, positionMs: 0, listenedMs: 0 })
    play?.run()
  }

  function resumed(tlTrack: TlTrack | undefined, positionMs: number): void {
    const resumer = attribution.resumerOf()
    if (tlTrack === undefined) return
    // A pause while it was stopped has loaded a track without a word.
    if (play === undefined) open(tlTrack, { chosenBy: null, positionMs, listenedMs: 0 })
    play?.run(resumer)
  }

  function ended(tlTrack: TlTrack | undefined, positionMs: number): void {
    if (tlTrack !== undefined) last = heardIn(tlTrack)
    // After `stop` a stale one comes at the next play; by then nothing is open, or another track.
    if (play === undefined || (tlTrack !== undefined && tlTrack.tlid !== play.tlid)) return
    const ender = attribution.enderOf(heardIn(play))
    const otherwise = play.isNearlyOver(positionMs) ? 'finished' : 'skipped'
    play.beginEnding(ender?.reason ?? otherwise, ender)
  }

  function stopped(): void {
    end('stopped')
    if (last !== undefined) attribution.spendAtStop(last)
  }

  /** It is over; `otherwise` is how when it was not to its end and no command of ours tells. */
  function end(otherwise: EndReason): void {
    if (play === undefined) return
    const ender = attribution.enderOf(heardIn(play))
    const unexplained = play.isNearlyOver() ? 'finished' : otherwise
    play.end(ender?.reason ?? unexplained, ender)
    play = undefined
  }

  function close(reason: EndReason): void {
    play?.end(reason, undefined)
    play = undefined
  }

  function open(
    { tlid, track }: TlTrack,
    how: { chosenBy: number | null; positionMs: number; listenedMs: number },
  ): void {
    const queuedBy = attribution.queuerOf(tlid, track.uri)
    play = createPlay({ clock, writer, tlid, track, queuedBy, ...how })
    last = heardIn(play)
  }

  function save(): void {
    // What a restored Mopidy has not taken up by now, it will not.
    if (restoredAt !== undefined && clock.elapsed() - restoredAt >= RESTORING_MS) loseTrace()
    // While Mopidy is away nothing new is known.
    if (play === undefined || awayMs !== undefined) writer.flush()
    else play.save()
  }

  /** What was heard before Mopidy was away is not heard any more. */
  function loseTrace(): void {
    restoredAt = undefined
    awayMs = undefined
    close('lost')
  }

  /** Mopidy is away; what is heard meanwhile it will tell. */
  function lose(): void {
    attribution.forget()
    if (play === undefined || awayMs !== undefined) return
    if (play.isEnding()) return close('lost')
    play.hearing.halt()
    play.save()
    const at = clock.elapsed()
    awayMs = () => clock.elapsed() - at
  }

  function find(found: Found): void {
    const { state, current, positionMs, restored } = found
    const mostMs = play === undefined ? undefined : awayMs?.()
    // It answers before it plays again what it has restored.
    restoredAt = restored && current === null && state === 'stopped' ? clock.elapsed() : undefined
    if (restoredAt !== undefined) return
    awayMs = undefined
    if (play !== undefined && goesOn(play, found)) {
      // A stream is never taken to its place again.
      const isAnew = restored && play.track.lengthMs === null
      if (isAnew) play.hearing.startOverAt(positionMs, mostMs)
      else play.hearing.goOnAt(positionMs, mostMs)
      if (play.hearing.listenedMs() > 0) play.beginRow()
    } else {
      close('lost')
      if (current !== null && state !== 'stopped') openFound(current, found, mostMs)
    }
    // What was commanded meanwhile is in what was found.
    attribution.forget()
    if (state === 'playing') play?.run()
    else play?.save()
  }

  /** Of what began while nobody listened here Mopidy knows when, and how far it has come. */
  function openFound(current: TlTrack, found: Found, mostMs = Number.POSITIVE_INFINITY): void {
    const { positionMs, startedAtMs, startHeard } = found
    const sinceStartMs = startedAtMs === undefined ? -1 : clock.now() - startedAtMs
    const listenedMs = Math.min(positionMs, mostMs, sinceStartMs < 0 ? positionMs : sinceStartMs)
    const chosenBy = startHeard ? attribution.starterOf(current.tlid, last) : null
    open(current, { chosenBy, positionMs, listenedMs })
    if (listenedMs > 0)
      play?.beginRow(startedAtMs === undefined || sinceStartMs < 0 ? {} : { startedAtMs })
  }

  /** Whether what is found is the known play; it may also be the same track from its beginning. */
  function goesOn(known: Play, found: Found): boolean {
    const { state, current, positionMs, startedAtMs = 0, sameTlids, restored } = found
    if (!sameTlids || current === null || state === 'stopped' || !known.isOf(current)) return false
    if (startedAtMs <= (known.savedAtMs() ?? Number.POSITIVE_INFINITY)) return true
    // After a restart it goes on where it was.
    const isStream = known.track.lengthMs === null
    if (restored) return isStream || positionMs >= known.savedPositionMs() - NOTICED_LATE_MS
    // Started once more it cannot have come further than there was time.
    return positionMs > clock.now() - startedAtMs + JUST_BEGUN_MS
  }

  // Statistics must never cost anyone the music.
  function guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      log.error({ reason: reasonOf(error) }, 'cannot follow what is heard')
    }
  }

  return {
    /** To be told of every command that worked. */
    note: (command: Command): void =>
      attribution.note(command, play?.isWhole() === true ? play.tlid : null),

    hear: (event: MopidyEvent): void => guarded(() => hear(event)),

    /** Mopidy is away. */
    lose: (): void => guarded(lose),

    /** Mopidy is back, and this is what it plays. */
    find: (found: Found): void => guarded(() => find(found)),

    /** Writes down how long the current track has been heard so far. */
    save: (): void => guarded(save),

    /** Leaves the current play open: who comes next finds out how it went on. */
    close(): void {
      clearInterval(saving)
      guarded(lose)
    },
  }
}

const heardIn = ({ tlid, track }: Pick<Play, 'tlid' | 'track'>): Heard => ({
  tlid,
  lengthMs: track.lengthMs,
})
