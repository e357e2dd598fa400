import type { RoleLimits } from '../../accounts/roles/limits'
import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { isRecord } from '../../json'
import type { Queuers } from '../../listening/queuers'
import type { Call } from '../../mopidy/call'
import { type Answer, type RpcError, timedOut } from '../../mopidy/jsonrpc'
import { Lane } from '../../mopidy/line/lanes'
import { type MethodName, methods } from '../../mopidy/methods'
import type { Mirror } from '../../mopidy/mirror'
import { readTlTracks } from '../../mopidy/track'
import { createAddRate } from './add-rate'
import {
  GUESTS_AN_INVITE,
  tooFastOfInvite,
  tooLong,
  tooManyAMinute,
  tooManyOfInvite,
  tooManyQueued,
  unknowable,
} from './add-refusals'
import type { Budgets } from './budgets'

/** An add that may be made, without URIs that the library does not know; `settle` takes its answer. */
type Admission = Readonly<{ call: Call; settle: (answer: Answer) => void }>
type Refusal = Readonly<{ error: RpcError }>
/** Tracks in the queue: those of the user, and those of all the guests of their invite. */
type Queued = Readonly<{ count: number; byInvite: number }>

const NOTHING: Queued = { count: 0, byInvite: 0 }

/** URIs in one lookup: Mopidy answers nobody while it reads their files. */
const LOOKED_UP_AT_ONCE = 20
/** How long all lookups before one add may take together, in milliseconds. */
const CHECK_MS = 10_000

/** What is asked before an add waits with adds, not with searches. */
const WITH_ADDS = { lane: Lane.queue }

type AddLimitsOptions = {
  roles: Roles
  queuers: Queuers
  mirror: Mirror
  budgets: Pick<Budgets, 'noteRefused'>
  clock: Clock
}

/**
 * Holds adds to the limits of a role. The tracks that an add would bring are looked up before it is made.
 * Those of an add that was admitted and is not answered yet count as queued, so that two adds at once
 * cannot pass together.
 */
export function createAddLimits({ roles, queuers, mirror, budgets, clock }: AddLimitsOptions) {
  const rate = createAddRate({ clock })
  /** Tracks on their way to the queue, by user, and by invite with a minus before its id. */
  const onTheirWay = new Map<number, number>()
  const coming = (key: number) => onTheirWay.get(key) ?? 0

  function mustCheck(role: Role, { method }: Call): boolean {
    if (method.limits?.adds !== true) return false
    const { max_queued, adds_per_minute, longest_track_ms } = roles.limitsOf(role)
    return max_queued !== null || adds_per_minute !== null || longest_track_ms !== null
  }

  async function check(identity: Identity, call: Call): Promise<Admission | Refusal> {
    const { role, userId, inviteId } = identity
    const limits = roles.limitsOf(role)
    const given = call.params.uris as readonly string[]
    // More URIs than the limits ever allow are refused before Mopidy reads their files.
    const hopeless =
      tooManyQueued(role, limits, coming(userId), given.length) ??
      tooFast(role, limits, userId, given.length) ??
      beyondInvite(identity, limits, 0, given.length)
    if (hopeless !== undefined) return { error: hopeless }
    const found = await lookUp(identity, limits, given)
    if ('error' in found) return found
    const count = given.reduce((sum, uri) => sum + (found.counts.get(uri) ?? 0), 0)
    const queued = limits.max_queued === null ? NOTHING : await countQueued(identity)
    if ('error' in queued) return queued
    const error =
      tooManyQueued(role, limits, queued.count + coming(userId), count) ??
      tooFast(role, limits, userId, count) ??
      beyondInvite(identity, limits, queued.byInvite, count)
    if (error !== undefined) return { error }
    const settles = [userId, ...(inviteId === null ? [] : [-inviteId])].map((key) =>
      reserve(key, count),
    )
    const settle = (answer: Answer) => {
      for (const settleOne of settles) settleOne(answer)
    }
    return { call: knownOnly(call, found.counts), settle }
  }

  /** Takes room for tracks; gives it back when their add is answered. */
  function reserve(key: number, count: number): (answer: Answer) => void {
    onTheirWay.set(key, coming(key) + count)
    const noteAdded = rate.note(key, count)
    return (answer) => {
      const left = coming(key) - count
      if (left > 0) onTheirWay.set(key, left)
      else onTheirWay.delete(key)
      noteAdded('error' in answer ? 0 : readTlTracks(answer.result).length)
    }
  }

  /** How many tracks each URI stands for. */
  async function lookUp(
    identity: Identity,
    limits: RoleLimits,
    given: readonly string[],
  ): Promise<{ counts: ReadonlyMap<string, number> } | Refusal> {
    const counts = new Map<string, number>()
    const uris = [...new Set(given)]
    for (let start = 0; start < uris.length; start += LOOKED_UP_AT_ONCE) {
      const part = uris.slice(start, start + LOOKED_UP_AT_ONCE)
      const answer = await ask(identity, 'core.library.lookup', { uris: part })
      if ('error' in answer) return { error: unknowable(answer.error) }
      if (!isRecord(answer.result)) return { error: unknowable() }
      for (const uri of part) {
        const models = answer.result[uri]
        if (!Array.isArray(models)) continue
        const error = tooLong(identity.role, limits, models)
        if (error !== undefined) return { error }
        counts.set(uri, models.length)
      }
    }
    return { counts }
  }

  /** How many tracks of the user, and of all the guests of their invite, are in the tracklist now. */
  async function countQueued(identity: Identity): Promise<Queued | Refusal> {
    const asked = queuedBy(identity)
    const tlids = [...asked.values()].flat()
    if (tlids.length > 0) {
      const answer = await ask(identity, 'core.tracklist.filter', { criteria: { tlid: tlids } })
      if ('error' in answer) return { error: unknowable(answer.error) }
      const present = new Set(readTlTracks(answer.result).map(({ tlid }) => tlid))
      for (const [userId, own] of asked)
        queuers.noteGone(
          userId,
          own.filter((tlid) => !present.has(tlid)),
        )
    }
    // Read anew: another add may have been answered since.
    const byInvite = [...queuedBy(identity).values()].reduce((sum, { length }) => sum + length, 0)
    return { count: queuers.queuedFor(identity.userId).length, byInvite }
  }

  /** The tracks queued by the user, or by all the guests of their invite. */
  function queuedBy({ userId, inviteId }: Identity): Map<number, number[]> {
    return inviteId === null
      ? new Map([[userId, queuers.queuedFor(userId)]])
      : queuers.queuedByInvite(inviteId)
  }

  /** Why the guests of an invite together may not have these as well, if so. */
  function beyondInvite(
    identity: Identity,
    limits: RoleLimits,
    queued: number,
    asked: number,
  ): RpcError | undefined {
    if (identity.inviteId === null) return undefined
    const key = -identity.inviteId
    const { max_queued, adds_per_minute } = limits
    const mostAMinute = adds_per_minute === null ? null : adds_per_minute * GUESTS_AN_INVITE
    const waitMs = mostAMinute === null ? 0 : rate.waitMs(key, asked, mostAMinute)
    const error =
      tooManyOfInvite(max_queued, queued + coming(key), asked) ??
      tooFastOfInvite(mostAMinute, waitMs)
    if (error !== undefined) budgets.noteRefused('invite_queue', identity)
    return error
  }

  function ask(identity: Identity, name: MethodName, params: Call['params']): Promise<Answer> {
    const call = { name, method: methods[name], params }
    return new Promise((resolve) => mirror.ask(call, resolve, identity, WITH_ADDS))
  }

  function tooFast(role: Role, limits: RoleLimits, userId: number, asked: number) {
    const { adds_per_minute: most } = limits
    const waitMs = most === null ? 0 : rate.waitMs(userId, asked, most)
    return tooManyAMinute(role, limits, asked, waitMs)
  }

  return {
    /** Whether the call has to be checked before it is made. */
    mustCheck,

    /** Whether the add may be made, after asking Mopidy what it would bring; never rejects. */
    check(identity: Identity, call: Call): Promise<Admission | Refusal> {
      return inTime(check(identity, call)).catch(() => ({ error: unknowable() }))
    },
  }
}

/** The outcome of a check, or a time-out; the room that a late outcome has reserved is given back. */
function inTime(check: Promise<Admission | Refusal>): Promise<Admission | Refusal> {
  const { promise, resolve, reject } = Promise.withResolvers<Admission | Refusal>()
  let late = false
  const timer = setTimeout(() => {
    late = true
    resolve({ error: timedOut })
  }, CHECK_MS)
  check.then((outcome) => {
    clearTimeout(timer)
    if (late && 'settle' in outcome) outcome.settle({ error: timedOut })
    resolve(outcome)
  }, reject)
  return promise
}

/** The call without URIs that the library does not know: if it knows them later, nobody checked them. */
function knownOnly(call: Call, counts: ReadonlyMap<string, number>): Call {
  const given = call.params.uris as readonly string[]
  const uris = given.filter((uri) => (counts.get(uri) ?? 0) > 0)
  return uris.length === given.length ? call : { ...call, params: { ...call.params, uris } }
}
