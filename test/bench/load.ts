import { join } from 'node:path'
import type { Summary } from './statistics'

/** Where load goes to, and in which dialect. */
export type Target = Readonly<{ url: string; dialect: 'json-rpc' | 'own' }>

export type LoadCall = Readonly<{ method: string; params?: Readonly<Record<string, unknown>> }>

/** To the generator: open sockets that stay, or run one round on them. */
export type ToGenerator =
  | { do: 'open'; name: string; target: Target; clients: number }
  | { do: 'round'; name: string; round: Round }

export type Round = Readonly<{
  /** How many of the open sockets take part, each with one call in flight. */
  clients: number
  /** Sent in turn. */
  calls: readonly LoadCall[]
  /** Ends after so many calls of all clients together … */
  count?: number
  /** … or after so many milliseconds. */
  ms?: number
}>

export type RoundResult = Readonly<{ times: Summary; callsPerSecond: number }>

export type FromGenerator = { done: RoundResult | 'open' } | { failed: string }

const LONGEST_WAIT_MS = 30_000

export type Load = ReturnType<typeof startLoad>

/** A process that makes load, so that making it costs the servers' processes nothing. */
export function startLoad() {
  let settle: (message: FromGenerator) => void = () => {}
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'load-generator.ts')], {
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: (message: FromGenerator) => settle(message),
  })
  process.on('exit', () => child.kill('SIGKILL'))
  void child.exited.then((code) => settle({ failed: `the load generator exited with ${code}` }))

  function ask(message: ToGenerator): Promise<RoundResult | 'open'> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle({ failed: 'no answer' }), LONGEST_WAIT_MS)
      settle = (answer) => {
        clearTimeout(timer)
        if ('failed' in answer) reject(new Error(`${message.name}: ${answer.failed}`))
        else resolve(answer.done)
      }
      child.send(message)
    })
  }

  return {
    /** Opens sockets that stay open, to be named in rounds. */
    async open(name: string, target: Target, clients: number): Promise<void> {
      await ask({ do: 'open', name, target, clients })
    },

    /** Runs one round; rejects when any call fails. */
    async round(name: string, round: Round): Promise<RoundResult> {
      const result = await ask({ do: 'round', name, round })
      if (result === 'open') throw new Error('the load generator is confused')
      return result
    },

    async stop(): Promise<void> {
      child.kill()
      await child.exited
    },
  }
}
