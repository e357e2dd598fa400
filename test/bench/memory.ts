import { readFileSync } from 'node:fs'
import type { Figure } from './figure'
import { type Stage, startMusakone } from './stage'

const MOST_MB = 64
const SETTLING_MS = 5_000

/** Resident memory of the executable some seconds after it has reached Mopidy, with no client. */
export async function memory(stage: Stage): Promise<Figure[]> {
  const musakone = await startMusakone(stage)
  try {
    await Bun.sleep(stage.quick ? SETTLING_MS / 5 : SETTLING_MS)
    const folder = `/proc/${musakone.child.pid}`
    const resident = megabytes(`${folder}/status`, 'VmRSS')
    const peak = megabytes(`${folder}/status`, 'VmHWM')
    const own = megabytes(`${folder}/smaps_rollup`, 'Pss')
    const anonymous = megabytes(`${folder}/status`, 'RssAnon')
    return [
      {
        name: 'idle resident memory (VmRSS)',
        value: resident,
        unit: 'MB',
        target: MOST_MB,
        note: `of it anonymous ${told(anonymous)}; peak since start ${told(peak)}`,
      },
      { name: 'idle memory, shared pages in part (PSS)', value: own, unit: 'MB', note: '' },
    ]
  } finally {
    await musakone.stop()
  }
}

/** A line of a file in /proc, which counts in kB; undefined when there is none. */
function megabytes(file: string, name: string): number | undefined {
  try {
    const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))
    return line === null ? undefined : Number(line[1]) / 1024
  } catch {
    return undefined
  }
}

const told = (value: number | undefined) =>
  value === undefined ? 'unknown' : `${value.toFixed(1)} MB`
