import { type Figure, ratio, unmeasured } from './figure'
import type { RoundResult } from './load'
import { interleave } from './rounds'
import type { Stage } from './stage'
import { median } from './statistics'
import { readNamed, type TargetName, timesOf, withTargets } from './targets'

const CLIENTS = 20
const CALL = { method: 'core.tracklist.get_next_tlid' }

/**
 * A room full of people: twenty clients, each of which asks again as soon as it has its answer. They
 * ask what only Mopidy can answer; for what is kept see `kept-reads.ts`.
 */
export function crowd(stage: Stage): Promise<Figure[]> {
  return withTargets(stage, CLIENTS, async (names, load) => {
    const measure = (name: TargetName) =>
      load.round(name, { clients: CLIENTS, calls: [CALL], ms: stage.quick ? 400 : 750 })
    await interleave(names, 1, measure)
    return compare(names, await interleave(names, stage.quick ? 3 : 14, measure))
  })
}

function compare(
  names: readonly TargetName[],
  results: Readonly<Record<TargetName, RoundResult[]>>,
): Figure[] {
  const title = `${CLIENTS} clients, ${readNamed(CALL.method)}`
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
