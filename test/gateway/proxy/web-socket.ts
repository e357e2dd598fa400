export type WebSocketClient = Awaited<ReturnType<typeof connectWeb>>

/** A socket of a web client, for tests: what it hears, in order, and how it ends. */
export async function connectWeb(
  url: string,
  { headers = {}, protocols = [] }: { headers?: Record<string, string>; protocols?: string[] } = {},
) {
  const socket = new WebSocket(url, { headers, protocols })
  socket.binaryType = 'nodebuffer'
  const frames: (string | Buffer)[] = []
  const waiting: ((frame: string | Buffer) => void)[] = []
  const { promise: closed, resolve: close } = Promise.withResolvers<{
    code: number
    reason: string
  }>()
  socket.onclose = ({ code, reason }) => close({ code, reason })
  socket.onmessage = ({ data }) => {
    const next = waiting.shift()
    if (next === undefined) frames.push(data)
    else next(data)
  }
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    void closed.then(({ code }) => reject(new Error(`refused with ${code}`)))
  })

  return {
    socket,
    /** Those that nobody has taken. */
    frames,
    closed,
    next(): Promise<string | Buffer> {
      const frame = frames.shift()
      if (frame !== undefined) return Promise.resolve(frame)
      return Promise.race([
        new Promise<string | Buffer>((resolve) => waiting.push(resolve)),
        closed.then(({ code }) => Promise.reject(new Error(`closed with ${code}`))),
      ])
    },
    send: (frame: unknown): void =>
      socket.send(
        typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame),
      ),
  }
}
