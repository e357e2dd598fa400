import type { EndReason } from '../../../src/listening/end-reason'
import type { Cause, Room } from './room'
import { library } from './room'

type Range = [least: number, most: number]

/** A track that was heard, and what may be recorded of it: several values where the true one is unknown. */
export type TruePlay = {
  tlid: number
  uri: string
  queuedBy: number | null
  startedBy: number | null
  startedAtMs: Range
  listenedMs: Range
  reasons: (EndReason | null)[]
  endedBy: number | null
}

type Sounding = {
  play: TruePlay
  stream: number
  lengthMs: number | null
  running: boolean
  /** Whether Musakone can know that it was heard at all, and that it is this one. */
  known: boolean
  /** How long it was heard while Musakone or Mopidy was away. */
  awayMs: number
  chooser: number | null
  chosenAtMs: number
  wasHeard: boolean
}

const SKIPS = ['core.playback.next', 'core.playback.previous', 'core.playback.seek']

/**
 * Keeps the plays as they were really heard: by the sound itself, the last command before it changed, and
 * the clock. It uses no event and no reply.
 */
export type Truth = ReturnType<typeof createTruth>

export function createTruth(room: () => Room) {
  const plays: TruePlay[] = []
  const queuedBy = new Map<number, number>()
  let sounding: Sounding | undefined
  /** Mopidy says that it has stopped, yet it sounds on: a track that was removed before the stop. */
  let orphan: number | undefined
  /** The track that was left last; a seek may call it back before the next one is heard. */
  let left: Sounding | undefined
  let loading: { stream: number; cause: Cause } | undefined
  let lastAt = 0
  let lastPositionMs = 0
  let away = false
  let saved: { play: TruePlay; ms: number } | undefined
  /** What a killed process has surely written down, and all that it may have. */
  let killedAt: Range | undefined

  function observe(cause: Cause): void {
    const { clock, core, read } = room()
    const now = clock.elapsed()
    passTime(now - lastAt)
    lastAt = now
    const sound = core().sound()
    const isStopped = read('core.playback.get_state') === 'stopped'
    if (sounding !== undefined && isStopped && sound.stream === sounding.stream)
      orphan = sounding.stream
    const stream = sound.stream === orphan ? null : sound.stream
    const isCalledBack = cause.within && stream !== null && stream !== sounding?.stream
    if (loading?.stream !== stream) loading = undefined
    if (stream !== null && stream !== sounding?.stream) loading ??= { stream, cause }
    if (isCalledBack) callBack(stream)
    else if (sounding !== undefined && stream !== sounding.stream) end(cause, isStopped)
    if (sounding === undefined && loading !== undefined && sound.announced) begin()
    if (sounding !== undefined) setRunning(sounding, sound.running, cause)
    lastPositionMs = sound.positionMs
  }

  function passTime(ms: number): void {
    if (sounding === undefined || !sounding.running || ms === 0) return
    sounding.wasHeard = true
    if (away) sounding.awayMs += ms
    else add(sounding.play.listenedMs, ms)
  }

  /** A seek has called back the track that a command before it was about to leave. */
  function callBack(stream: number): void {
    loading = undefined
    if (sounding === undefined) {
      if (left?.play.tlid !== room().read('core.playback.get_current_tlid')) return
      if (plays.at(-1) === left?.play) plays.pop()
      sounding = left
    }
    if (sounding === undefined) return
    Object.assign(sounding, { stream })
    Object.assign(sounding.play, { reasons: [null], endedBy: null })
  }

  function begin(): void {
    const { read } = room()
    const { stream, cause } = loading as { stream: number; cause: Cause }
    const tlid = read('core.playback.get_current_tlid') as number | null
    loading = undefined
    // In consume mode a track that was loaded by a pause is already used up: it cannot be let on.
    if (tlid === null) {
      orphan = stream
      return
    }
    const { uri } = read('core.playback.get_current_track') as { uri: string }
    const play: TruePlay = {
      tlid,
      uri,
      queuedBy: queuedBy.get(tlid) ?? null,
      startedBy: null,
      startedAtMs: [0, 0],
      listenedMs: [0, 0],
      reasons: [null],
      endedBy: null,
    }
    const lengthMs = library.tracks.find((track) => track.uri === uri)?.length ?? null
    const chooses = cause.method !== 'core.playback.pause'
    const chooser = chooses && !away ? cause.userId : null
    const chosenAtMs = room().clock.now()
    const rest = { running: false, chosenAtMs, known: !away, awayMs: 0, wasHeard: false }
    sounding = { play, stream, lengthMs, chooser, ...rest }
  }

  function setRunning(one: Sounding, running: boolean, { userId }: Cause): void {
    const now = room().clock.now()
    if (running && !one.running && !one.wasHeard) {
      // Mopidy knows when a track that began meanwhile was chosen.
      one.play.startedAtMs = away ? [Math.min(one.chosenAtMs, now), now] : [now, now]
      // The user who chose it started it; if an outsider chose it while paused, the user who resumed it.
      one.play.startedBy = one.chooser ?? (away ? null : userId)
    }
    one.running = running
  }

  function end({ method, userId }: Cause, isStopped: boolean): void {
    const one = sounding as Sounding
    sounding = undefined
    left = one
    if (away) return lose(one)
    if (method === null) one.play.reasons = ['finished']
    else if (userId !== null) {
      one.play.endedBy = userId
      if (SKIPS.includes(method)) one.play.reasons = ['skipped']
      else one.play.reasons = [method === 'core.playback.play' ? 'replaced' : 'stopped']
    } else one.play.reasons = byOutsider(one, method, isStopped)
    note(one)
  }

  /** When an outsider acts, Mopidy tells only that the track is over. */
  function byOutsider(one: Sounding, method: string, isStopped: boolean): EndReason[] {
    const nearlyMs = Math.min(2_000, (one.lengthMs ?? 0) / 10)
    if (one.lengthMs !== null && lastPositionMs >= one.lengthMs - nearlyMs) return ['finished']
    if (isStopped || room().core().sound().stream === null) return ['stopped']
    // Another track's start after one that was removed has no end before it; else a skip looks alike.
    return method === 'core.playback.play' ? ['skipped', 'replaced'] : ['skipped']
  }

  /** The play ended while Musakone could not see it, or even began then. */
  function lose(one: Sounding): void {
    if (!one.known) return
    one.play.reasons = ['lost']
    if (killedAt !== undefined) one.play.listenedMs = [...killedAt]
    note(one)
  }

  function note({ play }: Sounding): void {
    if (play.listenedMs[1] > 0) plays.push(play)
  }

  return {
    observe,

    /** The tracks of an `add` that worked. */
    queued(userId: number | null, tlids: readonly number[]): void {
      for (const tlid of tlids) if (userId !== null) queuedBy.set(tlid, userId)
    },

    /** The clock on the wall is set: what is heard began at another time than was thought. */
    clockSet(by: number): void {
      observe({ method: null, userId: null })
      if (sounding === undefined) return
      const { play } = sounding
      const [least, most] = play.startedAtMs
      // While Musakone is away nothing tells it, unless it is the same process.
      if (away) play.startedAtMs = [Math.min(least, least + by), Math.max(most, most + by)]
      else play.startedAtMs = [least + by, most + by]
    },

    /** Musakone has written down how far it is. */
    saved(): void {
      saved = sounding && { play: sounding.play, ms: sounding.play.listenedMs[0] }
    },

    /** From now on Musakone does not hear what happens; killed, it has what was saved at the least. */
    leave(killed: boolean): void {
      observe({ method: null, userId: null })
      away = true
      killedAt = undefined
      if (!killed || sounding === undefined) return
      const { play } = sounding
      killedAt = [saved?.play === play ? saved.ms : 0, play.listenedMs[1]]
    },

    /** Mopidy has been restarted; what it restored goes on. */
    restarted(restored: boolean): void {
      const { core, read } = room()
      const { stream, running } = core().sound()
      orphan = undefined
      loading = undefined
      const tlid = read('core.playback.get_current_tlid')
      if (!restored) queuedBy.clear()
      if (sounding !== undefined && stream !== null && tlid === sounding.play.tlid) {
        sounding.stream = stream
        sounding.running = running
      } else if (sounding !== undefined) {
        const lost = sounding
        sounding = undefined
        lose(lost)
      }
      // A track that had left the tracklist is not found again: Mopidy plays another one.
      observe({ method: null, userId: null })
    },

    /** Musakone has been restarted: it has forgotten the users who chose tracks that are not heard yet. */
    forgotten(): void {
      if (sounding !== undefined && !sounding.wasHeard) {
        sounding.chooser = null
        sounding.known = false
      }
    },

    /** Musakone hears again, and has asked what plays. */
    back(): void {
      observe({ method: null, userId: null })
      away = false
      if (sounding === undefined) return
      // Of a removed track that is still heard, Mopidy tells nothing to a new process of Musakone.
      if (room().read('core.playback.get_current_tlid') === null) {
        const lost = sounding
        sounding = undefined
        orphan = lost.stream
        return lose(lost)
      }
      add(sounding.play.listenedMs, sounding.awayMs)
      if (sounding.awayMs === sounding.play.listenedMs[1]) {
        const times = [...sounding.play.startedAtMs, room().clock.now()]
        sounding.play.startedAtMs = [Math.min(...times), Math.max(...times)]
      }
      sounding.awayMs = 0
      sounding.known = true
    },

    /** What was heard, in the order of the ends; the last may still be heard. */
    all(): TruePlay[] {
      observe({ method: null, userId: null })
      const open = sounding?.wasHeard ? [sounding.play] : []
      return [...plays, ...open]
    },

    listenedMs: (): number => sounding?.play.listenedMs[1] ?? 0,
    soundsAs: (): number | undefined => sounding?.play.tlid,
  }
}

function add(range: Range, ms: number): void {
  range[0] += ms
  range[1] += ms
}
