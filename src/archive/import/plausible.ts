import { DAY_MS, HOUR_MS } from '../../clock'
import type { HistoryRecord, PlayRecord } from '../record'

/** A record may be so far in the future: the clocks of two machines may differ. */
const MOST_AHEAD_MS = DAY_MS
/** Who seeks back hears more of a track than it has. */
const MOST_HEARD_AGAIN_MS = HOUR_MS
/** A radio may play for days, as one play. */
const LONGEST_PLAY_MS = 31 * DAY_MS
/** All that one person may have heard: more than a life, and far from what a sum can hold. */
export const LIFE_MS = 100 * 366 * DAY_MS

/** Why a record cannot be true, in words that follow the number of its line; undefined when it can. */
export function whyImplausible(record: HistoryRecord, nowMs: number): string | undefined {
  const timeMs = record.record === 'action' ? record.timestamp * 1_000 : record.started_at_ms
  if (timeMs > nowMs + MOST_AHEAD_MS) return 'is in the future'
  return record.record === 'play' ? whyNotHeard(record, nowMs) : undefined
}

function whyNotHeard(play: PlayRecord, nowMs: number): string | undefined {
  const { started_at_ms, listened_ms, length_ms } = play
  if (listened_ms === 0) return 'was not heard at all'
  if (length_ms !== null && listened_ms > length_ms + MOST_HEARD_AGAIN_MS)
    return 'was heard for longer than the track is'
  if (listened_ms > LONGEST_PLAY_MS) return 'was heard for more than a month'
  if (started_at_ms + listened_ms > nowMs + MOST_AHEAD_MS)
    return 'was heard for longer than there was time'
  return play.queued_by_me || play.started_by_me
    ? undefined
    : 'was neither queued nor started by you'
}
