import type { Call } from './call'
import { type Ask, createChunkedAdd, type OnDone } from './chunked-add'
import { busy, RpcCode, type RpcError } from './jsonrpc'
import type { Sending } from './line/line'

/** For whom a call is made; only compared. */
type Asker = object

/** A call that reads or changes the tracklist, and all that its keeper has to know to make it. */
export type Turn = Readonly<{
  /** The calls of one asker keep their order. */
  asker: Asker
  call: Call
  /** Finds out what has to be known before, if anything: the call to make, or why none. Never rejects. */
  prepare?: (() => Promise<Call | Refused>) | undefined
  /**
   * Why this may not go to Mopidy now; undefined when it may. Asked of a call that has waited right
   * before it is sent, and of each chunk of a large add but the first. Must not throw.
   */
  refusal: (call: Call) => RpcError | undefined
  /** The call is sent next; what this gives back hears, once, what became of it. */
  begin: (call: Call) => OnDone
  /** How its calls, one or a chunk at a time, take their places in the line before Mopidy. */
  sending?: Sending
  /** It was never sent. */
  onRefused: (error: RpcError) => void
}>
type Refused = Readonly<{ error: RpcError }>

/** A turn that has not come. */
type Waiting = {
  readonly turn: Turn
  /** What is to be sent; undefined as long as it is not prepared. */
  call: Call | undefined
  preparing: boolean
  timer: Timer | undefined
}

export type Turns = ReturnType<typeof createTurns>
export type TurnsOptions = {
  ask: Ask
  /** Tells clients that the tracklist has changed, where no event of Mopidy's will. */
  announce: () => void
  /** URIs that Mopidy gets at once. */
  chunk?: number
  /** How long a call waits for its turn, in milliseconds; its deadline at Mopidy starts after that. */
  longestWaitMs?: number
  /** Calls that may wait while a large add goes on. */
  mostWaiting?: number
  /** Calls that may wait for another one of the same asker. */
  mostOfOne?: number
}

/** The answer to a call that was never sent because its turn did not come. */
export const NO_TURN: RpcError = {
  code: RpcCode.tooManyRequests,
  message: 'The queue was busy with an earlier call for too long, so this one was not made',
}

/**
 * Keeps the order of calls to the tracklist. Those of one asker go one after the other; while a large
 * add goes to Mopidy in chunks all writes wait, and the asker's own reads, so that they show it. Before
 * anything that has waited is sent, it is asked whether it may still be.
 */
export function createTurns({
  ask,
  announce,
  chunk = 20,
  longestWaitMs = 10_000,
  mostWaiting = 1_000,
  mostOfOne = 500,
}: TurnsOptions) {
  const chunkedAdd = createChunkedAdd({ announce, chunk })
  /** The calls of each asker that wait, the next one first. */
  const lines = new Map<Asker, Waiting[]>()
  /** Of these, the first ones of their lines that wait for a large add. */
  const afterAdd = new Set<Waiting>()
  let waitingInAll = 0
  /** Whose large add is going on. */
  let adding: Asker | undefined

  /** Sends a call whose turn it is. */
  function send({ asker, begin, refusal, sending }: Turn, call: Call): void {
    const onDone = begin(call)
    if (!chunkedAdd.isLarge(call)) return ask(call, (answer) => onDone(answer), asker, sending)
    adding = asker
    const askPart: Ask = (part, onAnswer) => ask(part, onAnswer, asker, sending)
    chunkedAdd.send(call, askPart, refusal, onDone, () => {
      adding = undefined
      goOnAfterAdd()
    })
  }

  function waitsForAdd({ asker, call }: Turn): boolean {
    return adding !== undefined && (call.method.queue === 'write' || adding === asker)
  }

  function startTimer(waiting: Waiting): void {
    waiting.timer = setTimeout(() => {
      remove(waiting)
      waiting.turn.onRefused(NO_TURN)
      goOn(waiting.turn.asker)
    }, longestWaitMs)
  }

  function remove(waiting: Waiting): void {
    const { asker } = waiting.turn
    clearTimeout(waiting.timer)
    afterAdd.delete(waiting)
    waitingInAll -= 1
    const left = lines.get(asker)?.filter((other) => other !== waiting) ?? []
    if (left.length > 0) lines.set(asker, left)
    else lines.delete(asker)
  }

  async function prepare(waiting: Waiting, work: () => Promise<Call | Refused>): Promise<void> {
    clearTimeout(waiting.timer)
    waiting.preparing = true
    const outcome = await work()
    waiting.preparing = false
    if ('error' in outcome) {
      remove(waiting)
      waiting.turn.onRefused(outcome.error)
    } else {
      waiting.call = outcome
      startTimer(waiting)
    }
    goOn(waiting.turn.asker)
  }

  /** Makes the first call of a line, if that can be done by now; whether it has left the line. */
  function step(first: Waiting): boolean {
    const { turn, call, preparing } = first
    if (preparing) return false
    if (call === undefined) {
      if (turn.prepare !== undefined) void prepare(first, turn.prepare)
      return false
    }
    if (waitsForAdd(turn)) {
      afterAdd.add(first)
      return false
    }
    remove(first)
    const error = turn.refusal(call)
    if (error === undefined) send(turn, call)
    else turn.onRefused(error)
    return true
  }

  const firstOf = (asker: Asker): Waiting | undefined => lines.get(asker)?.[0]

  /** Makes the calls of an asker up to the first that has to wait on. */
  function goOn(asker: Asker): void {
    for (let first = firstOf(asker); first !== undefined; first = firstOf(asker))
      if (!step(first)) return
  }

  /** Makes the calls that waited for the add, one of each asker in turn, up to the next large add. */
  function goOnAfterAdd(): void {
    let firsts = [...afterAdd]
    afterAdd.clear()
    while (firsts.length > 0)
      firsts = firsts.flatMap((first) => {
        const next = step(first) ? firstOf(first.turn.asker) : undefined
        return next ?? []
      })
  }

  return {
    /** Whether a read of the asker has to take its turn, so as to show what they wrote before. */
    holds: (asker: Asker): boolean => lines.has(asker) || adding === asker,

    /** Makes a call when it is its turn, or answers why it was not made. */
    take(turn: Turn): void {
      const { asker, call, prepare, onRefused } = turn
      const line = lines.get(asker)
      const isAfterAdd = waitsForAdd(turn)
      if (line === undefined && !isAfterAdd && prepare === undefined) return send(turn, call)
      const tooMany =
        (line !== undefined && line.length >= mostOfOne) ||
        (isAfterAdd && waitingInAll >= mostWaiting)
      if (tooMany) return onRefused(busy)
      const waiting: Waiting = {
        turn,
        call: prepare === undefined ? call : undefined,
        preparing: false,
        timer: undefined,
      }
      waitingInAll += 1
      startTimer(waiting)
      if (line !== undefined) return void line.push(waiting)
      lines.set(asker, [waiting])
      step(waiting)
    },

    /** Whether an event of Mopidy's is to be passed on to clients. */
    passes: chunkedAdd.passes,

    /** Mopidy is gone, and with it the events that were to come. */
    forgetEvents: chunkedAdd.forgetEvents,
  }
}
