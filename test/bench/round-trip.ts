import { type Figure, ratio, unmeasured } from './figure'
import type { LoadCall, RoundResult } from './load'
import { interleave } from './rounds'
import type { Stage } from './stage'
import { readNamed, type TargetName, timesOf, withTargets } from './targets'

/** One that only Mopidy can answer, which shows what the way through costs, and one that is kept. */
const CALLS: readonly LoadCall[] = [
  { method: 'core.tracklist.get_next_tlid' },
  { method: 'core.playback.get_state' },
]
const CALLS_A_ROUND = 100
const MOST_OVER_DIRECT = 1.25
const MOST_OVER_NGINX = 1.1

/** What one person at a remote control waits for: one call in flight, nobody else there. */
export function roundTrip(stage: Stage): Promise<Figure[]> {
  return withTargets(stage, 1, async (names, load) => {
    const figures: Figure[] = []
    // Thousands of calls until the compilers of JavaScript, here and in the load, are done.
    const warmUp = (name: TargetName) =>
      load.round(name, { clients: 1, calls: CALLS, ms: stage.quick ? 500 : 2_000 })
    await interleave(names, 1, warmUp)
    for (const call of CALLS) {
      const measure = (name: TargetName) =>
        load.round(name, { clients: 1, calls: [call], count: CALLS_A_ROUND })
      const results = await interleave(names, stage.quick ? 8 : 50, measure)
      figures.push(...compare(`1 client, ${readNamed(call.method)}`, names, results))
    }
    return figures
  })
}

function compare(
  title: string,
  names: readonly TargetName[],
  results: Readonly<Record<TargetName, RoundResult[]>>,
): Figure[] {
  const medians = (name: TargetName) => results[name].map(({ times }) => times.median)
  const over = (ours: TargetName, theirs: TargetName, target?: number) =>
    ratio(
      `${title}: ${ours} / ${theirs}`,
      medians(ours),
      medians(theirs),
      target === undefined ? {} : { target },
    )
  const overNginx = names.includes('nginx')
    ? [over('musakone', 'nginx', MOST_OVER_NGINX), over('nginx', 'direct')]
    : [unmeasured(`${title}: musakone / nginx`, '×', MOST_OVER_NGINX, 'nginx is not installed')]
  return [
    over('musakone', 'direct', MOST_OVER_DIRECT),
    over('musakone, own dialect', 'direct', MOST_OVER_DIRECT),
    ...overNginx,
    ...names.map((name) => timesOf(`${title}: ${name}`, results[name])),
  ]
}
