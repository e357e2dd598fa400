import type { Command } from '../actions/actions'
import type { Before } from '../actions/before'
import type { Clock } from '../clock'
import { readTlTracks } from '../mopidy/track'
import type { EndReason } from './end-reason'
import type { Queuers } from './queuers'

/** A command may take so long to have its effect, in milliseconds: Mopidy fetches a stream first. */
const LONGEST_MS = 30_000
const MOST_KEPT = 100

/** How a track was ended, and by which user; null while incognito. */
export type Ender = Readonly<{ userId: number | null; reason: EndReason }>
/** A track that was heard. */
export type Heard = Readonly<{ tlid: number | null; lengthMs: number | null }>

/** What a command does to the sound. */
type Effect = {
  /** It ends the current track, in this way. */
  ends?: EndReason
  /** It starts another track. */
  starts?: true
  /** The tlid of that track, if the command names one. */
  plays?: number
  /** It lets a paused track go on. */
  resumes?: true
  /** The place that a seek leads to; only one beyond the end of the track ends it and starts another. */
  seekTo?: number
}
/** A command whose effect has not been heard yet. */
type Pending = Pick<Command, 'before'> &
  Effect & {
    userId: number | null
    /** The clock's elapsed milliseconds when it was noted. */
    at: number
    /** The track that had come to its end by itself by then. */
    heardWhole: number | null
  }

export type Attribution = ReturnType<typeof createAttribution>
type AttributionOptions = { queuers: Queuers; clock: Clock }

/**
 * Finds the user who queued a track, and the users whose commands started and ended it. Mopidy's events
 * name no user and may come late, so each command is kept with the state that Mopidy was in just before
 * it: that state names the track which the command ended, whatever was commanded since. What no command
 * explains was done by an outsider (a program that talks to Mopidy without Musakone), or happened by
 * itself.
 */
export function createAttribution({ queuers, clock }: AttributionOptions) {
  let pending: Pending[] = []

  /** The commands that may still have their effect, oldest first. */
  function recent(): readonly Pending[] {
    const oldest = clock.elapsed() - LONGEST_MS
    pending = pending.filter(({ at }) => at >= oldest).slice(-MOST_KEPT)
    return pending
  }

  /** Drops the commands whose effect will not come, because this command came before it. */
  function revokeBy({ call, before }: Command): void {
    const { action } = call.method
    const isStopped = before.state === 'stopped'
    // A seek within the current track calls back the next one that was about to start.
    if (action === 'seek' && !isStopped && isWithin(call, before))
      pending = pending.filter((one) => one.before.tlid !== before.tlid)
    // While it is stopped, a skip chooses another track than the one that was to start.
    if (isStopped && (action === 'skip' || action === 'previous'))
      pending = pending.filter((one) => one.before.state !== 'stopped')
  }

  return {
    /**
     * Takes note of a command that Mopidy has carried out; `heardWhole` is the tlid of the track that had
     * come to its end by itself by then, if any.
     */
    note(command: Command, heardWhole: number | null): void {
      revokeBy(command)
      const effect = effectOf(command)
      if (effect === undefined) return
      const { before, isPrivate } = command
      const userId = isPrivate ? null : command.userId
      pending.push({ userId, before, heardWhole, at: clock.elapsed(), ...effect })
    },

    /** The user who queued the track with that tlid and address; null when nobody is known. */
    queuerOf: (tlid: number, uri: string): number | null =>
      queuers.entryOf(tlid, uri)?.userId ?? null,

    /** The user whose command ended the track; undefined when no command of ours did. */
    enderOf(heard: Heard): Ender | undefined {
      // The oldest: later commands came while its effect was on its way, and only changed the next track.
      for (const { ends, ...one } of recent()) {
        if (ends === undefined || !wasDuring(one, heard) || !isBeyond(one, heard)) continue
        if (one.heardWhole !== heard.tlid) return { userId: one.userId, reason: ends }
      }
      return undefined
    },

    /**
     * The user whose command started the track that follows the one heard last; null when no command of
     * ours did. Forgets that command and all before it.
     */
    takeStarter(tlid: number, last: Heard | undefined): number | null {
      // A command that was given while this track, or a later one, was current came after its start.
      const isBefore = (one: Pending) =>
        one.before.state === 'stopped' || last === undefined || wasDuring(one, last)
      const mayStart = (one: Pending) =>
        one.starts === true && (one.before.state === 'stopped' || isBeyond(one, last))
      const starter = recent().findLast((one) => isBefore(one) && mayStart(one))
      pending = pending.filter((one) => !isBefore(one))
      // That command named another track, so an outsider's command has come after it.
      if (starter?.plays !== undefined && starter.plays !== tlid) return null
      return starter?.userId ?? null
    },

    /** The user whose command let the paused track go on, or null. Forgets that command. */
    takeResumer(): number | null {
      const resumer = recent().find(({ resumes }) => resumes)
      pending = pending.filter((one) => one !== resumer)
      return resumer?.userId ?? null
    },

    /** The sound has stopped: forgets the commands that were given while the track was heard. */
    forgetAtStop(heard: Heard): void {
      const next = pending.findIndex(({ before }) => before.state === 'stopped')
      pending = pending.filter(
        (one, index) => (index >= next && next >= 0) || !wasDuring(one, heard),
      )
    },

    /** Mopidy is away, so that the effects of its last commands will not be heard of. */
    forget(): void {
      pending = []
    },
  }
}

/** What a command does to the sound; undefined when it does nothing. */
function effectOf({ call, result, before }: Command): Effect | undefined {
  const { action, changesTrack } = call.method
  if (changesTrack === undefined) return undefined
  const { state, tlid, length } = before
  const isStopped = state === 'stopped'
  const { ends, starts } = changesTrack
  const changes: Effect = { ...(ends && { ends }), ...(starts && { starts }) }
  switch (action) {
    case 'play': {
      // Mopidy ignores a tlid that is not in its tracklist.
      const chooses = call.params.tlid !== undefined && before.index !== null
      if (state === 'paused' && !chooses) return tlid === null ? undefined : { resumes: true }
      if (!starts) return undefined
      const hasNone = isStopped && length === 0 && tlid === null
      if (hasNone) return undefined
      return chooses ? { ...changes, plays: Number(call.params.tlid) } : changes
    }
    case 'skip':
    case 'previous':
      return isStopped || tlid === null ? undefined : changes
    case 'seek':
      // While Mopidy is stopped, a seek starts a track and answers false all the same; but a track that
      // was chosen already stays silent.
      if (isStopped) return tlid === null && length !== 0 ? { starts: true } : undefined
      if (result === false) return undefined
      return { ...changes, seekTo: Number(call.params.time_position) }
    case 'stop':
    case 'queue_clear':
      return isStopped ? undefined : changes
    case 'queue_remove':
    case 'queue_shuffle': {
      // Mopidy stops only when no track is left; otherwise even a removed track is heard to its end.
      const removed = readTlTracks(result).length
      const isLeft = length !== undefined && removed < length
      return isStopped || isLeft ? undefined : changes
    }
    default:
      return undefined
  }
}

/** Whether a seek leads to a place in the current track. */
function isWithin({ params }: Command['call'], { tlid, player: { current } }: Before): boolean {
  return current?.tlid === tlid && Number(params.time_position) <= (current?.track.lengthMs ?? 0)
}

type Commanded = Pick<Pending, 'before' | 'seekTo'>

/**
 * Whether the command was given while that track was heard. Once the current track has left the
 * tracklist Mopidy names none, though the track is still heard.
 */
function wasDuring({ before: { tlid } }: Commanded, heard: Heard): boolean {
  return tlid === undefined || tlid === null || tlid === heard.tlid
}

/** Whether it leads out of that track: every command does but a seek to a place within it. */
function isBeyond({ seekTo }: Commanded, heard: Heard | undefined): boolean {
  return seekTo === undefined || seekTo > (heard?.lengthMs ?? Number.POSITIVE_INFINITY)
}
