import { type Figure, ratio, unmeasured } from './figure'
import type { RoundResult } from './load'
import { interleave } from './rounds'
import type { Stage } from './stage'
import { median } from './statistics'
import { type TargetName, timesOf, withTargets } from './targets'

const CLIENTS = 20
const CALLS = [{ method: 'core.playback.get_state' }, { method: 'core.mixer.get_volume' }]

/** A room full of people: twenty clients, each of which asks again as soon as it has its answer. */
export function crowd(stage: Stage): Promise<Figure[]> {
  return withTargets(stage, CLIENTS, async (names, load) => {
    const measure = (name: TargetName) =>
      load.round(name, { clients: CLIENTS, calls: CALLS, ms: stage.quick ? 400 : 750 })
    await interleave(names, 1, measure)
    return compare(names, await interleave(names, stage.quick ? 3 : 14, measure))
  })
}

function compare(
  names: readonly TargetName[],
  results: Readonly<Record<TargetName, RoundResult[]>>,
): Figure[] {
  const title = `${CLIENTS} clients`
  const p99 = (name: TargetName) => results[name].map(({ times }) => times.p99)
  const speed = (name: TargetName) => results[name].map(({ callsPerSecond }) => callsPerSecond)
  const ours = ['musakone', 'musakone, own dialect'] as const
  return [
    ...ours.map((name) =>
      ratio(`${title}: p99, ${name} / direct`, p99(name), p99('direct'), { target: 1 }),
    ),
    names.includes('nginx')
      ? ratio(`${title}: p99, musakone / nginx`, p99('musakone'), p99('nginx'))
      : unmeasured(`${title}: p99, musakone / nginx`, '×', 1, 'nginx is not installed'),
    ...ours.map((name) =>
      ratio(`${title}: throughput, ${name} / direct`, speed(name), speed('direct')),
    ),
    ...names.map((name) => timesOf(`${title}: ${name}`, results[name])),
    ...names.map((name) => ({
      name: `${title}: throughput, ${name}`,
      value: median(speed(name)),
      unit: 'calls/s' as const,
      note: '',
    })),
  ]
}
