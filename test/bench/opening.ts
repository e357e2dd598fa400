import { type Figure, ratio, timed } from './figure'
import type { Load, LoadCall } from './load'
import { interleave } from './rounds'
import type { RunningMusakone, Stage } from './stage'
import { TARGETS, type Targets, targetsOf, withTargets } from './targets'
import { setTracklist, urisOf } from './tracklist'

const CLIENTS = 100
const TRACKS = 40
const LEAST_SOONER = 20

/** What a web client asks to draw itself. */
const CALLS: readonly LoadCall[] = [
  { method: 'core.playback.get_state' },
  { method: 'core.playback.get_current_tl_track' },
  { method: 'core.playback.get_time_position' },
  { method: 'core.mixer.get_volume' },
  { method: 'core.tracklist.get_tl_tracks' },
  { method: 'core.tracklist.get_random' },
  { method: 'core.tracklist.get_repeat' },
  { method: 'core.tracklist.get_consume' },
]

/**
 * A hundred phones that come at once, as after the box's restart: the time until the last of them has
 * its eight answers, asked for together on a fresh socket. A track is loaded and paused.
 */
export function opening(stage: Stage): Promise<Figure[]> {
  const measureAll = async (_: unknown, load: Load, musakone: RunningMusakone) => {
    const targets = targetsOf(stage, musakone)
    await setTracklist({ load, name: 'direct' }, urisOf(stage, TRACKS))
    for (const method of ['core.playback.play', 'core.playback.pause'])
      await load.ask('result', 'direct', { call: { method } })
    const figures: Figure[] = []
    for (const connectFirst of [false, true]) {
      const measure = (name: keyof Targets) =>
        load.ask('opening', name, {
          opening: { target: targets[name], clients: CLIENTS, calls: CALLS, connectFirst },
        })
      await interleave(TARGETS, 1, measure)
      figures.push(
        ...compare(connectFirst, await interleave(TARGETS, stage.quick ? 3 : 9, measure)),
      )
    }
    await setTracklist({ load, name: 'direct' }, [])
    return figures
  }
  return withTargets(stage, 1, measureAll, { withNginx: false })
}

function compare(
  connectFirst: boolean,
  times: Readonly<Record<keyof Targets, number[]>>,
): Figure[] {
  const what = connectFirst ? 'connecting excluded' : 'connecting included'
  const title = `a phone’s opening (8 reads, from memory), ${CLIENTS} clients, ${what}`
  const ours = ['musakone', 'musakone, own dialect'] as const
  return [
    // Turned round: how many times sooner.
    ...ours.map((name) =>
      ratio(`${title}: direct / ${name}`, times.direct, times[name], { least: LEAST_SOONER }),
    ),
    ...TARGETS.map((name) => timed(`${title}: ${name}`, times[name])),
  ]
}
