import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** A thread that is nicer by 10 gets a tenth of the time; with less, logins would starve on a busy box. */
const NICER = 10
const NICEST = 19
const THREADS = '/proc/self/task'

let giveWay: ReadonlySet<string> = new Set()

/**
 * Has the threads that hash give way to the one that serves sockets. Each hash keeps a core busy for
 * many milliseconds, and the kernel would let a socket wait that long where cores are few. To be called
 * while something is hashed: Bun starts the threads of its pool when they are needed.
 */
export function lowerHashingThreads(): void {
  try {
    const threads = readdirSync(THREADS)
    giveWay = new Set(threads.filter((thread) => giveWay.has(thread) || lower(thread)))
  } catch {
    // Not Linux, or not permitted: sockets wait longer while a password is hashed.
  }
}

/** Lowers the priority of a thread of Bun's pool; whether it is one. */
function lower(thread: string): boolean {
  if (!readFileSync(`${THREADS}/${thread}/comm`, 'utf8').startsWith('Bun Pool')) return false
  // On Linux a thread has a priority of its own, by its id.
  setPriority(Number(thread), Math.min(getPriority() + NICER, NICEST))
  return true
}
