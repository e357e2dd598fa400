import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '../support/executable'
import type { Place } from './stage'
import type { Transcript } from './transcript'

export type ToParent = { do: 'interrupt' } | { transcript: Transcript } | { failed: string }

/** The session with mopidy.js in a process of Node, which uses the package `ws`. */
export async function runInNode({ webSocketUrl, interrupt }: Place): Promise<Transcript> {
  const program = await builtOnce()
  const { promise, resolve, reject } = Promise.withResolvers<Transcript>()
  const child = Bun.spawn(['node', program, webSocketUrl], {
    stdio: ['ignore', 'ignore', 'inherit'],
    serialization: 'json',
    ipc(message: ToParent, child) {
      if ('transcript' in message) resolve(message.transcript)
      else if ('failed' in message) reject(new Error(message.failed))
      else void interrupt().then(() => child.send('interrupted'))
    },
  })
  void child.exited.then((code) => reject(new Error(`node exited with ${code}`)))
  return promise.finally(() => child.kill())
}

let built: Promise<string> | undefined

function builtOnce(): Promise<string> {
  built ??= build()
  return built
}

/** Node cannot read TypeScript; mopidy.js itself stays as npm installs it. */
async function build(): Promise<string> {
  const folder = temporaryFolder()
  symlinkSync(resolve(import.meta.dir, '../../node_modules'), join(folder, 'node_modules'))
  const outdir = join(folder, 'out')
  mkdirSync(outdir)
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, 'node-program.ts')],
    target: 'node',
    packages: 'external',
    naming: '[name].mjs',
    outdir,
  })
  return outputs[0]?.path ?? ''
}
