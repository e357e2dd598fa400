import { readdirSync } from 'node:fs'
import { until } from '../support/test-musakone'
import { type Figure, ratio, timed } from './figure'
import type { Load } from './load'
import { interleave } from './rounds'
import type { RunningMusakone, Stage } from './stage'
import { median } from './statistics'
import { TARGETS, type Targets, targetsOf, withTargets } from './targets'

const SOCKETS = 1_000
const MOST_OVER_DIRECT = 0.5
const EVENTS_A_ROUND = 5
/** A process that has fewer than this open has got rid of the crowd. */
const FEW_FILES = 200

/**
 * An event to a full house: from the `set_volume` of one more client until the last of the sockets has
 * heard of it. The crowd stands before one target at a time, so that none pays for another's.
 */
export function fanOut(stage: Stage): Promise<Figure[]> {
  const measureAll = async (_: unknown, load: Load, musakone: RunningMusakone) => {
    const targets = targetsOf(stage, musakone)
    const measure = async (name: keyof Targets) => {
      await load.open('crowd', targets[name], SOCKETS)
      const times = await timeEvents(load, name)
      await load.ask('close', 'crowd', {})
      const left = () => hasFewFiles(stage.mopidy.pid) && hasFewFiles(musakone.child.pid)
      await until(left, 'the crowd to be gone', 20_000)
      return median(times)
    }
    const times = await interleave(TARGETS, stage.quick ? 1 : 6, measure)
    const title = `an event to ${SOCKETS} sockets, the last hears it`
    return [
      ...(['musakone', 'musakone, own dialect'] as const).map((name) =>
        ratio(`${title}: ${name} / direct`, times[name], times.direct, {
          target: MOST_OVER_DIRECT,
        }),
      ),
      ...TARGETS.map((name) => timed(`${title}: ${name}`, times[name])),
    ]
  }
  return withTargets(stage, 1, measureAll, { withNginx: false })
}

async function timeEvents(load: Load, name: keyof Targets): Promise<number[]> {
  // The first message decides which dialect's events a socket hears.
  const greeting = { clients: SOCKETS, calls: [{ method: 'core.mixer.get_volume' }] }
  await load.round('crowd', { ...greeting, count: SOCKETS })
  const space = name === 'musakone, own dialect' ? '' : ' '
  const times: number[] = []
  for (let again = 0; again <= EVENTS_A_ROUND; again += 1) {
    const volume = 20 + again
    const call = { method: 'core.mixer.set_volume', params: { volume } }
    const heardAs = `"volume":${space}${volume}`
    times.push(
      await load.ask('broadcast', 'crowd', { broadcast: { trigger: name, call, heardAs } }),
    )
  }
  // The first finds nothing ready.
  return times.slice(1)
}

function hasFewFiles(pid: number): boolean {
  return readdirSync(`/proc/${pid}/fd`).length < FEW_FILES
}
