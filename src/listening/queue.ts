import { createUserNames } from '../accounts/users/user-names'
import type { Clock } from '../clock'
import type { Database } from '../database/database'
import { AppError } from '../errors'
import type { Answer } from '../mopidy/jsonrpc'
import { methods } from '../mopidy/methods'
import type { Mirror } from '../mopidy/mirror'
import type { Player, Snapshot } from '../mopidy/player'
import { readTlTracks, type TlTrack } from '../mopidy/track'
import type { Queue, QueueQuery } from './model'
import type { Queuers } from './queuers'

type ReadMethod =
  | 'core.tracklist.get_tl_tracks'
  | 'core.tracklist.get_random'
  | 'core.tracklist.get_repeat'
  | 'core.tracklist.get_single'

type Options = Readonly<{ random: boolean; repeat: boolean; single: boolean }>

const PAGE = 1_000

type QueueOptions = {
  database: Database
  mirror: Mirror
  player: Player
  queuers: Queuers
  clock: Clock
}

/** The queue: who added what, and when it will play. */
export function createQueue({ database, mirror, player, queuers, clock }: QueueOptions) {
  const nameOf = createUserNames(database)
  // The mirror gives the same answer until the tracklist changes, so a long one is parsed once.
  let last: { answer: Answer; tlTracks: readonly TlTrack[] } | undefined

  function read(name: ReadMethod): Promise<Answer> {
    return new Promise((resolve) =>
      mirror.ask({ name, method: methods[name], params: {} }, resolve),
    )
  }

  function tlTracksIn(answer: Answer): readonly TlTrack[] {
    if ('error' in answer) throw new AppError('mopidy_offline', 'Mopidy does not answer.')
    if (last?.answer !== answer) last = { answer, tlTracks: readTlTracks(answer.result) }
    return last.tlTracks
  }

  /** @throws {AppError} `mopidy_offline`. */
  return async ({ offset = 0, limit = PAGE }: QueueQuery): Promise<Queue> => {
    const [tracklist, random, repeat, single] = await Promise.all([
      read('core.tracklist.get_tl_tracks'),
      read('core.tracklist.get_random'),
      read('core.tracklist.get_repeat'),
      read('core.tracklist.get_single'),
    ])
    const tlTracks = tlTracksIn(tracklist)
    const snapshot = player.snapshot()
    const options = { random: isOn(random), repeat: isOn(repeat), single: isOn(single) }
    const startsInMs = startsOf(tlTracks, snapshot, options)
    const now = clock.now()
    const playing = snapshot.state === 'playing'

    const tracks = tlTracks.slice(offset, offset + limit).map(({ tlid, track }, index) => {
      const { lengthMs, ...names } = track
      const entry = queuers.entryOf(tlid, track.uri)
      const inMs = startsInMs(offset + index)
      return {
        tlid,
        ...names,
        length_ms: lengthMs,
        queued_by: nameOf(entry?.userId ?? null),
        added_at: entry?.addedAt ?? null,
        starts_in_ms: inMs,
        starts_at_ms: playing && inMs !== null ? now + inMs : null,
      }
    })
    const { state, current, positionMs } = snapshot
    return {
      state,
      current_tlid: current?.tlid ?? null,
      position_ms: positionMs,
      total: tlTracks.length,
      tracks,
    }
  }
}

function isOn(answer: Answer): boolean {
  return 'result' in answer && answer.result === true
}

/**
 * How many milliseconds a track waits, by its place in the tracklist: the rest of the current track and
 * all tracks between. Null where nobody knows: in random order, after a stream, or when it will not play.
 */
function startsOf(
  tlTracks: readonly TlTrack[],
  { current, positionMs }: Snapshot,
  { random, repeat, single }: Options,
): (place: number) => number | null {
  const waits = new Map<number, number>()
  const at = tlTracks.findIndex(({ tlid }) => tlid === current?.tlid)
  if (at < 0) return () => null
  waits.set(at, 0)
  let wait: number | null = untilEnd(current, positionMs)
  const places = random || single ? [] : following(at, tlTracks.length, repeat)
  for (const place of places) {
    if (wait === null) break
    waits.set(place, wait)
    const lengthMs: number | null = tlTracks[place]?.track.lengthMs ?? null
    wait = lengthMs === null ? null : wait + lengthMs
  }
  return (place) => waits.get(place) ?? null
}

function untilEnd(current: TlTrack | null, positionMs: number): number | null {
  const lengthMs = current?.track.lengthMs ?? null
  return lengthMs === null ? null : Math.max(0, lengthMs - positionMs)
}

/** The places after `at`, and with `repeat` then those before it. */
function following(at: number, length: number, repeat: boolean): number[] {
  const places = Array.from({ length: length - 1 }, (_, index) => at + 1 + index)
  return repeat ? places.map((place) => place % length) : places.filter((place) => place < length)
}
