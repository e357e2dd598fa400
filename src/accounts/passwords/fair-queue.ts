import { AppError } from '../../errors'

export type FairQueueLimits = Readonly<{ mostAtOnce: number; mostWaiting: number }>

type Waiter = { begin(): void; refuse(error: AppError): void }

/** Seconds after which most of those that wait have had their turn. */
const RETRY_AFTER_S = 2

/**
 * Runs a few works at a time. Places take turns, each with one of its works, so that the one work of a place
 * does not wait for the hundred works of another. When the queue is full, the place with the most waiting
 * works loses its last.
 */
export function createFairQueue({ mostAtOnce, mostWaiting }: FairQueueLimits) {
  /** In the order of their turns. */
  const lines = new Map<string, Waiter[]>()
  let running = 0
  let waiting = 0

  function wait(place: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const line = lines.get(place) ?? []
    if (waiting >= mostWaiting) makeRoom(line.length)
    line.push({ begin: resolve, refuse: reject })
    lines.set(place, line)
    waiting += 1
    return promise
  }

  /** @throws {AppError} `too_many_requests` when nobody has more waiting than the newcomer would. */
  function makeRoom(own: number): void {
    let [place, longest] = ['', [] as Waiter[]]
    for (const [other, line] of lines)
      if (line.length > longest.length) [place, longest] = [other, line]
    if (longest.length <= own + 1) throw tooMany()
    longest.pop()?.refuse(tooMany())
    if (longest.length === 0) lines.delete(place)
    waiting -= 1
  }

  function next(): Waiter | undefined {
    for (const [place, line] of lines) {
      lines.delete(place)
      const first = line.shift()
      // The place's next turn comes after all other places.
      if (line.length > 0) lines.set(place, line)
      if (first === undefined) continue
      waiting -= 1
      return first
    }
    return undefined
  }

  return {
    /** @throws {AppError} `too_many_requests` when too many wait. */
    async run<T>(place: string, work: () => Promise<T>): Promise<T> {
      if (running >= mostAtOnce) await wait(place)
      else running += 1
      try {
        return await work()
      } finally {
        // The turn passes straight to the next in line.
        const waiter = next()
        if (waiter === undefined) running -= 1
        else waiter.begin()
      }
    },

    load: (): { running: number; waiting: number } => ({ running, waiting }),
  }
}

const tooMany = () =>
  new AppError('too_many_requests', 'Too many logins at once: try again.', RETRY_AFTER_S)
