import { join } from 'node:path'
import { added, type Figure } from './figure'
import { startLoad } from './load'
import type { FromRecordingServer, ToRecordingServer } from './recording-server'
import { interleave } from './rounds'
import { type Stage, variablesFor } from './stage'
import { timesOf } from './targets'

const MOST_ADDED_PERCENT = 5

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
    return figures
  } finally {
    await load.stop()
    await server.stop()
  }
}

async function startServer(stage: Stage) {
  const { promise: ready, resolve } = Promise.withResolvers<FromRecordingServer>()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'recording-server.ts')], {
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: resolve,
  })
  process.on('exit', () => child.kill('SIGKILL'))
  const databasePath = () => variablesFor(stage).DATABASE_PATH ?? ''
  child.send({
    mopidyUrl: stage.mopidy.url,
    recordedIn: databasePath(),
    notRecordedIn: databasePath(),
  } satisfies ToRecordingServer)
  const exited = child.exited.then((code) => {
    throw new Error(`the recording server exited with ${code}`)
  })
  return {
    ...(await Promise.race([ready, exited])),
    async stop() {
      child.kill()
      await child.exited
    },
  }
}
