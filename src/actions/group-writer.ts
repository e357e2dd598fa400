import type { Database } from '../database/database'
import { reasonOf } from '../errors'
import { type ActionRow, createRowWriter, type Written } from './action-rows'
import type { ToThread } from './recorder-thread'

/** Writes in this thread, which serves nobody meanwhile. */
export function createWriterHere({ sqlite }: Database): (rows: readonly ActionRow[]) => Written {
  const write = createRowWriter(sqlite)
  return (rows) => {
    try {
      return { ids: write(rows) }
    } catch (error) {
      return { ids: [], problem: reasonOf(error) }
    }
  }
}

export type WriterThread = ReturnType<typeof createWriterThread>

/** Writes in a thread of its own, one group at a time. `onFailed` hears that it is there no more. */
export function createWriterThread({ path }: Database, onFailed: (reason: string) => void) {
  const thread = new Worker(new URL('./recorder-thread.ts', import.meta.url), { smol: true })
  const unanswered: ((answer: string) => void)[] = []
  let ended = false

  thread.onmessage = ({ data }: MessageEvent<string>) => unanswered.shift()?.(data)
  thread.onerror = ({ message }) => end(message)
  thread.addEventListener('close', () => end('it has ended'))

  function end(problem: string): void {
    if (ended) return
    ended = true
    onFailed(problem)
    const failed: Written = { ids: [], problem }
    for (const answer of unanswered.splice(0)) answer(JSON.stringify(failed))
  }

  function ask(message: ToThread): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>()
    unanswered.push(resolve)
    thread.postMessage(JSON.stringify(message))
    return promise
  }

  return {
    write: async (rows: readonly ActionRow[]): Promise<Written> =>
      JSON.parse(await ask({ path, rows })),

    /** To be called when it has answered for all that it was given. */
    async stop(): Promise<void> {
      await ask('stop')
      ended = true
      thread.terminate()
    },
  }
}
