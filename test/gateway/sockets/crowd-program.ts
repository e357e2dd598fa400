/** The process behind `crowd.ts`: many clients, so that being them costs the server's process nothing. */
import type { Flood, FromCrowd, Heard, Report, ToCrowd } from './crowd'

type Client = {
  socket: WebSocket
  /** Numbered events that came, and how many of them not in their turn. */
  events: number
  outOfTurn: number
  lastEvent?: number
  delays: number[]
  waiting: Map<number, (text: string) => void>
  /** The code with which it was closed. */
  ending?: number
}

/** Frames between two turns to read. */
const UNREAD_FRAMES = 10_000

const clients: Client[] = []
let lastId = 0

process.on('message', async (message: ToCrowd) => {
  try {
    answer({ done: await perform(message) })
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) })
  }
})

function answer(message: FromCrowd): void {
  process.send?.(message)
}

function perform(message: ToCrowd): Promise<Report> | Report {
  switch (message.do) {
    case 'arrive':
      return arrive(message.url, message.clients)
    case 'leave':
      return leave()
    case 'call':
      return callAll(message.method)
    case 'call on':
      return callOn(message.method, message.ms)
    case 'call on a beat':
      return callOnABeat(message.method, message.ms, message.everyMs)
    case 'flood':
      return flood(message)
    case 'hear':
      return hear(message.events)
    case 'endings':
      return { endings: clients.flatMap(({ ending }) => (ending === undefined ? [] : [ending])) }
  }
}

/** All at once; each has made a call when it counts as there. */
async function arrive(url: string, count: number): Promise<Report> {
  const startedAt = performance.now()
  const arrived = await Promise.all(Array.from({ length: count }, () => connect(url)))
  await Promise.all(arrived.map((client) => call(client, 'core.playback.get_state')))
  clients.push(...arrived)
  return { ms: performance.now() - startedAt }
}

/** Without a word, as when the network goes. */
function leave(): Report {
  for (const { socket } of clients.splice(0)) socket.terminate()
  return {}
}

/** One call of each client, all at once. */
async function callAll(method: string): Promise<Report> {
  const startedAt = performance.now()
  const sizes = await Promise.all(
    clients.map(async (client) => (await call(client, method)).length),
  )
  return { ms: performance.now() - startedAt, smallest: Math.min(...sizes) }
}

/** One call after the other of each client. */
async function callOn(method: string, ms: number): Promise<Report> {
  const times: number[] = []
  const end = performance.now() + ms
  const loop = async (client: Client) => {
    while (performance.now() < end) {
      const startedAt = performance.now()
      await call(client, method)
      times.push(performance.now() - startedAt)
      await Bun.sleep(1)
    }
  }
  await Promise.all(clients.map(loop))
  return { calls: times.length, ...spread(times) }
}

/**
 * Calls of each client on a fixed beat, answered or not: one call after the other would hide behind
 * each long wait all those that would have been made meanwhile.
 */
async function callOnABeat(method: string, ms: number, everyMs: number): Promise<Report> {
  const times: number[] = []
  const calls: Promise<void>[] = []
  const startedAt = performance.now()
  for (let beat = 0; beat < ms / everyMs; beat += 1) {
    const due = startedAt + beat * everyMs
    if (due > performance.now()) await Bun.sleep(due - performance.now())
    for (const client of clients)
      calls.push(call(client, method).then(() => void times.push(performance.now() - due)))
  }
  await Promise.all(calls)
  return { calls: times.length, ...spread(times) }
}

/** So many frames of the first client that is still there, of which so many may be without an answer. */
async function flood({ method, frames, inFlight }: Flood): Promise<Report> {
  const client = clients.find(({ ending }) => ending === undefined)
  if (client === undefined) throw new Error('nobody is there to flood')
  const startedAt = performance.now()
  const answers = { answered: 0, refused: 0 }
  const { promise, resolve } = Promise.withResolvers<void>()
  const count = (text: string) => {
    if (client.ending !== undefined) return
    answers[text.includes('"mopidy_error"') ? 'refused' : 'answered'] += 1
    if (answers.answered + answers.refused === frames) resolve()
  }
  client.socket.addEventListener('close', () => resolve())
  for (let sent = 0; sent < frames && client.ending === undefined; sent += 1) {
    while (client.waiting.size >= inFlight && client.ending === undefined) await Bun.sleep(0)
    post(client, method, count)
    // Musakone waits some seconds for the answer to its close frame, then it resets the connection, and what
    // was not read by then is lost: the code too. A busy machine sends all frames in twice that time.
    if (sent % UNREAD_FRAMES === UNREAD_FRAMES - 1) await Bun.sleep(0)
  }
  await promise
  return { ms: performance.now() - startedAt, ...answers }
}

/** Until each has heard so many events, since it arrived or since the last time. */
async function hear(events: number): Promise<Report> {
  const end = performance.now() + 90_000
  while (clients.some((client) => client.events < events) && performance.now() < end)
    await Bun.sleep(1)
  const heard: Heard = {
    least: Math.min(...clients.map((client) => client.events)),
    most: Math.max(...clients.map((client) => client.events)),
    outOfTurn: clients.reduce((sum, client) => sum + client.outOfTurn, 0),
  }
  // Of each event on its way to all.
  const p99s = Array.from(
    { length: Math.min(events, 100) },
    (_, event) => spread(clients.map(({ delays }) => delays[event] ?? Number.NaN)).p99,
  )
  for (const client of clients) Object.assign(client, { events: 0, outOfTurn: 0, delays: [] })
  return { heard, p99s }
}

function spread(times: number[]): { p50: number; p99: number; most: number } {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99), most: at(1) }
}

function call(client: Client, method: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = (text: string) => {
      clearTimeout(timer)
      if (text.includes('"mopidy_response"')) resolve(text)
      else reject(new Error(`${method}: ${text.slice(0, 200)}`))
    }
    const timer = setTimeout(() => settle('no answer'), 30_000)
    post(client, method, settle)
  })
}

function post(client: Client, method: string, onAnswer: (text: string) => void): void {
  if (client.ending !== undefined) return onAnswer(`closed with ${client.ending}`)
  lastId += 1
  client.waiting.set(lastId, onAnswer)
  client.socket.send(`{"type":"mopidy","id":${lastId},"method":"${method}"}`)
}

async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url)
  const client: Client = {
    socket,
    events: 0,
    outOfTurn: 0,
    delays: [],
    waiting: new Map(),
  }
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onclose = ({ code }) => {
      client.ending = code
      reject(new Error(`refused: ${code}`))
      for (const settle of client.waiting.values()) settle(`closed with ${code}`)
    }
  })
  socket.onmessage = ({ data }) => receive(client, String(data))
  return client
}

/** Not parsed whole: a crowd has no time for that. */
function receive(client: Client, text: string): void {
  if (text.startsWith('{"type":"mopidy_event"')) return note(client, text)
  const id = Number(/"id":(\d+)/.exec(text.slice(0, 80))?.[1])
  const settle = client.waiting.get(id)
  client.waiting.delete(id)
  settle?.(text)
}

/** An event whose title is its number and when it was sent. */
function note(client: Client, text: string): void {
  const [, number, sentAt] = /"title":"(\d+) ([\d.]+)/.exec(text.slice(0, 200)) ?? []
  if (number === undefined) return
  client.events += 1
  if (client.lastEvent !== undefined && Number(number) !== client.lastEvent + 1)
    client.outOfTurn += 1
  client.lastEvent = Number(number)
  if (client.delays.length < 100)
    client.delays.push(performance.timeOrigin + performance.now() - Number(sentAt))
}
