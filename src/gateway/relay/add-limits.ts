import type { RoleLimits } from '../../accounts/roles/limits'
import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { isRecord } from '../../json'
import type { Queuers } from '../../listening/queuers'
import type { Call } from '../../mopidy/call'
import { type Answer, type RpcError, timedOut } from '../../mopidy/jsonrpc'
import { type MethodName, methods } from '../../mopidy/methods'
import type { Mirror } from '../../mopidy/mirror'
import { readTlTracks } from '../../mopidy/track'
import { createAddRate } from './add-rate'
import { tooLong, tooManyAMinute, tooManyQueued, unknowable } from './add-refusals'

/** An add that may be made, without what the library does not know; `settle` takes its answer. */
export type Admission = Readonly<{ call: Call; settle: (answer: Answer) => void }>
type Refusal = Readonly<{ error: RpcError }>

/** URIs that Mopidy is asked for at once: it hears nobody while it reads their files. */
const LOOKED_UP_AT_ONCE = 20
/** For all that is asked before an add, in milliseconds. */
const CHECK_MS = 10_000

export type AddLimits = ReturnType<typeof createAddLimits>
export type AddLimitsOptions = {
  roles: Roles
  queuers: Queuers
  mirror: Mirror
  clock: Clock
}

/**
 * How much a role may add to the queue. What an add would bring is looked up before; what was let
 * through and is not yet answered counts as queued, so that two adds at once cannot pass together.
 */
export function createAddLimits({ roles, queuers, mirror, clock }: AddLimitsOptions) {
  const rate = createAddRate({ clock })
  /** Tracks on their way to the queue, by user. */
  const onTheirWay = new Map<number, number>()

  function concern(role: Role, { name }: Call): boolean {
    if (name !== 'core.tracklist.add') return false
    const { max_queued, adds_per_minute, longest_track_ms } = roles.limitsOf(role)
    return max_queued !== null || adds_per_minute !== null || longest_track_ms !== null
  }

  async function check({ role, userId }: Identity, call: Call): Promise<Admission | Refusal> {
    const limits = roles.limitsOf(role)
    const given = call.params.uris as readonly string[]
    // Sure to be too many; Mopidy need not read so many files to say so.
    const hopeless =
      tooManyQueued(role, limits, onTheirWay.get(userId) ?? 0, given.length) ??
      tooFast(role, limits, userId, given.length)
    if (hopeless !== undefined) return { error: hopeless }
    const found = await lookUp(role, limits, given)
    if ('error' in found) return found
    const count = given.reduce((sum, uri) => sum + (found.counts.get(uri) ?? 0), 0)
    const queued = limits.max_queued === null ? { count: 0 } : await countQueued(userId)
    if ('error' in queued) return queued
    const error =
      tooManyQueued(role, limits, queued.count + (onTheirWay.get(userId) ?? 0), count) ??
      tooFast(role, limits, userId, count)
    if (error !== undefined) return { error }
    return { call: knownOnly(call, found.counts), settle: reserve(userId, count) }
  }

  /** Takes room for tracks; gives it back when their add is answered. */
  function reserve(userId: number, count: number): (answer: Answer) => void {
    onTheirWay.set(userId, (onTheirWay.get(userId) ?? 0) + count)
    const noteAdded = rate.note(userId, count)
    return (answer) => {
      const left = (onTheirWay.get(userId) ?? 0) - count
      if (left > 0) onTheirWay.set(userId, left)
      else onTheirWay.delete(userId)
      noteAdded('error' in answer ? 0 : readTlTracks(answer.result).length)
    }
  }

  /** How many tracks each URI stands for. */
  async function lookUp(
    role: Role,
    limits: RoleLimits,
    given: readonly string[],
  ): Promise<{ counts: ReadonlyMap<string, number> } | Refusal> {
    const counts = new Map<string, number>()
    const uris = [...new Set(given)]
    for (let start = 0; start < uris.length; start += LOOKED_UP_AT_ONCE) {
      const part = uris.slice(start, start + LOOKED_UP_AT_ONCE)
      const answer = await ask('core.library.lookup', { uris: part })
      if ('error' in answer) return { error: unknowable(answer.error) }
      if (!isRecord(answer.result)) return { error: unknowable() }
      for (const uri of part) {
        const models = answer.result[uri]
        if (!Array.isArray(models)) continue
        const error = tooLong(role, limits, models)
        if (error !== undefined) return { error }
        counts.set(uri, models.length)
      }
    }
    return { counts }
  }

  /** How many of the user's tracks are in the tracklist now. */
  async function countQueued(userId: number): Promise<{ count: number } | Refusal> {
    const asked = queuers.queuedFor(userId)
    if (asked.length > 0) {
      const answer = await ask('core.tracklist.filter', { criteria: { tlid: asked } })
      if ('error' in answer) return { error: unknowable(answer.error) }
      const present = new Set(readTlTracks(answer.result).map(({ tlid }) => tlid))
      queuers.noteGone(
        userId,
        asked.filter((tlid) => !present.has(tlid)),
      )
    }
    // Not only what was asked for: another add of the same user may have been answered since.
    return { count: queuers.queuedFor(userId).length }
  }

  function ask(name: MethodName, params: Call['params']): Promise<Answer> {
    return new Promise((resolve) => mirror.send({ name, method: methods[name], params }, resolve))
  }

  function tooFast(role: Role, limits: RoleLimits, userId: number, asked: number) {
    const { adds_per_minute: most } = limits
    const waitMs = most === null ? 0 : rate.waitMs(userId, asked, most)
    return tooManyAMinute(role, limits, asked, waitMs)
  }

  return {
    /** Whether the call is one that has to be checked before it is made. */
    concern,

    /** Whether the add may be made, after asking Mopidy what it would bring; never rejects. */
    check(identity: Identity, call: Call): Promise<Admission | Refusal> {
      return inTime(check(identity, call)).catch(() => ({ error: unknowable() }))
    },
  }
}

/** The answer of an inquiry, or that there was none in time; then what it reserves is given back. */
function inTime(inquiry: Promise<Admission | Refusal>): Promise<Admission | Refusal> {
  const { promise, resolve, reject } = Promise.withResolvers<Admission | Refusal>()
  let late = false
  const timer = setTimeout(() => {
    late = true
    resolve({ error: timedOut })
  }, CHECK_MS)
  inquiry.then((outcome) => {
    clearTimeout(timer)
    if (late && 'settle' in outcome) outcome.settle({ error: timedOut })
    resolve(outcome)
  }, reject)
  return promise
}

/** Without what the library does not know: it was not checked, should it turn up after all. */
function knownOnly(call: Call, counts: ReadonlyMap<string, number>): Call {
  const given = call.params.uris as readonly string[]
  const uris = given.filter((uri) => (counts.get(uri) ?? 0) > 0)
  return uris.length === given.length ? call : { ...call, params: { ...call.params, uris } }
}
