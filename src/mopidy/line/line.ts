import type { Clock } from '../../clock'
import type { Call } from '../call'
import { type Answer, offline, RpcCode, type RpcError } from '../jsonrpc'
import type { Mopidy } from '../mopidy'
import { createFairQueue } from './fair-queue'
import { Lane, laneOf } from './lanes'
import { createLeftAlone } from './left-alone'

/**
 * For whom a call is made. Turns go by account, those of one invite together; the calls of one object
 * keep their order.
 */
export type Asker = Readonly<{ userId?: number; inviteId?: number | null }>

/** How a call is sent once its turn has come. */
export type Sending = Readonly<{
  /** Why a call that has waited may not be sent any more; undefined when it may. Must not throw. */
  refusal?: (asker: Asker, call: Call) => RpcError | undefined
  /** The call is sent next. */
  onSend?: () => void
  /** The lane, where it is not that of the method. */
  lane?: Lane
}>

/** A call that wants its turn. */
type Place = Readonly<{
  asker: Asker
  call: Call
  sending: Sending
  /** Sends the call; `leave` is to be called, once, with what Mopidy answered. */
  start: (leave: (answer?: Answer) => void) => void
  /** It was never sent. */
  onRefused: (error: RpcError) => void
}>

type Waiting = Place & { group: number; member: number; lane: Lane; timer: Timer | undefined }

export type Line = ReturnType<typeof createLine>
type LineOptions = {
  mopidy: Mopidy
  clock: Clock
  /** For how long a part of the library that did not answer in time is left alone, in milliseconds. */
  restMs?: number
  /** Hears of each call that was refused because it had waited for too long. */
  onExpired?: (asker: Asker) => void
}

/** The program itself. */
export const HOUSE: Asker = {}
/** With no condition. */
export const FREELY: Sending = {}

/** Calls of the player's lane that Mopidy has at once: enough that it never waits for the next. */
const QUICK_AT_ONCE = 8
/** A lane whose first call has waited for so long goes before the lanes above it, for one call. */
const STARVED_MS = 1_000
/** How long a call waits for its turn, by lane; its deadline at Mopidy starts after that. */
const LONGEST_WAIT_MS = [10_000, 10_000, 30_000] as const

/** The answer to a call that was never sent because its turn did not come. */
export const MOPIDY_BUSY: RpcError = {
  code: RpcCode.tooManyRequests,
  message: 'Mopidy was busy with earlier calls for too long, so this one was not made',
}

/**
 * The line before Mopidy, which is one thread: nothing interrupts the call that it is busy with. People
 * take turns in it. Calls to the player go before those to the queue, and these before those to the
 * library; of the last two kinds, which may take long, Mopidy has one at a time.
 */
export function createLine({ mopidy, clock, restMs = 60_000, onExpired = () => {} }: LineOptions) {
  const lanes = [0, 1, 2].map(() => createFairQueue<Waiting>()) as [Queue, Queue, Queue]
  const servedAt = [0, 0, 0] as [number, number, number]
  const leftAlone = createLeftAlone({ clock, restMs })
  /** The writes of each asker that wait, by lane. */
  const writes = new Map<Asker, [number, number, number]>()
  let waiting = 0
  let quick = 0
  let isSlowBusy = false
  let isPumping = false

  mopidy.onStatus(({ online }) => {
    leftAlone.forget()
    if (online) return
    for (const lane of lanes)
      for (const place of lane.clear()) {
        forget(place)
        place.onRefused(offline)
      }
  })

  const hasRoom = (lane: Lane): boolean =>
    lane === Lane.player ? quick < QUICK_AT_ONCE : !isSlowBusy

  /** A call may not overtake a write of the same asker, unless that one waits for the library. */
  function laneIn({ asker, call, sending }: Place): Lane {
    const own = sending.lane ?? laneOf(call.name)
    if (waiting === 0 || own !== Lane.player) return own
    return (writes.get(asker)?.[Lane.queue] ?? 0) > 0 ? Lane.queue : own
  }

  function wait(place: Place, lane: Lane): void {
    const { userId = 0, inviteId } = place.asker
    const group = inviteId === null || inviteId === undefined ? userId : -inviteId
    const entry: Waiting = { ...place, group, member: userId, lane, timer: undefined }
    entry.timer = setTimeout(() => expire(entry), LONGEST_WAIT_MS[lane])
    if (lanes[lane].size() === 0) servedAt[lane] = performance.now()
    lanes[lane].push(entry)
    waiting += 1
    if (place.call.method.kind === 'write') countWrite(entry, 1)
  }

  function countWrite({ asker, lane }: Waiting, change: 1 | -1): void {
    const counts = writes.get(asker) ?? [0, 0, 0]
    counts[lane] += change
    if (counts.some((count) => count > 0)) writes.set(asker, counts)
    else writes.delete(asker)
  }

  /** To be called for a place that has left its queue. */
  function forget(place: Waiting): void {
    clearTimeout(place.timer)
    waiting -= 1
    if (place.call.method.kind === 'write') countWrite(place, -1)
  }

  function expire(place: Waiting): void {
    lanes[place.lane].remove(place)
    forget(place)
    onExpired(place.asker)
    place.onRefused(MOPIDY_BUSY)
  }

  function run({ call, start }: Place, lane: Lane): void {
    if (lane === Lane.player) quick += 1
    else isSlowBusy = true
    start((answer) => {
      if (lane === Lane.player) quick -= 1
      else if (answer !== undefined && isTimeOut(answer)) return afterTimeOut(call)
      else isSlowBusy = false
      pump()
    })
  }

  /** Mopidy is still busy with the call: what is sent now would run out of time before it is looked at. */
  function afterTimeOut(call: Call): void {
    if (call.method.asksLibrary) leftAlone.note(call)
    refuseLeftAlone()
    const ask = () =>
      mopidy.send('core.get_version', {}, (answer) => {
        if (isTimeOut(answer)) return ask()
        isSlowBusy = false
        pump()
      })
    ask()
  }

  /** Answers the calls that wait for a part of the library which is left alone from now on. */
  function refuseLeftAlone(): void {
    for (const place of lanes[Lane.library].clear()) {
      const error = leftAlone.refusal(place.call)
      if (error === undefined) lanes[Lane.library].push(place)
      else {
        forget(place)
        place.onRefused(error)
      }
    }
  }

  function pump(): void {
    if (isPumping || waiting === 0) return
    isPumping = true
    for (let place = next(); place !== undefined; place = next()) {
      forget(place)
      const { asker, call, sending } = place
      const error = sending.refusal?.(asker, call)
      if (error === undefined) run(place, place.lane)
      else place.onRefused(error)
    }
    isPumping = false
  }

  /** The call whose turn it is, if Mopidy may have it now. */
  function next(): Waiting | undefined {
    if (waiting === 0) return undefined
    const now = performance.now()
    const starved = [Lane.queue, Lane.library].find(
      (lane) => lanes[lane].size() > 0 && now - servedAt[lane] >= STARVED_MS && hasRoom(lane),
    )
    const first = [Lane.player, Lane.queue, Lane.library].find((lane) => lanes[lane].size() > 0)
    const lane = starved ?? first
    if (lane === undefined || !hasRoom(lane)) return undefined
    servedAt[lane] = now
    return lanes[lane].shift()
  }

  return {
    /** Whether a read of the asker has to take its turn, so as to show what they wrote before. */
    holds(asker: Asker, call: Call): boolean {
      if (waiting === 0) return false
      const counts = writes.get(asker)
      if (counts === undefined) return false
      return laneOf(call.name) === Lane.library || counts[Lane.player] + counts[Lane.queue] > 0
    },

    /** Sends a call when it is its turn, or answers why it was not sent. */
    take(place: Place): void {
      if (laneOf(place.call.name) === Lane.library) {
        const error = leftAlone.refusal(place.call)
        if (error !== undefined) return place.onRefused(error)
      }
      const lane = laneIn(place)
      const isFirst = waiting === 0 || (lane === Lane.player && lanes[Lane.player].size() === 0)
      if (isFirst && hasRoom(lane)) return run(place, lane)
      wait(place, lane)
      pump()
    },

    /** The calls that wait. */
    waiting: (): number => waiting,
  }
}

type Queue = ReturnType<typeof createFairQueue<Waiting>>

const isTimeOut = (answer: Answer) => 'error' in answer && answer.error.code === RpcCode.timedOut
