import type { PlaybackState } from '../../mopidy/player'
import type { TlTrack } from '../../mopidy/track'
import { NOTICED_LATE_MS } from './hearing'
import type { Play } from './play'

/** What Mopidy says that it plays, after a time in which it was not heard. */
export type Found = Readonly<{
  state: PlaybackState
  current: TlTrack | null
  positionMs: number
  /** When Mopidy last started the current track, in its own Unix milliseconds. */
  startedAtMs: number | undefined
  /** Whether its tlids still mean the tracks that they meant before. */
  sameTlids: boolean
  /** Whether Mopidy has been restarted and has restored its state. */
  restored: boolean
  /** Whether the start of the current track was heard while Mopidy was being asked. */
  startHeard: boolean
}>

/** A track that has just begun may be so much further than the position that Mopidy says. */
const JUST_BEGUN_MS = 50

/** Whether the known play goes on in what was found; otherwise it is over, even if its track plays again. */
export function goesOn(known: Play, found: Found, nowMs: number): boolean {
  const { state, current, positionMs, startedAtMs = 0, sameTlids, restored } = found
  if (!sameTlids || current === null || state === 'stopped' || !known.isOf(current)) return false
  if (startedAtMs <= (known.savedAtMs() ?? Number.POSITIVE_INFINITY)) return true
  // A restored Mopidy starts the track again and goes on where it was.
  const isStream = known.track.lengthMs === null
  if (restored) return isStream || positionMs >= known.savedPositionMs() - NOTICED_LATE_MS
  // A track that was started anew cannot be further than the time since that start allows.
  return positionMs > nowMs - startedAtMs + JUST_BEGUN_MS
}

/**
 * How long a track that was found playing has been heard already, `mostMs` at most, and when it started,
 * if that is known.
 */
export function heardBefore(
  { positionMs, startedAtMs }: Found,
  nowMs: number,
  mostMs = Number.POSITIVE_INFINITY,
): { listenedMs: number; startedAtMs?: number } {
  const sinceStartMs = startedAtMs === undefined ? -1 : nowMs - startedAtMs
  // A start in the future says nothing: the clock was set back.
  if (startedAtMs === undefined || sinceStartMs < 0)
    return { listenedMs: Math.min(positionMs, mostMs) }
  return { listenedMs: Math.min(positionMs, mostMs, sinceStartMs), startedAtMs }
}
