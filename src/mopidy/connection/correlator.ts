import { guarded } from '../../guard'
import type { Log } from '../../log'
import { type Answer, type RpcError, timedOut } from '../jsonrpc'

type Waiting = {
  onAnswer: (answer: Answer) => void
  timer: Timer
  /** Whether the call may keep Mopidy busy for longer than a heartbeat. */
  slow: boolean
}

/**
 * Gives each reply to the caller of its request, who gets exactly one answer: at the deadline, if not
 * before. Ids are never used twice, so a reply after the deadline answers no other request.
 */
export function createCorrelator({ log }: { log: Log }) {
  const answering = { what: 'pass on an answer of mopidy', log }
  const waiting = new Map<number, Waiting>()
  const idling: (() => void)[] = []
  let lastId = 0

  function settle(id: number, answer: Answer): boolean {
    const request = waiting.get(id)
    if (request === undefined) return false
    waiting.delete(id)
    clearTimeout(request.timer)
    guarded(answering, () => request.onAnswer(answer))
    if (waiting.size === 0) for (const resolve of idling.splice(0)) resolve()
    return true
  }

  return {
    /** The id to send a request with; `onAnswer` is called once. */
    expect(deadlineMs: number, slow: boolean, onAnswer: (answer: Answer) => void): number {
      lastId += 1
      const id = lastId
      const timer = setTimeout(() => settle(id, { error: timedOut }), deadlineMs)
      waiting.set(id, { onAnswer, timer, slow })
      return id
    },

    /** Answers the request with that id; false when none waits under it. */
    settle,

    /** Answers every waiting request with the same error. */
    failAll(error: RpcError): void {
      for (const id of [...waiting.keys()]) settle(id, { error })
    },

    /** The number of requests without an answer. */
    pending: (): number => waiting.size,

    /** Resolves when every request has its answer. */
    idle: (): Promise<void> =>
      waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => idling.push(resolve)),

    /** Whether a request that may take long is among them. */
    pendingSlow: (): boolean => [...waiting.values()].some(({ slow }) => slow),
  }
}
