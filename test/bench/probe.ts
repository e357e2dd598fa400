import { type Figure, ratio, unmeasured } from './figure'
import { interleave } from './rounds'
import { type Stage, startMusakone } from './stage'
import { median } from './statistics'

const TITLE = 'musakone --health / curl'
const MOST_OVER_CURL = 5
const NAMES = ['--health', 'curl'] as const

/** The health probe against curl on the same address, from spawn to exit. */
export async function probe(stage: Stage): Promise<Figure[]> {
  const curl = Bun.which('curl')
  if (curl === null) return [unmeasured(TITLE, '×', MOST_OVER_CURL, 'curl is not installed')]
  const musakone = await startMusakone(stage)
  const commands = {
    '--health': [stage.executable, '--health'],
    curl: [curl, '--silent', '--fail', '--output', '/dev/null', `${musakone.origin}/health`],
  }
  try {
    const time = (name: (typeof NAMES)[number]) => timeOf(commands[name], musakone.port)
    await interleave(NAMES, 2, time)
    const times = await interleave(NAMES, 20, time)
    return [
      ratio(TITLE, times['--health'], times.curl, { target: MOST_OVER_CURL }),
      ...NAMES.map((name) => ({
        name: `probe: ${name}`,
        value: median(times[name]),
        unit: 'ms' as const,
        note: '',
      })),
    ]
  } finally {
    await musakone.stop()
  }
}

/** Not `spawnSync`, which would keep this process from reading what the service logs. */
async function timeOf(command: readonly string[], port: number): Promise<number> {
  const startedAt = performance.now()
  const child = Bun.spawn([...command], {
    env: { PATH: process.env.PATH ?? '', PORT: String(port) },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
  })
  if ((await child.exited) !== 0) throw new Error(`${command[0]} exited with ${child.exitCode}`)
  return performance.now() - startedAt
}
