import { connect, type Socket } from 'node:net'

export type RawFrame = { opcode: number; payload: Buffer }
export type RawHead = { status: number; text: string }
export type RawSocket = ReturnType<typeof connectRaw>

/** The opcodes of RFC 6455, 5.2. */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9 } as const

const DEADLINE_MS = 30_000

/** The bytes of an upgrade request, to be followed by whatever the test likes. */
export function upgradeRequest(path: string, headers: Record<string, string> = {}): Buffer {
  const lines = Object.entries({
    host: '127.0.0.1',
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
}

/** The bytes of a frame, right or wrong: `length` announces more payload than there is. */
export function frame(
  payload: string | Buffer,
  { opcode = Opcode.text as number, fin = true, length = Buffer.byteLength(payload) } = {},
): Buffer {
  const first = (fin ? 0x80 : 0) | opcode
  const mask = crypto.getRandomValues(new Uint8Array(4))
  const bytes = Buffer.from(payload).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return Buffer.concat([Buffer.from([first]), lengthBytes(length), mask, bytes])
}

function lengthBytes(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length])
  if (length < 65_536) return Buffer.from([0x80 | 126, length >> 8, length & 0xff])
  const bytes = Buffer.alloc(9, 0x80 | 127)
  bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}

/** A TCP connection that speaks as much of WebSocket as the test writes; reads heads and frames. */
export function connectRaw(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const frames: RawFrame[] = []
  const watchers = new Set<() => void>()
  let bytes: Buffer = Buffer.alloc(0)
  let head: RawHead | undefined
  let over = false

  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    head ??= takeHead()
    for (let found = takeFrame(); found !== undefined; found = takeFrame()) frames.push(found)
    notify()
  })
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      over = true
      resolve()
      notify()
    })
  })
  // A reset is an end like any other here.
  socket.on('error', () => {})

  function takeHead(): RawHead | undefined {
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1) return undefined
    const text = bytes.subarray(0, end).toString()
    const status = Number(text.split(' ')[1])
    // What follows a refusal is a body, left where it is.
    if (status === 101) bytes = bytes.subarray(end + 4)
    return { status, text }
  }

  function takeFrame(): RawFrame | undefined {
    if (head?.status !== 101 || bytes.length < 2) return undefined
    const short = bytes.readUInt8(1)
    const start = short < 126 ? 2 : short === 126 ? 4 : 10
    if (bytes.length < start) return undefined
    const length =
      short < 126 ? short : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
    if (bytes.length < start + length) return undefined
    const found = {
      opcode: bytes.readUInt8(0) & 0x0f,
      payload: Buffer.from(bytes.subarray(start, start + length)),
    }
    bytes = bytes.subarray(start + length)
    return found
  }

  function notify(): void {
    for (const watcher of watchers) watcher()
  }

  function wait<T>(take: () => T | undefined, name: string): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const look = () => {
      const found = take()
      if (found !== undefined) resolve(found)
      else if (over) reject(new Error(`the connection ended before ${name}`))
    }
    const timer = setTimeout(() => reject(new Error(`waited in vain for ${name}`)), DEADLINE_MS)
    watchers.add(look)
    look()
    return promise.finally(() => {
      clearTimeout(timer)
      watchers.delete(look)
    })
  }

  return {
    write: (...parts: readonly Buffer[]): void => void socket.write(Buffer.concat(parts)),
    /** Resolves when everything written has been handed to the system. */
    flushed: (): Promise<void> => new Promise((resolve) => socket.write('', () => resolve())),
    /** The status line and headers of the answer to the upgrade. */
    head: (): Promise<RawHead> => wait(() => head, 'an answer to the upgrade'),
    /** The next text, parsed. */
    next: async (): Promise<Record<string, unknown>> => {
      const { payload } = await wait(() => frames.shift(), 'a frame')
      return JSON.parse(payload.toString())
    },
    /** All frames that came and were not taken. */
    frames,
    /** Resolves when the connection is gone: with the code of the close frame, if one came. */
    closed: async (): Promise<number | undefined> => {
      await closed
      return frames.find(({ opcode }) => opcode === Opcode.close)?.payload.readUInt16BE(0)
    },
    /** Everything after the head of a refusal. */
    rest: (): string => bytes.toString(),
    isOpen: (): boolean => !over,
    /** Takes nothing more from the other side. */
    pause: (): void => void socket.pause(),
    close: (): void => void socket.destroy(),
  }
}
