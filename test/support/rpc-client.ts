/** An event of Mopidy as it came over the wire, without the member `event`. */
export type RpcEvent = { name: string; data: Record<string, unknown> }

export type RpcParams = Record<string, unknown> | unknown[]

/** A failed call, with the code, message and data that the server gave. */
export class RpcError extends Error {
  override name = 'RpcError'

  constructor(
    readonly code: number,
    message: string,
    readonly data: unknown,
  ) {
    super(message)
  }
}

export type RpcClient = {
  /** Resolves with the result; rejects with an RpcError, or an Error when no answer comes. */
  call<Result = unknown>(method: string, params?: RpcParams): Promise<Result>
  /** Sends any text; what answers it is read with nextFrame. */
  send(text: string): void
  /** The next frame, parsed, that is neither an event nor the answer to a call. */
  nextFrame(deadlineMs?: number): Promise<unknown>
  /** Events that arrived and were not taken yet, oldest first. */
  readonly events: readonly RpcEvent[]
  /** Takes the next event, or the next of that name, dropping those before it. */
  nextEvent(name?: string, deadlineMs?: number): Promise<RpcEvent>
  /** Takes every event up to and including the next of that name. */
  eventsUntil(name: string, deadlineMs?: number): Promise<RpcEvent[]>
  clearEvents(): void
  /** Resolves when the socket is closed, by whichever side. */
  readonly closed: Promise<{ code: number; reason: string }>
  close(): Promise<void>
}

/** Opens a JSON-RPC socket; rejects with the close code when the server refuses it. */
export async function connectRpc(
  url: string,
  options: { headers?: Record<string, string> } = {},
): Promise<RpcClient> {
  const socket = new WebSocket(url, { headers: options.headers ?? {} })
  const events: RpcEvent[] = []
  const frames: unknown[] = []
  const calls = new Map<unknown, (reply: Reply) => void>()
  const watchers = new Set<() => void>()
  let ending: { code: number; reason: string } | undefined
  let lastId = 0

  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      ending = { code, reason }
      resolve(ending)
      notify()
    })
  })
  socket.addEventListener('message', ({ data }) => {
    receive(JSON.parse(String(data)))
    notify()
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    closed.then(({ code, reason }) => reject(new Error(`${url} refused: ${code} ${reason}`)))
  })

  function receive(frame: unknown) {
    if (isEvent(frame)) {
      const { event, ...data } = frame
      events.push({ name: event, data })
      return
    }
    const answered = isReply(frame) ? calls.get(frame.id) : undefined
    if (isReply(frame) && answered) {
      calls.delete(frame.id)
      answered(frame)
    } else {
      frames.push(frame)
    }
  }

  function notify() {
    for (const watcher of [...watchers]) watcher()
  }

  /** Waits until `take` finds something among what has arrived, looking at every arrival. */
  function arrival<Found>(
    take: () => { found: Found } | undefined,
    deadlineMs: number,
    waitedFor: () => string,
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => finish(`no ${waitedFor()} within ${deadlineMs} ms`),
        deadlineMs,
      )
      function finish(problem?: string) {
        clearTimeout(timer)
        watchers.delete(look)
        if (problem) reject(new Error(problem))
      }
      function look() {
        const taken = take()
        if (taken) {
          finish()
          resolve(taken.found)
        } else if (ending) {
          finish(`socket closed with ${ending.code} while waiting for ${waitedFor()}`)
        }
      }
      watchers.add(look)
      look()
    })
  }

  function whatArrived(name: string) {
    const names = events.map((event) => event.name).join(', ') || 'no events'
    return `event ${name} (arrived: ${names})`
  }

  function eventsUntil(name: string, deadlineMs = patienceMs): Promise<RpcEvent[]> {
    const take = () => {
      const index = events.findIndex((event) => event.name === name)
      return index < 0 ? undefined : { found: events.splice(0, index + 1) }
    }
    return arrival(take, deadlineMs, () => whatArrived(name))
  }

  async function nextEvent(name?: string, deadlineMs = patienceMs): Promise<RpcEvent> {
    if (name !== undefined) return lastOf(await eventsUntil(name, deadlineMs))
    return arrival(
      () => firstOf(events),
      deadlineMs,
      () => whatArrived('of any name'),
    )
  }

  return {
    call<Result>(method: string, params?: RpcParams) {
      lastId += 1
      const id = `call-${lastId}`
      const replies: Reply[] = []
      calls.set(id, (reply) => replies.push(reply))
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, ...(params && { params }) }))
      return arrival(
        () => firstOf(replies),
        callPatienceMs,
        () => `answer to ${method}`,
      )
        .finally(() => calls.delete(id))
        .then(({ result, error }) => {
          if (error) throw new RpcError(error.code, error.message, error.data)
          return result as Result
        })
    },
    send: (text) => socket.send(text),
    nextFrame: (deadlineMs = patienceMs) =>
      arrival(
        () => firstOf(frames),
        deadlineMs,
        () => 'frame',
      ),
    events,
    nextEvent,
    eventsUntil,
    clearEvents: () => void events.splice(0),
    closed,
    async close() {
      socket.close(1000)
      await closed
    },
  }
}

const patienceMs = 30_000
const callPatienceMs = 15_000

type Reply = {
  id: unknown
  result?: unknown
  error?: { code: number; message: string; data?: unknown }
}

function isEvent(frame: unknown): frame is { event: string } & Record<string, unknown> {
  return isObject(frame) && typeof frame.event === 'string' && !('id' in frame)
}

function isReply(frame: unknown): frame is Reply {
  return isObject(frame) && 'id' in frame
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function firstOf<Item>(items: Item[]): { found: Item } | undefined {
  return items.length === 0 ? undefined : { found: items.shift() as Item }
}

function lastOf<Item>(items: Item[]): Item {
  return items[items.length - 1] as Item
}
