import type { Command } from '../actions/actions'
import type { Before } from '../actions/before'
import type { Clock } from '../clock'
import { readTlTracks } from '../mopidy/track'
import type { EndReason } from './play-rows'
import type { Queuers } from './queuers'

/** How long a command may take to have its effect: a stream has to be fetched first; milliseconds. */
const LONGEST_MS = 30_000
const MOST_KEPT = 100

/** Who ended a track, and how. */
export type Ender = Readonly<{ userId: number | null; reason: EndReason }>
/** A track that was heard. */
export type Heard = Readonly<{ tlid: number | null; lengthMs: number | null }>

type Effect = {
  ends?: EndReason
  starts?: true
  /** The track that is to start, if it is known. */
  plays?: number
  resumes?: true
  /** Of a seek, which starts or ends something only beyond the end of the track. */
  seekTo?: number
}
/** A command that may still have its effect. */
type Given = Pick<Command, 'before'> &
  Effect & { userId: number | null; at: number; heardWhole: number | null }

export type Attribution = ReturnType<typeof createAttribution>
export type AttributionOptions = { queuers: Queuers; clock: Clock }

/**
 * Who caused what: who queued a track, and whose commands started and ended it. Of each command it is
 * known what Mopidy did just before, so it is clear which track it has ended, however late the events
 * come and whatever was commanded in between. What no command explains was an outsider's doing, or
 * happened by itself.
 */
export function createAttribution({ queuers, clock }: AttributionOptions) {
  let given: Given[] = []

  function open(): readonly Given[] {
    const oldest = clock.elapsed() - LONGEST_MS
    given = given.filter(({ at }) => at >= oldest).slice(-MOST_KEPT)
    return given
  }

  /** What was about to happen does not, when this comes before it. */
  function revokeBy({ call, before }: Command): void {
    const { action } = call.method
    const isStopped = before.state === 'stopped'
    // The current track goes on from there.
    if (action === 'seek' && !isStopped && isWithin(call, before))
      given = given.filter((one) => one.before.tlid !== before.tlid)
    // Another track is chosen instead of the one that was to start.
    if (isStopped && (action === 'skip' || action === 'previous'))
      given = given.filter((one) => one.before.state !== 'stopped')
  }

  return {
    /** To be told of every command that worked, and what had come to its end by then, if anything. */
    note(command: Command, heardWhole: number | null): void {
      revokeBy(command)
      const effect = effectOf(command)
      if (effect === undefined) return
      const { before, isPrivate } = command
      const userId = isPrivate ? null : command.userId
      given.push({ userId, before, heardWhole, at: clock.elapsed(), ...effect })
    },

    /** The user who queued that track, or null. */
    queuerOf(tlid: number, uri?: string): number | null {
      const entry = queuers.entryOf(tlid)
      return uri !== undefined && entry?.uri !== uri ? null : (entry?.userId ?? null)
    },

    /** Who has ended the track; undefined when it was none of us. */
    enderOf(heard: Heard): Ender | undefined {
      // The first one: those that came while its effect was on its way only changed what comes next.
      for (const { ends, ...one } of open()) {
        if (ends === undefined || !wasDuring(one, heard) || !isBeyond(one, heard)) continue
        if (one.heardWhole !== heard.tlid) return { userId: one.userId, reason: ends }
      }
      return undefined
    },

    /** Who has started the track behind the one heard last; theirs and what was before is spent. */
    starterOf(tlid: number, last: Heard | undefined): number | null {
      // What was commanded while this track, or a later one, was current comes behind its start.
      const isBefore = (one: Given) =>
        one.before.state === 'stopped' || last === undefined || wasDuring(one, last)
      const mayStart = (one: Given) =>
        one.starts === true && (one.before.state === 'stopped' || isBeyond(one, last))
      const starter = open().findLast((one) => isBefore(one) && mayStart(one))
      given = given.filter((one) => !isBefore(one))
      // Theirs was another one: an outsider's command has come behind it.
      if (starter?.plays !== undefined && starter.plays !== tlid) return null
      return starter?.userId ?? null
    },

    /** Who has let the paused track go on; that is spent. */
    resumerOf(): number | null {
      const resumer = open().find(({ resumes }) => resumes)
      given = given.filter((one) => one !== resumer)
      return resumer?.userId ?? null
    },

    /** It has stopped: what was commanded while the track was heard is spent. */
    spendAtStop(heard: Heard): void {
      const next = given.findIndex(({ before }) => before.state === 'stopped')
      given = given.filter((one, index) => (index >= next && next >= 0) || !wasDuring(one, heard))
    },

    /** Mopidy is away: what is still to come of commands nobody will hear of. */
    forget(): void {
      given = []
    },
  }
}

/** What the command may start or end; undefined when Mopidy had nothing to do. */
function effectOf({ call, result, before }: Command): Effect | undefined {
  const { action, changesTrack } = call.method
  if (changesTrack === undefined) return undefined
  const { state, tlid, length } = before
  const isStopped = state === 'stopped'
  const { ends, starts } = changesTrack
  const changes: Effect = { ...(ends && { ends }), ...(starts && { starts }) }
  switch (action) {
    case 'play': {
      // A tlid that is not in the tracklist is as good as none.
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
      // While it is stopped it starts the track first, and says false all the same.
      // A track that is already chosen then stays silent.
      if (isStopped) return tlid === null && length !== 0 ? { starts: true } : undefined
      if (result === false) return undefined
      return { ...changes, seekTo: Number(call.params.time_position) }
    case 'stop':
    case 'queue_clear':
      return isStopped ? undefined : changes
    case 'queue_remove':
    case 'queue_shuffle': {
      // Only where no track is left does Mopidy stop: else the sound goes on, also of a removed track.
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

type Commanded = Pick<Given, 'before' | 'seekTo'>

// Once the current track has left the tracklist Mopidy knows of none, though it is still heard.
function wasDuring({ before: { tlid } }: Commanded, heard: Heard): boolean {
  return tlid === undefined || tlid === null || tlid === heard.tlid
}

function isBeyond({ seekTo }: Commanded, heard: Heard | undefined): boolean {
  return seekTo === undefined || seekTo > (heard?.lengthMs ?? Number.POSITIVE_INFINITY)
}
