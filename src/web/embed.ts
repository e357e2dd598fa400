import { join } from 'node:path'
import type { PageBundle } from './bundle'

/** The page's bundle, made by another process: for use as a macro, when the executable is built. */
export function embedPage(): PageBundle {
  const program = join(import.meta.dir, 'bundle.ts')
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, program])
  if (exitCode !== 0) throw new Error(`the page cannot be bundled: ${stderr}`)
  return JSON.parse(stdout.toString())
}
