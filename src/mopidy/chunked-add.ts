import type { Call } from './call'
import type { MopidyEvent } from './events'
import { type Answer, type RpcError, resultAnswer } from './jsonrpc'
import type { Asker, Sending } from './line/line'
import { methods } from './methods'
import { readTlTracks } from './track'

/** Asks Mopidy, or its mirror. */
export type Ask = (
  call: Call,
  onAnswer: (answer: Answer) => void,
  asker?: Asker,
  sending?: Sending,
) => void

/** Takes what the caller is answered and, where that is less, what of the call was done all the same. */
export type OnDone = (answer: Answer, done?: Answer) => void

/** A chunk that is to be sent next: why it may not be, or undefined. */
type Refusal = (chunk: Call) => RpcError | undefined

const INDEX = 'core.tracklist.index'

type ChunkedAddOptions = {
  /** Tells clients that the tracklist has changed, where no event of Mopidy's will. */
  announce: () => void
  /** URIs that Mopidy gets at once; a file costs it about 1.5 ms, during which it hears nobody. */
  chunk: number
}

/**
 * Sends a large add to Mopidy in chunks, between which other calls pass. To its caller the add is one
 * call: the tracks stay together and one event tells of them.
 */
export function createChunkedAdd({ announce, chunk }: ChunkedAddOptions) {
  // Events of chunks that are still to come and are not to be passed on.
  let unwanted = 0

  return {
    /** Whether the call is an add that has to be split. */
    isLarge: ({ method, params }: Call): boolean =>
      method.inChunks === true && Array.isArray(params.uris) && params.uris.length > chunk,

    /**
     * Sends a large add; `onDone` is called once, and `onEnd` after it and after the event. A chunk
     * that fails, or is refused before it is sent, ends the add: what was added stays in the tracklist.
     */
    send(call: Call, ask: Ask, refusal: Refusal, onDone: OnDone, onEnd: () => void): void {
      const uris = call.params.uris as readonly unknown[]
      const { at_position: first } = call.params
      const added: unknown[] = []

      function sendFrom(start: number, place: unknown): void {
        const end = start + chunk
        const position = typeof place === 'number' ? { at_position: place } : {}
        const part = { ...call, params: { ...position, uris: uris.slice(start, end) } }
        const error = start === 0 ? undefined : refusal(part)
        if (error !== undefined) return finish({ error }, false)
        ask(part, (answer) => {
          const result = 'result' in answer && Array.isArray(answer.result) ? answer.result : []
          added.push(...result)
          const bringsEvent = result.length > 0
          if ('error' in answer) return finish(answer, bringsEvent)
          if (end >= uris.length) return finish(resultAnswer(added), bringsEvent)
          if (bringsEvent) unwanted += 1
          findPlace((next) => sendFrom(end, next))
        })
      }

      /** After the last one added: of the tracks before it some may have been played and consumed. */
      function findPlace(then: (place: unknown) => void): void {
        const tlid = readTlTracks(added.slice(-1))[0]?.tlid
        if (first === undefined || tlid === undefined) return then(first)
        ask({ name: INDEX, method: methods[INDEX], params: { tlid } }, (answer) => {
          const index = 'result' in answer ? answer.result : null
          then(typeof index === 'number' ? index + 1 : Number(first) + added.length)
        })
      }

      function finish(answer: Answer, bringsEvent: boolean): void {
        if ('error' in answer && added.length > 0) onDone(answer, resultAnswer(added))
        else onDone(answer)
        // The event of the last chunk tells of all. Where there is none, that of the chunk before does,
        // or, when it has gone by already, one is made.
        if (!bringsEvent && unwanted > 0) unwanted -= 1
        else if (!bringsEvent && added.length > 0) announce()
        onEnd()
      }

      sendFrom(0, first)
    },

    /** Whether an event of Mopidy's is to be passed on to clients. */
    passes({ name }: MopidyEvent): boolean {
      if (name !== 'tracklist_changed' || unwanted === 0) return true
      unwanted -= 1
      return false
    },

    /** Mopidy is gone, and with it the events that were to come. */
    forgetEvents(): void {
      unwanted = 0
    },
  }
}
