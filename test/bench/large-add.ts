import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/executable'
import { type Figure, ratio, timed } from './figure'
import type { DisturbanceResult, Load } from './load'
import { interleave } from './rounds'
import type { RunningMusakone, Stage } from './stage'
import { median } from './statistics'
import { targetsOf, withTargets } from './targets'
import { setTracklist, urisOf } from './tracklist'

const FILES = 1_500
const MOST_ASKED_P99_MS = 5
const MOST_PAUSE_MS = 300

// The dialects share all that matters here, and a round takes as long as Mopidy takes for the files.
const NAMES = ['direct', 'musakone'] as const
type Name = (typeof NAMES)[number]

/**
 * Somebody adds a whole shelf of files. For a second another asks for the state every few milliseconds,
 * however long the answers take, and then presses pause.
 */
export function largeAdd(stage: Stage): Promise<Figure[]> {
  const measureAll = async (_: unknown, load: Load, musakone: RunningMusakone) => {
    const targets = targetsOf(stage, musakone)
    const uris = fileUris(stage)
    for (const name of NAMES) await load.open(`another, ${name}`, targets[name], 2)
    const measure = async (name: Name) => {
      await setTracklist({ load, name: 'direct' }, urisOf(stage, 1))
      await load.ask('result', 'direct', { call: { method: 'core.playback.play' } })
      // A remote that is in use; the events of the start are over by then.
      const asked = { method: 'core.playback.get_state' }
      await load.round(`another, ${name}`, { clients: 1, calls: [asked], ms: 500 })
      const result = await load.ask('disturbance', `another, ${name}`, {
        disturbance: {
          disturber: name,
          call: { method: 'core.tracklist.add', params: { uris } },
          asked,
          commanded: { method: 'core.playback.pause' },
        },
      })
      await mustHaveAdded(load)
      return result
    }
    const results = await interleave(NAMES, stage.quick ? 1 : 3, measure)
    await setTracklist({ load, name: 'direct' }, [])
    return compare(results)
  }
  return withTargets(stage, 1, measureAll, { withNginx: false })
}

/**
 * The same few files again and again, as `file:` URIs: each costs Mopidy a look into the file. Their
 * short names keep the call within the 64 KiB that Musakone takes in one frame.
 */
function fileUris({ mopidy, mediaDir }: Stage): string[] {
  const folder = temporaryFolder()
  const uris = mopidy.tracks.slice(0, 9).map(({ file }, index) => {
    const link = join(folder, `${index + 1}.ogg`)
    symlinkSync(join(mediaDir, file), link)
    return `file://${link}`
  })
  return Array.from({ length: FILES }, (_, index) => uris[index % uris.length] ?? '')
}

async function mustHaveAdded(load: Load): Promise<void> {
  const call = { method: 'core.tracklist.get_length' }
  const length = await load.ask('result', 'direct', { call })
  if (length !== FILES + 1) throw new Error(`the tracklist has ${length} tracks`)
}

function compare(results: Readonly<Record<Name, DisturbanceResult[]>>): Figure[] {
  const title = `while another adds ${FILES} files`
  const p99 = (name: Name) => results[name].map(({ asked }) => asked.p99)
  const pause = (name: Name) => results[name].map(({ commandedMs }) => commandedMs)
  const add = (name: Name) => results[name].map(({ callMs }) => callMs)
  const asked = (name: Name) => {
    const { length } = results[name]
    const calls = results[name].reduce((sum, { asked }) => sum + asked.count, 0)
    const medians = median(results[name].map(({ asked }) => asked.median))
    return { note: `median ${medians.toFixed(3)} ms; ${calls} calls in ${length} rounds` }
  }
  return [
    timed(`${title}: get_state (from memory) p99, musakone`, p99('musakone'), {
      ...asked('musakone'),
      target: MOST_ASKED_P99_MS,
    }),
    timed(`${title}: pause (relayed), musakone`, pause('musakone'), { target: MOST_PAUSE_MS }),
    ratio(`${title}: pause, musakone / direct`, pause('musakone'), pause('direct')),
    timed(`${title}: get_state p99, direct`, p99('direct'), asked('direct')),
    timed(`${title}: pause, direct`, pause('direct')),
    ratio(`the add of ${FILES} files itself: musakone / direct`, add('musakone'), add('direct')),
    ...NAMES.map((name) => timed(`the add of ${FILES} files itself: ${name}`, add(name))),
  ]
}
