import { readFileSync } from 'node:fs'

/**
 * The milliseconds that the main thread of a process has run, or has waited for a core to run on; 0
 * where the kernel does not count them. On a busy machine the waiting tells more than the time it ran.
 */
export function busyMs(pid: number | 'self'): number {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
    return (Number(ran) + Number(waited)) / 1e6
  } catch {
    return 0
  }
}
