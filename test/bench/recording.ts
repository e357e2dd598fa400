import { join } from 'node:path'
import { added, type Figure } from './figure'
import { startLoad } from './load'
import type { FromRecordingServer, ToRecordingServer } from './recording-server'
import { interleave } from './rounds'
import { type Stage, variablesFor } from './stage'
import { median } from './statistics'
import { timesOf } from './targets'

const MOST_ADDED_PERCENT = 5
const MOST_ADDED_TO_P99_PERCENT = 10
const BEAT_MS = 4

/** Calls that do the same to Mopidy each time, so that all rounds are alike. */
const WRITES = [
  { title: 'set_consume, a row a call', call: consume(true) },
  {
    title: 'set_volume, a row a turn of the knob',
    call: { method: 'core.mixer.set_volume', params: { volume: 40 } },
  },
  {
    title: 'pause, with a row and a look at the player',
    call: { method: 'core.playback.pause', params: {} },
  },
] as const

function consume(value: boolean) {
  return { method: 'core.tracklist.set_consume', params: { value } }
}

/**
 * What recording adds to a write. The product has no switch for it and needs none, so both sides run
 * in one process from the sources, each the whole program with its own database file and connection
 * to Mopidy; the only difference is that the second one's relay gets actions that do nothing (see
 * `recording-server.ts`). Flushes to the disk fall into the rounds as they come: they show in the
 * mean and in p99, seldom in the median.
 */
export async function recording(stage: Stage): Promise<Figure[]> {
  const server = await startServer(stage)
  const load = startLoad()
  try {
    const names = ['recorded', 'not recorded'] as const
    for (const name of names) {
      const url = name === 'recorded' ? server.recorded : server.notRecorded
      await load.open(name, { url, dialect: 'json-rpc' }, 1)
    }
    const figures: Figure[] = []
    for (const { title, call } of WRITES) {
      const measure = (name: (typeof names)[number]) =>
        load.round(name, { clients: 1, calls: [call], ms: stage.quick ? 200 : 350 })
      await interleave(names, 2, measure)
      const results = await interleave(names, stage.quick ? 6 : 30, measure)
      const [ours, theirs] = [results.recorded, results['not recorded']]
      figures.push(
        added(
          `recording adds, ${title}: median`,
          ours.map(({ times }) => times.median),
          theirs.map(({ times }) => times.median),
          { target: MOST_ADDED_PERCENT },
        ),
        added(
          `recording adds, ${title}: mean, flushes included`,
          ours.map(({ times }) => times.mean),
          theirs.map(({ times }) => times.mean),
        ),
        timesOf(`${call.method.replace('core.', '')}: recorded`, ours),
        timesOf(`${call.method.replace('core.', '')}: not recorded`, theirs),
      )
    }
    return [...figures, ...(await whileRecording(load, server, stage.quick))]
  } finally {
    await load.stop()
    await server.stop()
  }
}

/** What a call waits for that only Mopidy can answer, while others' actions are recorded. */
async function whileRecording(
  load: ReturnType<typeof startLoad>,
  server: Awaited<ReturnType<typeof startServer>>,
  quick: boolean,
): Promise<Figure[]> {
  const call = { method: 'core.tracklist.get_next_tlid' }
  const beat = { call, everyMs: BEAT_MS, ms: quick ? 1_000 : 3_000 }
  const rates = { none: 0, '50': 50, '500': 500, '5,000': 5_000 }
  const names = Object.keys(rates) as (keyof typeof rates)[]
  const results = await interleave(names, quick ? 4 : 12, async (name) => {
    await server.record(rates[name])
    const times = await load.ask('beat', 'recorded', { beat })
    await server.record(0)
    return times
  })
  const p99 = (name: keyof typeof rates) => results[name].map((times) => times.p99)
  return names
    .filter((name) => name !== 'none')
    .map((name) =>
      added(`p99 of a relayed call while ${name} actions/s are recorded`, p99(name), p99('none'), {
        target: MOST_ADDED_TO_P99_PERCENT,
        note: `${median(p99(name)).toFixed(2)} ms`,
      }),
    )
}

async function startServer(stage: Stage) {
  const told: ((message: FromRecordingServer) => void)[] = []
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'recording-server.ts')], {
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: (message) => told.shift()?.(message),
  })
  process.on('exit', () => child.kill('SIGKILL'))
  const exited = child.exited.then((code) => {
    throw new Error(`the recording server exited with ${code}`)
  })
  const ask = (message: ToRecordingServer): Promise<FromRecordingServer> => {
    child.send(message)
    return Promise.race([new Promise<FromRecordingServer>((done) => told.push(done)), exited])
  }
  const databasePath = () => variablesFor(stage).DATABASE_PATH ?? ''
  const addresses = await ask({
    mopidyUrl: stage.mopidy.url,
    recordedIn: databasePath(),
    notRecordedIn: databasePath(),
  })
  if (addresses === 'told') throw new Error('the recording server has not started')
  return {
    ...addresses,
    record: (actionsPerSecond: number) => ask({ actionsPerSecond }),
    async stop() {
      child.kill()
      await child.exited
    },
  }
}
