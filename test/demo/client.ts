type Message = {
  id?: unknown
  event?: string
  result?: unknown
  error?: { code: number; message: string; data?: unknown }
} & Record<string, unknown>

export type Client = Awaited<ReturnType<typeof connect>>

/** A client of Mopidy's WebSocket: it makes calls and keeps all frames in their order. */
export async function connect(url: string) {
  const socket = new WebSocket(url)
  const frames: (string | ArrayBuffer)[] = []
  const waiting: ((frame: string | ArrayBuffer) => void)[] = []
  const events: Message[] = []
  const calls = new Map<unknown, (message: Message) => void>()
  let lastId = 0
  socket.binaryType = 'arraybuffer'

  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code)
  })
  socket.onmessage = ({ data }) => {
    const waiter = waiting.shift()
    if (waiter) waiter(data)
    else frames.push(data)
    const message = parse(data)
    if (message?.event) events.push(message)
    const done = calls.get(message?.id)
    if (message && done) done(message)
  }
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onerror = () => reject(new Error('no connection'))
  })

  function request(method: string, params: unknown = {}): Promise<Message> {
    lastId += 1
    const id = lastId
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: `core.${method}`, params }))
    return new Promise((resolve) => {
      calls.set(id, resolve)
    })
  }

  return {
    socket,
    closed,
    request,
    /** The next frame that no earlier call has returned, oldest first. */
    next: (): Promise<string | ArrayBuffer> => {
      const frame = frames.shift()
      if (frame !== undefined) return Promise.resolve(frame)
      return new Promise((resolve) => {
        waiting.push(resolve)
      })
    },
    send: (text: string) => socket.send(text),
    async call<Result = unknown>(method: string, params?: unknown): Promise<Result> {
      const { result, error } = await request(method, params)
      if (error) throw new Error(error.message)
      return result as Result
    },
    async fail(method: string, params?: unknown) {
      return (await request(method, params)).error
    },
    /** The events since the last call of this, in short form, up to the reply of a call made now. */
    async heard(): Promise<string[]> {
      await request('get_version')
      return events.splice(0).map(shorten)
    },
    close: () => socket.close(),
  }
}

function parse(data: string | ArrayBuffer): Message | null {
  try {
    return JSON.parse(String(data))
  } catch {
    return null
  }
}

/** `ended 3 @1500` for a track with tlid 3 that ended at 1.5 s. */
function shorten(message: Message): string {
  const { event = '', old_state, new_state, time_position, title, uri, volume, mute } = message
  const tlTrack = message.tl_track as { tlid: number } | undefined
  const words = [event.replace('track_playback_', '').replace('playback_', '')]
  if (old_state !== undefined) words.push(`${old_state}→${new_state}`)
  if (tlTrack) words.push(String(tlTrack.tlid))
  if (time_position !== undefined) words.push(`@${time_position}`)
  for (const value of [title, uri, volume, mute]) if (value !== undefined) words.push(String(value))
  return words.join(' ')
}
