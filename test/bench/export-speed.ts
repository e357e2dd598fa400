import { watchEventLoop } from './event-loop'
import type { Figure } from './figure'

type Program = Readonly<{ origin: string; token: string }>

/** Whole histories, taken away as fast as a program beside it can take them. */
export async function exportSpeed(program: Program, actions: number): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const format of ['jsonl', 'csv', 'listenbrainz']) {
    const held = watchEventLoop()
    const startedAt = performance.now()
    const bytes = await take(program, format)
    const seconds = (performance.now() - startedAt) / 1_000
    const title = `an export as ${format}`
    figures.push(
      {
        name: `${title}, of the busiest of ${actions} actions`,
        value: bytes / 1e6 / seconds,
        unit: 'MB/s',
        note: `${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s`,
      },
      held(title),
    )
  }
  return figures
}

/** How many bytes there are of it. */
async function take({ origin, token }: Program, format: string): Promise<number> {
  const curl = Bun.spawn(
    [
      'curl',
      '--silent',
      '--fail',
      '--output',
      '/dev/null',
      '--write-out',
      '%{size_download}',
      '--header',
      `authorization: Bearer ${token}`,
      `${origin}/api/analytics/export?format=${format}`,
    ],
    { stdout: 'pipe', stderr: 'inherit' },
  )
  const size = Number(await new Response(curl.stdout).text())
  if ((await curl.exited) !== 0 || size === 0) throw new Error(`no export as ${format}`)
  return size
}
