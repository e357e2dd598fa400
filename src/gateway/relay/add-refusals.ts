import type { RoleLimits } from '../../accounts/roles/limits'
import type { Role } from '../../accounts/roles/role'
import { RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import { readTrack } from '../../mopidy/track'
import { BUDGETS } from './budgets'
import { beyondLimit, duration, plural, tracks } from './refusal'

/** Why an add may not be made, if it may not: sentences for people, and numbers for programs. */

export function tooManyQueued(
  role: Role,
  { max_queued: most }: RoleLimits,
  queued: number,
  asked: number,
): RpcError | undefined {
  if (most === null || queued + asked <= most) return undefined
  const left = Math.max(0, most - queued)
  const rule = `${plural(role)} may have ${tracks(most)} in the queue at once`
  const have = queued === 0 ? '' : ` you have ${queued}`
  const these = left === 0 ? '' : `${have && ' and'} these are ${asked}${have && ' more'}`
  const facts = { most, queued, left, asked }
  return beyondLimit('max_queued', `${rule};${have}${these}.`, facts)
}

export function tooLong(
  role: Role,
  { longest_track_ms: longest }: RoleLimits,
  models: readonly unknown[],
): RpcError | undefined {
  if (longest === null) return undefined
  for (const model of models) {
    const track = readTrack(model)
    const lengthMs = track?.lengthMs ?? null
    if (lengthMs !== null && lengthMs <= longest) continue
    const rule = `${plural(role)} may add tracks of up to ${duration(longest)}`
    const name = track?.name ? `“${track.name}”` : 'this one'
    // Only a stream has no length.
    const why = lengthMs === null ? 'has no known length' : `lasts ${duration(lengthMs)}`
    const facts = { most: longest, length_ms: lengthMs, uri: track?.uri ?? null }
    return beyondLimit('longest_track_ms', `${rule}; ${name} ${why}.`, facts)
  }
  return undefined
}

export function tooManyAMinute(
  role: Role,
  { adds_per_minute: most }: RoleLimits,
  asked: number,
  waitMs: number,
): RpcError | undefined {
  if (most === null || waitMs === 0) return undefined
  const rule = `${plural(role)} may add ${tracks(most)} a minute`
  if (asked > most)
    return beyondLimit('adds_per_minute', `${rule}; these are ${asked}.`, { most, asked })
  const seconds = Math.ceil(waitMs / 1000)
  const message = `${rule}; try again in ${duration(seconds * 1000)}.`
  return beyondLimit('adds_per_minute', message, { most, asked, retry_after_s: seconds })
}

/** All the guests of one invite may have as much as so many guests. */
export const GUESTS_AN_INVITE = BUDGETS.invite_queue.invite

export function tooManyOfInvite(
  mostOfOne: number | null,
  queued: number,
  asked: number,
): RpcError | undefined {
  if (mostOfOne === null) return undefined
  const most = mostOfOne * GUESTS_AN_INVITE
  if (queued + asked <= most) return undefined
  const rule = `All who came by one invite may together have ${tracks(most)} in the queue at once`
  return ofInvite(`${rule}; they have ${queued} and these are ${asked}.`, {
    most,
    queued,
    left: Math.max(0, most - queued),
    asked,
  })
}

export function tooFastOfInvite(most: number | null, waitMs: number): RpcError | undefined {
  if (most === null || waitMs === 0) return undefined
  const seconds = Math.ceil(waitMs / 1000)
  const rule = `All who came by one invite may together add ${tracks(most)} a minute`
  const message = `${rule}; try again in ${duration(seconds * 1000)}.`
  return ofInvite(message, { most, retry_after_s: seconds })
}

function ofInvite(message: string, facts: Readonly<Record<string, unknown>>): RpcError {
  return { code: RpcCode.tooManyRequests, message, data: { budget: 'invite_queue', ...facts } }
}

/** Why an add was refused that Mopidy could not look up; the gateway's own errors stay as they are. */
export function unknowable(error?: RpcError): RpcError {
  if (error !== undefined && error.code <= RpcCode.offline && error.code >= RpcCode.tooManyRequests)
    return error
  const message = 'Mopidy could not say what these tracks are, so they were not added.'
  return { code: RpcCode.notAllowed, message }
}
