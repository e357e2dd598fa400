import { type Answer, busy } from '../../mopidy/jsonrpc'

/** Who calls; only compared. */
type Asker = object
type Work = (done: () => void) => void

/** Calls of one asker that may wait for one of their own. */
const MOST_WAITING = 500

/** Keeps what one asker wants in order, where something of theirs takes a while before it is sent. */
export function createAskerTurns() {
  const waiting = new Map<Asker, Work[]>()

  function start(asker: Asker, work: Work): void {
    work(() => {
      const next = waiting.get(asker)?.shift()
      if (next === undefined) waiting.delete(asker)
      else start(asker, next)
    })
  }

  return {
    /** Whether something of theirs is being done. */
    isBusy: (asker: Asker): boolean => waiting.has(asker),

    /** Does the work when all that the asker wanted before is done. */
    take(asker: Asker, work: Work, onAnswer: (answer: Answer) => void): void {
      const before = waiting.get(asker)
      if (before === undefined) {
        waiting.set(asker, [])
        start(asker, work)
      } else if (before.length >= MOST_WAITING) onAnswer({ error: busy })
      else before.push(work)
    },
  }
}
