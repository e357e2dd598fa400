/** The process behind `load.ts`: closed loops over WebSockets, the same code for every target. */
import type { FromGenerator, LoadCall, Round, RoundResult, Target, ToGenerator } from './load'
import { summaryOf } from './statistics'

type Client = {
  /** Resolves to the milliseconds from sending the call to having its result. */
  call(call: LoadCall): Promise<number>
}

const opened = new Map<string, Client[]>()

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

async function perform(message: ToGenerator): Promise<RoundResult | 'open'> {
  if (message.do === 'round') return runRound(opened.get(message.name) ?? [], message.round)
  const { name, target, clients } = message
  opened.set(name, await Promise.all(Array.from({ length: clients }, () => openClient(target))))
  return 'open'
}

async function runRound(clients: readonly Client[], round: Round): Promise<RoundResult> {
  const times: number[] = []
  const startedAt = performance.now()
  const end = startedAt + (round.ms ?? Number.POSITIVE_INFINITY)
  let left = round.count ?? Number.POSITIVE_INFINITY
  let turn = 0
  const loop = async (client: Client) => {
    while (left > 0 && performance.now() < end) {
      left -= 1
      const call = round.calls[turn++ % round.calls.length]
      if (call !== undefined) times.push(await client.call(call))
    }
  }
  await Promise.all(clients.slice(0, round.clients).map(loop))
  const seconds = (performance.now() - startedAt) / 1000
  return { times: summaryOf(times), callsPerSecond: times.length / seconds }
}

async function openClient({ url, dialect }: Target): Promise<Client> {
  const socket = new WebSocket(url)
  let id = 0
  let waiting: { sentAt: number; resolve(ms: number): void; reject(error: Error): void } | undefined
  const fail = (reason: string) => waiting?.reject(new Error(reason))
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onerror = () => reject(new Error(`cannot open ${new URL(url).host}`))
    socket.onclose = ({ code }) => fail(`the socket was closed with ${code}`)
  })
  socket.onmessage = ({ data }) => {
    const receivedAt = performance.now()
    const reply = JSON.parse(String(data))
    // Events come in between; what has the id is the answer.
    if (waiting === undefined || reply.id !== id) return
    if ('result' in reply) waiting.resolve(receivedAt - waiting.sentAt)
    else fail(String(data))
  }

  return {
    call: ({ method, params = {} }) =>
      new Promise((resolve, reject) => {
        id += 1
        const head = dialect === 'own' ? { type: 'mopidy' } : { jsonrpc: '2.0' }
        const text = JSON.stringify({ ...head, id, method, params })
        waiting = { sentAt: performance.now(), resolve, reject }
        socket.send(text)
      }),
  }
}
