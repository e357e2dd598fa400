/** What `node-client.ts` runs in Node: the session, with its parent's help. */
import { createRequire } from 'node:module'
import Mopidy from 'mopidy'
import type { ToParent } from './node-client'
import { runSession } from './session'
import type { MopidyJs } from './stenographer'

const quiet = { log() {}, warn() {}, error() {} }
const tell = (message: ToParent) => process.send?.(message)

async function run(): Promise<void> {
  if ('Bun' in globalThis) throw new Error('this is not Node')
  const { WebSocket } = Mopidy as unknown as { WebSocket: unknown }
  if (WebSocket !== createRequire(import.meta.url)('ws'))
    throw new Error('mopidy.js does not use the package ws')
  const transcript = await runSession({
    connect: () =>
      new Mopidy({
        webSocketUrl: process.argv[2] ?? '',
        backoffDelayMin: 50,
        console: quiet as unknown as Console,
      }) as unknown as MopidyJs,
    interrupt: () =>
      new Promise((resolve) => {
        process.once('message', () => resolve())
        tell({ do: 'interrupt' })
      }),
  })
  tell({ transcript })
}

run().catch((error: unknown) => tell({ failed: String((error as Error).stack ?? error) }))
