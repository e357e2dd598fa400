import { readdirSync, readFileSync } from 'node:fs'

type ProcessFigures = Readonly<{
  cpuSeconds: number
  residentBytes: number
  openDescriptors: number
  mostDescriptors: number
}>

/** The unit of processor time in `/proc`: USER_HZ, which is 100 on every Linux. */
const TICKS_A_SECOND = 100

/** What this process uses; undefined without a `/proc`. */
export function processFigures(proc = '/proc/self'): ProcessFigures | undefined {
  try {
    const stat = readFileSync(`${proc}/stat`, 'utf8')
    // The name, the second field, may hold spaces and brackets; after its last bracket comes field three.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system] = [Number(fields[11]), Number(fields[12])]
    const status = readFileSync(`${proc}/status`, 'utf8')
    const limits = readFileSync(`${proc}/limits`, 'utf8')
    return {
      cpuSeconds: (user + system) / TICKS_A_SECOND,
      residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
      openDescriptors: readdirSync(`${proc}/fd`).length,
      mostDescriptors: Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]),
    }
  } catch {
    return undefined
  }
}
