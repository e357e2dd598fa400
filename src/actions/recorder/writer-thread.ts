import type { ActionRow, Written } from './action-rows'
import type { ToThread } from './recorder-thread'

declare const MUSAKONE_COMMIT: string | undefined

export type WriterThread = ReturnType<typeof createWriterThread>

/**
 * Writes groups of rows in a thread of its own, one at a time. `onFailed` is called when the thread ends
 * without having been told to.
 */
export function createWriterThread(path: string, onFailed: (reason: string) => void) {
  const thread = new Worker(source(), { smol: true })
  const unanswered = new Set<(answer: string | undefined) => void>()
  let ended = false

  thread.onmessage = ({ data }: MessageEvent<string>) => answer(data)
  thread.onerror = ({ message }) => fail(message)
  thread.addEventListener('close', () => fail('it has ended'))

  function answer(text: string): void {
    const [first] = unanswered
    if (first === undefined) return
    unanswered.delete(first)
    first(text)
  }

  function fail(reason: string): void {
    if (ended) return
    onFailed(reason)
    end()
  }

  function end(): void {
    ended = true
    thread.terminate()
    for (const resolve of unanswered) resolve(undefined)
    unanswered.clear()
  }

  function ask(message: ToThread): Promise<string | undefined> {
    if (ended) return Promise.resolve(undefined)
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    unanswered.add(resolve)
    thread.postMessage(JSON.stringify(message))
    return promise
  }

  return {
    /** Writes the first rows of a group, in one transaction; undefined when the thread has ended. */
    async write(rows: readonly ActionRow[]): Promise<Written | undefined> {
      const answer = await ask({ path, rows })
      return answer === undefined ? undefined : JSON.parse(answer)
    },

    /** Ends the thread after it has answered every message and closed its database connection. */
    async stop(): Promise<void> {
      await ask('stop')
      end()
    },
  }
}

/** The thread's code: a path inside the executable, or the source file beside this one. */
function source(): string | URL {
  return typeof MUSAKONE_COMMIT === 'string'
    ? '/$bunfs/root/actions/recorder/recorder-thread.js'
    : new URL('./recorder-thread.ts', import.meta.url)
}
