import { copyFileSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/executable'
import { type Figure, unmeasured } from './figure'
import { freePort } from './port'
import { type Stage, variablesFor } from './stage'
import { median, middleHalf } from './statistics'

const MOST_COLD_MS = 300
const MOST_WARM_MS = 60
const LONGEST_WAIT_MS = 10_000

/** From the start of the process to the first 200 of /health, with a database that exists. */
export async function start(stage: Stage): Promise<Figure[]> {
  // A copy: pages of a file that some other process runs cannot be dropped.
  const executable = copyOf(stage.executable)
  const env = {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'development',
    LOG_FORMAT: 'json',
    ...variablesFor(stage),
  }
  await timeStart(executable, env)
  const warm: number[] = []
  for (let again = stage.quick ? 5 : 20; again > 0; again -= 1)
    warm.push(await timeStart(executable, env))
  const cold: number[] = []
  const drop = pageCacheDrop(executable)
  for (let again = stage.quick ? 2 : 7; drop !== undefined && again > 0; again -= 1) {
    drop.run()
    cold.push(await timeStart(executable, env))
  }
  return [
    figure('start to healthy, warm', warm, MOST_WARM_MS),
    drop === undefined
      ? unmeasured('start to healthy, cold', 'ms', MOST_COLD_MS, 'not measured: no dd here')
      : figure('start to healthy, cold', cold, MOST_COLD_MS, drop.how),
  ]
}

function figure(name: string, times: readonly number[], target: number, how = ''): Figure {
  const [low, high] = middleHalf(times)
  const spread = `middle half of ${times.length} starts ${low.toFixed(0)}–${high.toFixed(0)} ms`
  const note = how === '' ? spread : `${how}; ${spread}`
  return { name, value: median(times), unit: 'ms', target, note }
}

function copyOf(executable: string): string {
  const copy = join(temporaryFolder(), 'musakone')
  copyFileSync(executable, copy)
  // Dirty pages cannot be dropped either.
  fsyncSync(openSync(copy, 'r'))
  return copy
}

async function timeStart(executable: string, env: Record<string, string>): Promise<number> {
  const port = freePort()
  const startedAt = performance.now()
  const child = Bun.spawn([executable], {
    env: { ...env, PORT: String(port) },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
  })
  try {
    while (!(await isHealthy(port))) {
      if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}`)
      if (performance.now() - startedAt > LONGEST_WAIT_MS) throw new Error('it is never healthy')
      // Asking all the time would take a core from it.
      await Bun.sleep(1)
    }
    return performance.now() - startedAt
  } finally {
    child.kill()
    await child.exited
  }
}

function isHealthy(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    ({ status }) => status === 200,
    () => false,
  )
}

/** A way to make the next start read from the disk: everything as root, else the executable only. */
function pageCacheDrop(executable: string): { how: string; run(): void } | undefined {
  if (process.getuid?.() === 0 && canDropAll())
    return { how: 'the whole page cache dropped', run: dropAll }
  if (Bun.which('dd') === null) return undefined
  const dd = ['dd', `if=${executable}`, 'iflag=nocache', 'count=0']
  return {
    how: 'the executable’s pages dropped',
    run: () => void Bun.spawnSync(dd, { stderr: 'ignore' }),
  }
}

function canDropAll(): boolean {
  try {
    dropAll()
    return true
  } catch {
    return false
  }
}

function dropAll(): void {
  Bun.spawnSync(['sync'])
  writeFileSync('/proc/sys/vm/drop_caches', '3')
}
