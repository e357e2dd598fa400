/** The process behind `load.ts`: closed loops over WebSockets, the same code for every target. */
import { busyMs } from './busy'
import type {
  Beat,
  Broadcast,
  Disturbance,
  DisturbanceResult,
  FromGenerator,
  Opening,
  Round,
  RoundResult,
  Target,
  ToGenerator,
} from './load'
import { type LoadClient, openClient } from './load-client'
import { summaryOf } from './statistics'

/** Handshakes under way at a time: a crowd, but not one that overflows the server's backlog. */
const MOST_DIALS = 100

const ASK_EVERY_MS = 5
/** The command changes what is asked for, so the asking is over by then. */
const COMMAND_AFTER_MS = 1_000

const opened = new Map<string, LoadClient[]>()

process.on('message', async (message: ToGenerator) => {
  try {
    answer({ done: await perform(message) })
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) })
  }
})

function answer(message: FromGenerator): void {
  process.send?.(message)
}

async function perform(message: ToGenerator): Promise<unknown> {
  const { name } = message
  switch (message.do) {
    case 'open':
      opened.set(name, await openClients(message.target, message.clients))
      return true
    case 'close':
      for (const client of clientsOf(name)) client.close()
      opened.delete(name)
      return true
    case 'round':
      return runRound(clientsOf(name), message.round)
    case 'result':
      return first(name).result(message.call)
    case 'opening':
      return runOpening(message.opening)
    case 'broadcast':
      return runBroadcast(clientsOf(name), message.broadcast)
    case 'disturbance':
      return runDisturbance(clientsOf(name), message.disturbance)
    case 'beat':
      return runBeat(first(name), message.beat)
  }
}

function clientsOf(name: string): LoadClient[] {
  const clients = opened.get(name)
  if (clients === undefined) throw new Error('no such sockets')
  return clients
}

function first(name: string): LoadClient {
  const [client] = clientsOf(name)
  if (client === undefined) throw new Error('no such socket')
  return client
}

async function openClients(target: Target, count: number): Promise<LoadClient[]> {
  const clients: LoadClient[] = []
  while (clients.length < count) {
    const dials = Array.from({ length: Math.min(MOST_DIALS, count - clients.length) }, () =>
      openClient(target),
    )
    clients.push(...(await Promise.all(dials)))
  }
  return clients
}

async function runRound(clients: readonly LoadClient[], round: Round): Promise<RoundResult> {
  const times: number[] = []
  const busyBefore = busyMs('self')
  const startedAt = performance.now()
  const end = startedAt + (round.ms ?? Number.POSITIVE_INFINITY)
  let left = round.count ?? Number.POSITIVE_INFINITY
  let turn = 0
  const loop = async (client: LoadClient) => {
    while (left > 0 && performance.now() < end) {
      left -= 1
      const call = round.calls[turn++ % round.calls.length]
      if (call !== undefined) times.push(await client.call(call))
    }
  }
  await Promise.all(clients.slice(0, round.clients).map(loop))
  const ms = performance.now() - startedAt
  const busy = (busyMs('self') - busyBefore) / ms
  return { times: summaryOf(times), callsPerSecond: (times.length / ms) * 1000, busy }
}

async function runOpening({ target, clients, calls, connectFirst }: Opening): Promise<number> {
  let startedAt = performance.now()
  const dials = Array.from({ length: clients }, () => openClient(target))
  const callAll = (client: LoadClient) => Promise.all(calls.map((call) => client.call(call)))
  try {
    if (connectFirst) {
      const ready = await Promise.all(dials)
      startedAt = performance.now()
      await Promise.all(ready.map(callAll))
    } else await Promise.all(dials.map(async (dial) => callAll(await dial)))
    return performance.now() - startedAt
  } finally {
    for (const dial of dials) void dial.then((client) => client.close()).catch(() => {})
  }
}

async function runBroadcast(
  listeners: readonly LoadClient[],
  { trigger, call, heardAs }: Broadcast,
): Promise<number> {
  const startedAt = performance.now()
  const heard = listeners.map(
    (client) =>
      new Promise<void>((resolve) =>
        client.hear((head) => {
          if (head.includes(heardAs)) resolve()
        }),
      ),
  )
  await Promise.all([first(trigger).call(call), ...heard])
  return performance.now() - startedAt
}

async function runDisturbance(
  [asking, commanding]: readonly LoadClient[],
  { disturber, call, asked, commanded }: Disturbance,
): Promise<DisturbanceResult> {
  if (asking === undefined || commanding === undefined) throw new Error('it takes two sockets')
  const called = first(disturber).call(call)
  // A fixed beat, not one call after the other: that would hide behind each long wait all those who
  // would have asked in the meantime.
  const answers: Promise<number>[] = []
  const beat = setInterval(() => answers.push(asking.call(asked)), ASK_EVERY_MS)
  const early = called.then(() => {
    throw new Error('it is over before anybody could be disturbed')
  })
  await Promise.race([Bun.sleep(COMMAND_AFTER_MS), early]).finally(() => clearInterval(beat))
  const commandedMs = await commanding.call(commanded)
  return { callMs: await called, asked: summaryOf(await Promise.all(answers)), commandedMs }
}

async function runBeat(client: LoadClient, { call, everyMs, ms }: Beat): Promise<number[]> {
  const answers: Promise<number>[] = []
  const beat = setInterval(() => answers.push(client.call(call)), everyMs)
  await Bun.sleep(ms)
  clearInterval(beat)
  return Promise.all(answers)
}
