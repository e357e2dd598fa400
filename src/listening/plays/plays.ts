import type { Command } from '../../actions/actions'
import type { Clock } from '../../clock'
import { every, guarded } from '../../guard'
import type { Log } from '../../log'
import type { MopidyEvent } from '../../mopidy/events'
import { readTlTrack, type TlTrack } from '../../mopidy/track'
import type { Attribution, Heard } from '../attribution'
import type { EndReason } from '../end-reason'
import { createAbsence } from './absence'
import { type Found, goesOn, heardBefore } from './found'
import { createPlay, type Play } from './play'
import type { PlayRows } from './play-rows'
import { createPlayWriter } from './play-writer'

const SAVE_EVERY_MS = 10_000
export type Plays = ReturnType<typeof createPlays>
type PlaysOptions = {
  rows: PlayRows
  attribution: Attribution
  clock: Clock
  log: Log
}

/** Keeps a row of `plays` for each track that is heard, by Mopidy's events, whoever caused them. */
export function createPlays({ rows, attribution, clock, log }: PlaysOptions) {
  const writer = createPlayWriter({ rows, log })
  let play: Play | undefined
  /** The track that is heard, or the last one that was. */
  let last: Heard | undefined
  const absence = createAbsence(clock)
  takeUp()
  const following = { what: 'follow what is heard', log }
  const stopSaving = every(SAVE_EVERY_MS, following, save)

  /** Takes up the play that the process before left open; Mopidy will tell whether it still goes on. */
  function takeUp(): void {
    const row = writer.takeUp()
    if (row === undefined) return
    play = createPlay({ ...row, clock, writer, chosenBy: row.startedBy, row })
    last = heardIn(row)
    absence.beginAt(row.savedAtMs)
  }

  function hear({ name, data }: MopidyEvent): void {
    const positionMs = typeof data.time_position === 'number' ? data.time_position : 0
    // A restored Mopidy that plays again what it played says so first with one of these events.
    const isTakenUp = name === 'track_playback_started' || data.new_state === 'playing'
    if (absence.isOn() && !isTakenUp) loseTrace()
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
    // A start of the same track without an end before it is no new play: a seek has called back the
    // next track, or Mopidy plays again what it played before its restart.
    const isSame = play?.isOf(tlTrack) === true && !play.isEnding()
    if (!isSame && absence.isOn()) loseTrace()
    else if (!isSame) end('replaced')
    absence.end()
    const chosenBy = attribution.takeStarter(tlTrack.tlid, last)
    if (!isSame) open(tlTrack, { chosenBy, positionMs: 0, listenedMs: 0 })
    play?.run()
  }

  function resumed(tlTrack: TlTrack | undefined, positionMs: number): void {
    const resumer = attribution.takeResumer()
    if (tlTrack === undefined) return
    // A pause while Mopidy was stopped has loaded a track, without an event.
    if (play === undefined) open(tlTrack, { chosenBy: null, positionMs, listenedMs: 0 })
    play?.run(resumer)
  }

  function ended(tlTrack: TlTrack | undefined, positionMs: number): void {
    if (tlTrack !== undefined) last = heardIn(tlTrack)
    // After `stop`, Mopidy sends the end of the stopped track at the next play: it is over already.
    if (play === undefined || (tlTrack !== undefined && tlTrack.tlid !== play.tlid)) return
    const ender = attribution.enderOf(heardIn(play))
    const otherwise = play.isNearlyOver(positionMs) ? 'finished' : 'skipped'
    play.beginEnding(ender?.reason ?? otherwise, ender)
  }

  function stopped(): void {
    end('stopped')
    if (last !== undefined) attribution.forgetAtStop(last)
  }

  /** Ends the play as our command says, or as finished, or else in the way that the event suggests. */
  function end(suggested: EndReason): void {
    if (play === undefined) return
    const ender = attribution.enderOf(heardIn(play))
    const unexplained = play.isNearlyOver() ? 'finished' : suggested
    play.end(ender?.reason ?? unexplained, ender)
    play = undefined
  }

  /** Ends the play of which nobody can tell how it ended. */
  function endAsLost(): void {
    play?.end('lost', undefined)
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
    if (absence.waitedInVain()) loseTrace()
    // While Mopidy is away nothing new is known of the play.
    if (play === undefined || absence.isOn()) writer.flush()
    else play.save()
  }

  /** The play from before the absence does not go on. */
  function loseTrace(): void {
    absence.end()
    endAsLost()
  }

  /**
   * Mopidy is away, and was silent for `silentMs` before that was noticed; once it is back it will tell
   * what was heard meanwhile.
   */
  function lose(silentMs = 0): void {
    attribution.forget()
    if (play === undefined || absence.isOn()) return
    if (play.isEnding()) return endAsLost()
    play.hearing.halt(silentMs)
    play.save()
    absence.begin(silentMs)
  }

  function find(found: Found): void {
    const { state, current, positionMs, restored } = found
    const mostMs = play === undefined ? undefined : absence.durationMs()
    // Mopidy answers before it plays again what it has restored.
    if (restored && current === null && state === 'stopped') return absence.awaitRestored()
    absence.end()
    if (play !== undefined && goesOn(play, found, clock.now())) {
      // A restored Mopidy does not seek in a stream: it begins anew.
      const isAnew = restored && play.track.lengthMs === null
      if (isAnew) play.hearing.startOverAt(positionMs, mostMs)
      else play.hearing.goOnAt(positionMs, mostMs)
      if (play.hearing.listenedMs() > 0) play.beginRow()
    } else {
      endAsLost()
      if (current !== null && state !== 'stopped') openFound(current, found, mostMs)
    }
    // What was found shows the effects of the commands that were given meanwhile.
    attribution.forget()
    if (state === 'playing') play?.run()
    else play?.save()
  }

  /** Opens the play of a track that began during the absence; Mopidy knows when, and how far it is. */
  function openFound(current: TlTrack, found: Found, mostMs?: number): void {
    const { listenedMs, ...start } = heardBefore(found, clock.now(), mostMs)
    const chosenBy = found.startHeard ? attribution.takeStarter(current.tlid, last) : null
    open(current, { chosenBy, positionMs: found.positionMs, listenedMs })
    if (listenedMs > 0) play?.beginRow(start)
  }

  return {
    /** Takes note of a command that Mopidy has carried out. */
    note: (command: Command): void =>
      attribution.note(command, play?.isWhole() === true ? play.tlid : null),

    hear: (event: MopidyEvent): void => void guarded(following, () => hear(event)),

    /** Mopidy is away; its last sign of life was `silentMs` milliseconds ago. */
    lose: (silentMs: number): void => void guarded(following, () => lose(silentMs)),

    /** Mopidy is back, or Musakone is new, and this is what Mopidy plays. */
    find: (found: Found): void => void guarded(following, () => find(found)),

    /** Writes down how long the current track has been heard so far. */
    save: (): void => void guarded(following, save),

    /** Plays since the start that no statistics count, because a total could not be written. */
    uncounted: writer.uncounted,

    /** Leaves the row of the current play open: the next process finds out how the play went on. */
    close(): void {
      stopSaving()
      guarded(following, lose)
    },
  }
}

const heardIn = ({ tlid, track }: Pick<Play, 'tlid' | 'track'>): Heard => ({
  tlid,
  lengthMs: track.lengthMs,
})
