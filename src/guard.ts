import { reasonOf } from './errors'
import type { Log } from './log'

/** A failure that repeats, as while the disk is full, is logged once in so many milliseconds. */
const COMPLAINT_EVERY_MS = 60_000

type Task = Readonly<{
  /** What the work does, for the log: it goes on after "cannot". */
  what: string
  /** Without one, as in a command, nothing is logged. */
  log?: Log | undefined
}>

const complaints = new WeakMap<Log, Map<string, number>>()

/**
 * Does work whose failure must not reach the caller: that of timers and of the hooks in Mopidy's answers,
 * where an error would end the process. Returns whether it worked; a failure is logged once a minute.
 */
export function guarded(task: Task, work: () => Promise<unknown>): Promise<boolean>
export function guarded(task: Task, work: () => unknown): boolean
export function guarded(task: Task, work: () => unknown): boolean | Promise<boolean> {
  const failed = (error: unknown) => {
    complain(task, error)
    return false
  }
  try {
    const done = work()
    return done instanceof Promise ? done.then(() => true, failed) : true
  } catch (error) {
    return failed(error)
  }
}

/** The result of `work`, or `otherwise` when it throws, which is logged once a minute. */
export function resultOr<T>(otherwise: T, task: Task, work: () => T): T {
  try {
    return work()
  } catch (error) {
    complain(task, error)
    return otherwise
  }
}

/**
 * Does work every so many milliseconds, guarded; the function that it gives back ends that. The timer
 * alone does not keep the process alive.
 */
export function every(ms: number, task: Task, work: () => unknown): () => void {
  const timer = setInterval(() => void guarded(task, work), ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Logs that something cannot be done, once a minute for each thing. */
export function complain({ log, what }: Task, error: unknown): void {
  if (log === undefined) return
  const complainedAt = complaints.get(log) ?? new Map<string, number>()
  complaints.set(log, complainedAt)
  const now = performance.now()
  if (now - (complainedAt.get(what) ?? Number.NEGATIVE_INFINITY) < COMPLAINT_EVERY_MS) return
  complainedAt.set(what, now)
  // SQLite's errors say all in their message; any other is a mistake in the program, which its stack finds.
  const isSqlites = (error as { name?: string } | null)?.name === 'SQLiteError'
  log.error(isSqlites ? { reason: reasonOf(error) } : { err: error }, `cannot ${what}`)
}
