import { readdirSync, readFileSync } from 'node:fs'
import { type Figure, unmeasured } from './figure'
import { startLoad } from './load'
import { megabytes, told } from './process-memory'
import { type RunningMusakone, type Stage, startMusakone } from './stage'

const CROWDS = [
  { sockets: 1_000, mostMb: 90 },
  { sockets: 5_000, mostMb: 130 },
] as const
const SETTLING_MS = 4_000
/** What a process has open beside its sockets. */
const OTHER_FILES = 100

/** Resident memory of the executable with signed-in sockets that say nothing. */
export async function idleClients(stage: Stage): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { sockets, mostMb } of CROWDS) {
    const name = `resident memory with ${sockets} idle clients (VmRSS)`
    const most = mostOpenFiles()
    if (most < sockets + OTHER_FILES) {
      figures.push(unmeasured(name, 'MB', mostMb, `only ${most} open files: see ulimit -n`))
      continue
    }
    const { resident, peak } = await measure(stage, sockets)
    const note = `peak since start ${told(peak)}; settled for ${settlingMs(stage) / 1000} s`
    figures.push({ name, value: resident, unit: 'MB', target: mostMb, note })
  }
  return figures
}

async function measure(stage: Stage, sockets: number) {
  const musakone = await startMusakone(stage)
  const load = startLoad()
  try {
    await load.open('crowd', { url: musakone.loadUrl, dialect: 'own' }, sockets)
    await Bun.sleep(settlingMs(stage))
    if (readdirSync(`/proc/${musakone.child.pid}/fd`).length < sockets)
      throw new Error('not all of them stayed')
    return memoryOf(musakone)
  } finally {
    await load.stop()
    await musakone.stop()
  }
}

const settlingMs = ({ quick }: Stage) => (quick ? SETTLING_MS / 4 : SETTLING_MS)

function memoryOf({ child }: RunningMusakone) {
  const file = `/proc/${child.pid}/status`
  return { resident: megabytes(file, 'VmRSS'), peak: megabytes(file, 'VmHWM') }
}

/** Bun raises its own limit to what it may have, and those that it starts inherit that. */
function mostOpenFiles(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN)
}
