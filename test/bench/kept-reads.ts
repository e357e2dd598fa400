import { busyMs } from './busy'
import { type Figure, ratio } from './figure'
import type { Load, LoadCall, RoundResult } from './load'
import { interleave } from './rounds'
import type { RunningMusakone, Stage } from './stage'
import { median } from './statistics'
import { readNamed, type TargetName, timesOf, withTargets } from './targets'
import { setTracklist, urisOf } from './tracklist'

const CLIENTS = 20

type Read = Readonly<{
  call: LoadCall
  tracks: number
  /** How many times the requests a second of a direct connection. */
  least: number
  /** The share of a direct connection's p99. */
  mostP99?: number
  rounds: { full: number; quick: number }
  ms: { full: number; quick: number }
}>

const GET_STATE = { method: 'core.playback.get_state' }
const GET_TL_TRACKS = { method: 'core.tracklist.get_tl_tracks' }

const READS: readonly Read[] = [
  {
    call: GET_STATE,
    tracks: 0,
    least: 20,
    mostP99: 0.1,
    rounds: { full: 14, quick: 3 },
    ms: { full: 500, quick: 200 },
  },
  {
    call: GET_TL_TRACKS,
    tracks: 40,
    least: 25,
    rounds: { full: 12, quick: 3 },
    ms: { full: 500, quick: 200 },
  },
  {
    call: GET_TL_TRACKS,
    tracks: 1_000,
    least: 100,
    rounds: { full: 7, quick: 1 },
    ms: { full: 1_000, quick: 500 },
  },
]

/** A room full of people that ask for what is kept: twenty clients, one call in flight each. */
export function keptReads(stage: Stage): Promise<Figure[]> {
  const measureAll = async (names: TargetName[], load: Load, musakone: RunningMusakone) => {
    const figures: Figure[] = []
    for (const read of READS) {
      await setTracklist({ load, name: 'direct' }, urisOf(stage, read.tracks))
      await mustAgree(names, load, read.call)
      figures.push(...(await measure(read, { stage, names, load, musakone })))
    }
    await setTracklist({ load, name: 'direct' }, [])
    return figures
  }
  return withTargets(stage, CLIENTS, measureAll, { withNginx: false })
}

/** The rounds look at the start of each answer only, so the whole of one is compared before. */
async function mustAgree(names: readonly TargetName[], load: Load, call: LoadCall): Promise<void> {
  const direct = await load.ask('result', 'direct', { call })
  for (const name of names)
    if (!Bun.deepEquals(await load.ask('result', name, { call }), direct))
      throw new Error(`${name} answers ${call.method} differently`)
}

async function measure(
  { call, tracks, least, mostP99, rounds, ms }: Read,
  { stage, names, load, musakone }: MeasureOptions,
): Promise<Figure[]> {
  const length = stage.quick ? 'quick' : 'full'
  const busy: number[] = []
  const round = async (name: TargetName) => {
    const [busyBefore, startedAt] = [busyMs(musakone.child.pid), performance.now()]
    const result = await load.round(name, { clients: CLIENTS, calls: [call], ms: ms[length] })
    if (name === 'musakone')
      busy.push((busyMs(musakone.child.pid) - busyBefore) / (performance.now() - startedAt))
    return result
  }
  await interleave(names, 1, round)
  const results = await interleave(names, rounds[length], round)
  const of = tracks > 0 ? `, ${tracks} tracks` : ''
  const title = `${CLIENTS} clients, ${readNamed(call.method)}${of}`
  const speed = (name: TargetName) => results[name].map(({ callsPerSecond }) => callsPerSecond)
  const p99 = (name: TargetName) => results[name].map(({ times }) => times.p99)
  const ours = ['musakone', 'musakone, own dialect'] as const
  const note = limitOf(results.musakone, busy)
  return [
    ...ours.map((name) =>
      ratio(`${title}: requests/s, ${name} / direct`, speed(name), speed('direct'), {
        least,
        ...(name === 'musakone' && { note }),
      }),
    ),
    ...ours.map((name) =>
      ratio(`${title}: p99, ${name} / direct`, p99(name), p99('direct'), {
        ...(mostP99 !== undefined && { target: mostP99 }),
      }),
    ),
    ...names.map((name) => timesOf(`${title}: ${name}`, results[name])),
    ...names.map((name) => ({
      name: `${title}: requests/s, ${name}`,
      value: median(speed(name)),
      unit: 'calls/s' as const,
      note: '',
    })),
  ]
}

type MeasureOptions = {
  stage: Stage
  names: readonly TargetName[]
  load: Load
  musakone: RunningMusakone
}

const BUSY = 0.9

/** How busy the generator and Musakone were: who is busier bounds the figure. */
function limitOf(rounds: readonly RoundResult[], musakone: readonly number[]): string {
  const [generator, server] = [median(rounds.map(({ busy }) => busy)), median(musakone)]
  const limit = generator >= BUSY && generator > server ? ': the generator is the limit' : ''
  return `busy or waiting for a core: generator ${percent(generator)}, musakone ${percent(server)}${limit}`
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`
