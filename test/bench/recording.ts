import { dirname, join } from 'node:path'
import { added, type Figure } from './figure'
import { writeHistory } from './history-database'
import { startLoad } from './load'
import type { FromRecordingServer, ToRecordingServer } from './recording-server'
import { interleave } from './rounds'
import { type Stage, variablesFor } from './stage'
import { median, summaryOf } from './statistics'
import { timesOf } from './targets'

const MOST_ADDED_PERCENT = 5
const MOST_ADDED_TO_P99_PERCENT = 10

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

/**
 * What a call waits for that only Mopidy can answer, while others' actions are recorded. Mopidy, and whoever
 * shares the machine, have slow moments of their own: many short rounds, the middle one of which counts, keep
 * them out, and to record nothing is measured twice to see how much the same thing lies apart from itself.
 */
async function whileRecording(
  load: ReturnType<typeof startLoad>,
  server: Awaited<ReturnType<typeof startServer>>,
  quick: boolean,
): Promise<Figure[]> {
  const call = { method: 'core.tracklist.get_next_tlid' }
  const rates = { nothing: 0, 'nothing, once more': 0, '50/s': 50, '500/s': 500, '5,000/s': 5_000 }
  const names = Object.keys(rates) as (keyof typeof rates)[]
  const rounds = await interleave(names, quick ? 12 : 120, async (name) => {
    await server.record(rates[name])
    const times = await load.ask('beat', 'recorded', { beat: { call, everyMs: 2, ms: 500 } })
    return { times, writtenMs: await server.record(0) }
  })
  const p99Of = (name: keyof typeof rates) =>
    median(rounds[name].map(({ times }) => summaryOf(times).p99))
  const quiet = p99Of('nothing')
  return names.slice(1).map((name) => {
    const p99 = p99Of(name)
    const written = median(rounds[name].map(({ writtenMs }) => writtenMs))
    return {
      name: `p99 of a relayed call while actions are recorded: ${name}`,
      value: (p99 / quiet - 1) * 100,
      unit: '%',
      ...(rates[name] > 0 && { target: MOST_ADDED_TO_P99_PERCENT }),
      note: `${p99.toFixed(2)} ms against ${quiet.toFixed(2)}; ${rounds[name].length} rounds; all written ${written.toFixed(0)} ms after the last`,
    }
  })
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
  const newFolder = () => dirname(variablesFor(stage).DATABASE_PATH ?? '')
  const addresses = await ask({
    mopidyUrl: stage.mopidy.url,
    recordedIn: await writeHistory(newFolder(), stage.quick ? 100_000 : 1_000_000),
    notRecordedIn: await writeHistory(newFolder(), 1_000),
  })
  if ('writtenMs' in addresses) throw new Error('the recording server has not started')
  return {
    ...addresses,
    async record(actionsPerSecond: number): Promise<number> {
      const told = await ask({ actionsPerSecond })
      return 'writtenMs' in told ? told.writtenMs : 0
    },
    async stop() {
      child.kill()
      await child.exited
    },
  }
}
