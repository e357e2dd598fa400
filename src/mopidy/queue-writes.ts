import type { Call } from './call'
import type { MopidyEvent } from './events'
import { type Answer, busy, resultAnswer, timedOut } from './jsonrpc'
import { methods } from './methods'
import { readTlTracks } from './track'

type Send = (call: Call, onAnswer: (answer: Answer) => void) => void

/** Takes what the caller is answered and, where that is less, what of the call was done all the same. */
export type OnDone = (answer: Answer, done?: Answer) => void

/** Who calls; only compared. */
type Asker = object

/** A write to the tracklist, or a read behind one, that waits for a large add to be done. */
type Waiting = { asker: Asker; run: () => void; timer: Timer }

const INDEX = 'core.tracklist.index'

export type QueueWrites = ReturnType<typeof createQueueWrites>
export type QueueWritesOptions = {
  /** Tells clients that the tracklist has changed, where no event of Mopidy's will. */
  announce: () => void
  /** URIs that Mopidy gets at once; a file costs it about 1.5 ms, during which it hears nobody. */
  chunk?: number
  /** How long a write waits for its turn, in milliseconds. */
  deadlineMs?: number
  mostWaiting?: number
}

/**
 * Keeps the writes to the tracklist in order while a large `add` goes to Mopidy in chunks, between
 * which everybody else's calls pass. To its caller the add is one call: the tracks stay together and
 * one event tells of them.
 */
export function createQueueWrites({
  announce,
  chunk = 20,
  deadlineMs = 10_000,
  mostWaiting = 1_000,
}: QueueWritesOptions) {
  const waiting = new Set<Waiting>()
  /** Whose large add is going on. */
  let adding: Asker | undefined
  // Events of chunks that are still to come and are not to be passed on.
  let unwanted = 0

  function next(): void {
    adding = undefined
    for (const write of waiting) {
      if (adding !== undefined) return
      waiting.delete(write)
      clearTimeout(write.timer)
      write.run()
    }
  }

  function addInChunks(call: Call, uris: readonly unknown[], send: Send, onDone: OnDone): void {
    const added: unknown[] = []
    const { at_position: first } = call.params

    const addFrom = (start: number, place: unknown): void => {
      const end = start + chunk
      const position = typeof place === 'number' ? { at_position: place } : {}
      const part = { ...call, params: { ...position, uris: uris.slice(start, end) } }
      send(part, (answer) => {
        const result = 'result' in answer && Array.isArray(answer.result) ? answer.result : []
        added.push(...result)
        const done = 'error' in answer || end >= uris.length
        if (!done) {
          if (result.length > 0) unwanted += 1
          return findPlace((next) => addFrom(end, next))
        }
        // What was added before a chunk failed stays in the tracklist.
        if ('error' in answer && added.length > 0) onDone(answer, resultAnswer(added))
        else onDone('error' in answer ? answer : resultAnswer(added))
        // The event of the last chunk tells of all. Where it brings none, the one before it does, or,
        // when that has gone by already, we do.
        if (result.length === 0 && unwanted > 0) unwanted -= 1
        else if (result.length === 0 && added.length > 0) announce()
        next()
      })
    }

    /** Behind the last one added: of the tracks before it some may have been played and consumed. */
    const findPlace = (then: (place: unknown) => void): void => {
      const tlid = readTlTracks(added.slice(-1))[0]?.tlid
      if (first === undefined || tlid === undefined) return then(first)
      send({ name: INDEX, method: methods[INDEX], params: { tlid } }, (answer) => {
        const index = 'result' in answer ? answer.result : null
        then(typeof index === 'number' ? index + 1 : Number(first) + added.length)
      })
    }
    addFrom(0, first)
  }

  return {
    /** Whether the asker has a write here that its reads have to wait for, so as to show it. */
    writes: (asker: Asker): boolean =>
      adding === asker || [...waiting].some((write) => write.asker === asker),

    /** Runs the write, or read, when it is its turn, or answers that it never was. */
    inTurn(asker: Asker, run: () => void, onAnswer: (answer: Answer) => void): void {
      if (adding === undefined) return run()
      if (waiting.size >= mostWaiting) return onAnswer({ error: busy })
      const giveUp = () => {
        waiting.delete(write)
        onAnswer({ error: timedOut })
      }
      const write: Waiting = { asker, run, timer: setTimeout(giveUp, deadlineMs) }
      waiting.add(write)
    },

    /** Sends a write whose turn it is; `send` is called for it, or for each of its chunks. */
    send(asker: Asker, call: Call, send: Send, onDone: OnDone): void {
      const { uris } = call.params
      const large = call.method.inChunks === true && Array.isArray(uris) && uris.length > chunk
      if (!large) return send(call, (answer) => onDone(answer))
      adding = asker
      addInChunks(call, uris, send, onDone)
    },

    /** Whether an event is to be passed on to clients. */
    passes({ name }: MopidyEvent): boolean {
      if (name !== 'tracklist_changed' || unwanted === 0) return true
      unwanted -= 1
      return false
    },

    /** Mopidy is gone, and with it the events that were to come. */
    reset(): void {
      unwanted = 0
    },
  }
}
