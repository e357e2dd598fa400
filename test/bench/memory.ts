import type { Figure } from './figure'
import { megabytes, told } from './process-memory'
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
