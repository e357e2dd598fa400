import { join } from 'node:path'
import { atEnd } from './end'

export type DemoProcess = Awaited<ReturnType<typeof startDemoProcess>>

/** Starts a demo Mopidy in a process of its own; with `lengthMs` every track is that long. */
export async function startDemoProcess(lengthMs?: number) {
  const program = join(import.meta.dir, 'demo-program.ts')
  const args = lengthMs === undefined ? [] : [String(lengthMs)]
  const child = Bun.spawn([process.execPath, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  atEnd(() => child.kill('SIGKILL'))
  const { value } = await child.stdout.getReader().read()
  return { child, url: new TextDecoder().decode(value).trim() }
}
