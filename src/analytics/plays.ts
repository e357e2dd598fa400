import type { Command } from '../actions/actions'
import type { Clock } from '../clock'
import { reasonOf } from '../errors'
import type { Log } from '../log'
import type { MopidyEvent } from '../mopidy/events'
import type { PlaybackState } from '../mopidy/player'
import { readTlTrack, type TlTrack, type Track } from '../mopidy/track'
import type { Attribution, Ender, Heard } from './attribution'
import { createHearing, type Hearing, NOTICED_LATE_MS } from './hearing'
import type { EndReason, PlayRow, PlayRows } from './play-rows'
import { createPlayWriter } from './play-writer'

/** The track that is being heard. */
type Play = {
  tlid: number | null
  track: Track
  queuedBy: number | null
  chosenBy: number | null
  hearing: Hearing
  /** From when something was heard. */
  row?: PlayRow
  /** Mopidy has said that it is over; what follows tells whether that is so. */
  ending?: Readonly<{ at: number; listenedMs: number; reason: EndReason; ender: Ender | undefined }>
  /** While Mopidy is away: the milliseconds that have passed since. */
  awayMs?: () => number
}

/** What Mopidy says plays, after a time in which it was not heard. */
export type Found = Readonly<{
  state: PlaybackState
  current: TlTrack | null
  positionMs: number
  /** When Mopidy has last started this track, in its own Unix milliseconds. */
  startedAtMs: number | undefined
  /** Whether it is still the same Mopidy, whose tlids mean what they meant. */
  sameLife: boolean
  /** Whether it has been restarted and has restored its state. */
  restored: boolean
  /** Whether its start was heard while Mopidy was being asked. */
  startHeard: boolean
}>

/**
 * Heard up to so close to its end, a track was heard to its end, in milliseconds: an outsider's skip
 * that late cannot be told from it. Of our own people's commands it is known.
 */
export const NEARLY_OVER_MS = 2_000
const SAVE_EVERY_MS = 10_000
/** What follows an end comes at once; in milliseconds. */
const ENDING_MS = 1_000
/** How long a restored Mopidy may take to play again, in milliseconds. */
const RESTORING_MS = 5_000
/** The place that Mopidy says is a little behind, when a track has just begun. */
const JUST_BEGUN_MS = 50

const NOT_SAVED = { savedAtMs: Number.POSITIVE_INFINITY, positionMs: 0 }

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
  /** When a restored Mopidy was found that did not play yet. */
  let restoredAt: number | undefined
  takeUp()
  const saving = setInterval(() => guarded(save), SAVE_EVERY_MS)
  saving.unref()

  /** What the process before has left open; Mopidy will tell whether it still plays. */
  function takeUp(): void {
    const row = writer.takeUp()
    if (row === undefined) return
    const { tlid, track, queuedBy, startedBy: chosenBy, listenedMs, positionMs, savedAtMs } = row
    const hearing = createHearing({ clock, listenedMs, positionMs, running: false })
    play = { tlid, track, queuedBy, chosenBy, hearing, row }
    play.awayMs = () => {
      const awayMs = clock.now() - savedAtMs
      // Below 0 the clock was set back, and says nothing.
      return awayMs < 0 ? Number.POSITIVE_INFINITY : awayMs
    }
    last = { tlid, lengthMs: track.lengthMs }
  }

  function hear({ name, data }: MopidyEvent): void {
    const positionMs = typeof data.time_position === 'number' ? data.time_position : 0
    switch (name) {
      case 'track_playback_started':
        return started(readTlTrack(data.tl_track))
      case 'track_playback_paused':
        return paused()
      case 'track_playback_resumed':
        return resumed(readTlTrack(data.tl_track), positionMs)
      case 'seeked':
        play?.hearing.moveTo(positionMs)
        return save()
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
    const goesOn = play !== undefined && isOf(play, tlTrack) && !isEnding(play)
    if (play?.awayMs !== undefined && !goesOn) close('lost', undefined)
    delete play?.awayMs
    if (play !== undefined && !goesOn) end(isNearlyOver(play, 0) ? 'finished' : 'replaced')
    const chosenBy = attribution.starterOf(tlTrack.tlid, last)
    if (!goesOn) open(tlTrack, { chosenBy, positionMs: 0, listenedMs: 0 })
    run()
  }

  function paused(): void {
    play?.hearing.halt()
    if (play?.row === undefined || play.hearing.listenedMs() > 0) return save()
    // A track chosen while paused starts and halts at once: it is heard when somebody lets it go on.
    discard(play.row)
    delete play.row
  }

  function discard(row: PlayRow): void {
    row.end = { reason: 'stopped', endedBy: null }
    writer.write(row)
  }

  function resumed(tlTrack: TlTrack | undefined, positionMs: number): void {
    const resumer = attribution.resumerOf()
    if (tlTrack === undefined) return
    // A pause while it was stopped has loaded a track without a word.
    if (play === undefined) open(tlTrack, { chosenBy: null, positionMs, listenedMs: 0 })
    run(resumer)
  }

  function ended(tlTrack: TlTrack | undefined, positionMs: number): void {
    if (tlTrack !== undefined) last = { tlid: tlTrack.tlid, lengthMs: tlTrack.track.lengthMs }
    // After `stop` a stale one comes at the next play; by then nothing is open, or another track.
    if (play === undefined || (tlTrack !== undefined && tlTrack.tlid !== play.tlid)) return
    const ender = enderOf(play)
    const reason = ender?.reason ?? (isNearlyOver(play, positionMs) ? 'finished' : 'skipped')
    // After two skips in quick succession it is said once too often, of the track that goes on.
    play.ending = { at: clock.elapsed(), listenedMs: play.hearing.listenedMs(), reason, ender }
  }

  function stopped(): void {
    if (play !== undefined) end(isNearlyOver(play, 0) ? 'finished' : 'stopped')
    if (last !== undefined) attribution.spendAtStop(last)
  }

  /** It is over; `otherwise` is how when no command of ours tells. */
  function end(otherwise: EndReason): void {
    if (play === undefined) return
    if (isEnding(play)) return close(play.ending.reason, play.ending.ender)
    const ender = enderOf(play)
    close(ender?.reason ?? otherwise, ender)
  }

  const enderOf = ({ tlid, track }: Play) => attribution.enderOf({ tlid, lengthMs: track.lengthMs })

  function isEnding(one: Play): one is Play & Required<Pick<Play, 'ending'>> {
    return one.ending !== undefined && clock.elapsed() - one.ending.at <= ENDING_MS
  }

  // Mopidy says the full length of a track that has come to its end, wherever that was.
  function isNearlyOver({ track: { lengthMs }, hearing }: Play, positionMs: number): boolean {
    if (lengthMs === null) return false
    const furthest = Math.max(positionMs, hearing.positionMs())
    return furthest >= lengthMs - Math.min(NEARLY_OVER_MS, lengthMs / 10)
  }

  function isWhole({ track: { lengthMs }, hearing }: Play): boolean {
    return lengthMs !== null && hearing.positionMs() >= lengthMs
  }

  function open(
    { tlid, track }: TlTrack,
    how: { chosenBy: number | null; positionMs: number; listenedMs: number },
  ): void {
    const { chosenBy, positionMs, listenedMs } = how
    const hearing = createHearing({ clock, positionMs, listenedMs, running: false })
    play = { tlid, track, queuedBy: attribution.queuerOf(tlid, track.uri), chosenBy, hearing }
    last = { tlid, lengthMs: track.lengthMs }
  }

  function run(by: number | null = null): void {
    if (play === undefined) return
    play.hearing.run()
    beginRow(play, { by })
    save()
  }

  /** It is heard: because of whoever chose it, or else of whoever let it go on. */
  function beginRow(
    heard: Play,
    {
      by = null,
      startedAtMs = clock.now() - heard.hearing.listenedMs(),
    }: { by?: number | null; startedAtMs?: number | undefined } = {},
  ): void {
    const { tlid, track, queuedBy, chosenBy } = heard
    const startedBy = chosenBy ?? by
    const unheard = { listenedMs: 0, positionMs: 0, savedAtMs: 0 }
    heard.row ??= { tlid, track, queuedBy, startedBy, startedAtMs, ...unheard }
  }

  function close(reason: EndReason, ender: Ender | undefined): void {
    if (play === undefined) return
    const { hearing, row } = play
    const listenedMs = isEnding(play) ? play.ending.listenedMs : hearing.listenedMs()
    play = undefined
    hearing.halt()
    if (row === undefined) return
    row.listenedMs = listenedMs
    row.end = { reason, endedBy: ender?.userId ?? null }
    writer.write(row)
  }

  /** What a restored Mopidy has not taken up by now, it will not. */
  function giveUp(): void {
    if (restoredAt === undefined || clock.elapsed() - restoredAt < RESTORING_MS) return
    restoredAt = undefined
    if (play?.awayMs !== undefined) close('lost', undefined)
  }

  function save(): void {
    giveUp()
    // While Mopidy is away nothing new is known.
    if (play?.row === undefined || play.awayMs !== undefined) return writer.flush()
    const { hearing, row } = play
    row.listenedMs = hearing.listenedMs()
    row.positionMs = hearing.positionMs()
    row.savedAtMs = clock.now()
    writer.write(row)
  }

  /** Mopidy is away; what is heard meanwhile it will tell. */
  function lose(): void {
    attribution.forget()
    if (play === undefined || play.awayMs !== undefined) return
    if (isEnding(play)) return close(play.ending.reason, play.ending.ender)
    play.hearing.halt()
    save()
    const at = clock.elapsed()
    play.awayMs = () => clock.elapsed() - at
  }

  function find(found: Found): void {
    const { state, current, positionMs, sameLife, restored } = found
    const awayMs = play?.awayMs?.() ?? Number.POSITIVE_INFINITY
    // It answers before it plays again what it has restored.
    restoredAt = restored && current === null && state === 'stopped' ? clock.elapsed() : undefined
    if (restoredAt !== undefined) return
    if (play !== undefined && sameLife && goesOn(play, found)) {
      // A stream is never taken to its place again.
      if (found.restored && play.track.lengthMs === null)
        play.hearing.startOverAt(positionMs, awayMs)
      else play.hearing.goOnAt(positionMs, awayMs)
      delete play.awayMs
      if (play.hearing.listenedMs() > 0) beginRow(play)
    } else {
      close('lost', undefined)
      if (current === null || state === 'stopped') return attribution.forget()
      openFound(current, found, awayMs)
    }
    // What was commanded meanwhile is in what was found.
    attribution.forget()
    if (state === 'playing') run()
    else save()
  }

  /** Of what began while nobody listened here Mopidy knows when, and how far it has come. */
  function openFound(current: TlTrack, found: Found, awayMs: number): void {
    const { positionMs, startedAtMs, startHeard } = found
    const sinceStartMs = clock.now() - (startedAtMs ?? Number.NEGATIVE_INFINITY)
    const isKnown = sinceStartMs >= 0 && Number.isFinite(sinceStartMs)
    const listenedMs = Math.min(positionMs, awayMs, isKnown ? sinceStartMs : positionMs)
    const chosenBy = startHeard ? attribution.starterOf(current.tlid, last) : null
    open(current, { chosenBy, positionMs, listenedMs })
    if (play === undefined || listenedMs === 0) return
    beginRow(play, isKnown ? { startedAtMs } : {})
  }

  /** Whether what is found is the known play; it may also be the same track from its beginning. */
  function goesOn(known: Play, found: Found): boolean {
    const { state, current, positionMs, startedAtMs = 0, restored } = found
    if (current === null || state === 'stopped' || !isOf(known, current)) return false
    const { savedAtMs, positionMs: savedMs } = known.row ?? NOT_SAVED
    const isStartedSince = startedAtMs > savedAtMs
    if (!isStartedSince) return true
    // After a restart it goes on where it was.
    if (restored) return known.track.lengthMs === null || positionMs >= savedMs - NOTICED_LATE_MS
    // Started once more it cannot have come further than there was time.
    return positionMs > clock.now() - startedAtMs + JUST_BEGUN_MS
  }

  const isOf = ({ tlid, track }: Play, current: TlTrack) =>
    tlid === current.tlid && track.uri === current.track.uri

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
    note(command: Command): void {
      const heardWhole = play !== undefined && isWhole(play) ? play.tlid : null
      attribution.note(command, heardWhole)
    },

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
