import { join } from 'node:path'
import type { Summary } from './statistics'

/** Where load goes to, and in which dialect. */
export type Target = Readonly<{ url: string; dialect: 'json-rpc' | 'own' }>

export type LoadCall = Readonly<{ method: string; params?: Readonly<Record<string, unknown>> }>

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

export type RoundResult = Readonly<{
  times: Summary
  callsPerSecond: number
  /** The share of the time in which the generator ran, or waited for a core to run on. */
  busy: number
}>

/** A crowd that comes at once: each client sends all calls together as soon as it can. */
export type Opening = Readonly<{
  target: Target
  clients: number
  calls: readonly LoadCall[]
  /** Whether all wait for the last one's handshake; else the time counts from before connecting. */
  connectFirst: boolean
}>

/** One client's call, and the event that it causes, heard by a whole set of sockets. */
export type Broadcast = Readonly<{ trigger: string; call: LoadCall; heardAs: string }>

/** One client's long call; meanwhile another one asks for a second, and then commands. */
export type Disturbance = Readonly<{
  /** The open socket that makes the long call; both others are in the named set. */
  disturber: string
  call: LoadCall
  asked: LoadCall
  commanded: LoadCall
}>

/** One client that asks at a fixed beat, whatever it has been answered. */
export type Beat = Readonly<{ call: LoadCall; everyMs: number; ms: number }>

export type DisturbanceResult = Readonly<{ callMs: number; asked: Summary; commandedMs: number }>

type Results = {
  /** Opens sockets that stay open, to be named in what follows. */
  open: { ask: { target: Target; clients: number }; result: true }
  close: { ask: object; result: true }
  /** Runs one round on them; fails when any call does. */
  round: { ask: { round: Round }; result: RoundResult }
  /** The parsed result of a call. */
  result: { ask: { call: LoadCall }; result: unknown }
  /** The milliseconds until the last client has all its answers. */
  opening: { ask: { opening: Opening }; result: number }
  /** The milliseconds until the last socket has heard it. */
  broadcast: { ask: { broadcast: Broadcast }; result: number }
  disturbance: { ask: { disturbance: Disturbance }; result: DisturbanceResult }
  /** The milliseconds that each call took. */
  beat: { ask: { beat: Beat }; result: number[] }
}

type Doing = keyof Results

/** To the generator: what to do, on the sockets of that name. */
export type ToGenerator = {
  [Do in Doing]: { do: Do; name: string } & Results[Do]['ask']
}[Doing]

export type FromGenerator = { done: unknown } | { failed: string }

const LONGEST_WAIT_MS = 60_000

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

  /** Does one thing, alone; rejects when it fails or takes longer than a minute. */
  function ask<Do extends Doing>(
    what: Do,
    name: string,
    details: Results[Do]['ask'],
  ): Promise<Results[Do]['result']> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle({ failed: 'no answer' }), LONGEST_WAIT_MS)
      settle = (answer) => {
        clearTimeout(timer)
        if ('failed' in answer) reject(new Error(`${name}: ${answer.failed}`))
        else resolve(answer.done as Results[Do]['result'])
      }
      child.send({ do: what, name, ...details })
    })
  }

  return {
    ask,

    open: (name: string, target: Target, clients: number) => ask('open', name, { target, clients }),
    round: (name: string, round: Round) => ask('round', name, { round }),

    async stop(): Promise<void> {
      child.kill()
      await child.exited
    },
  }
}
