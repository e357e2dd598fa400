import { createServer, type Socket } from 'node:net'

/** How a huge text comes: as one frame, as many, or as one whose end never comes. */
export type Huge = 'one frame' | 'fragments' | 'announced only'

export type HugeMopidy = Awaited<ReturnType<typeof startHugeMopidy>>

const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const MIB = 1024 * 1024
const CONTINUATION = 0
const TEXT = 1
const PING = 9
const PONG = 10
const FINAL = 0x80

/** A Mopidy that answers a search with a text of so many bytes, and every other call with null. */
export async function startHugeMopidy(huge: Huge, bytes: number) {
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // A reset is how this is expected to end.
    socket.on('error', () => {})
    let buffered: Buffer = Buffer.alloc(0)
    let upgraded = false
    socket.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk])
      if (!upgraded) {
        const key = /sec-websocket-key: (\S+)/i.exec(buffered.toString('latin1'))?.[1]
        if (key === undefined || !buffered.includes('\r\n\r\n')) return
        shakeHands(socket, key)
        upgraded = true
        buffered = Buffer.alloc(0)
      }
      for (let frame = takeFrame(); frame !== undefined; frame = takeFrame()) hear(frame)
    })

    /** The next whole frame; those that we send are short. */
    function takeFrame(): { opcode: number; payload: Buffer } | undefined {
      if (buffered.length < 6) return undefined
      const short = buffered.readUInt8(1) & 0x7f
      const start = short < 126 ? 2 : 4
      const length = short < 126 ? short : buffered.readUInt16BE(2)
      if (buffered.length < start + 4 + length) return undefined
      const mask = buffered.subarray(start, start + 4)
      const payload = Buffer.from(buffered.subarray(start + 4, start + 4 + length)).map(
        (byte, index) => byte ^ (mask[index % 4] ?? 0),
      )
      const opcode = buffered.readUInt8(0) & 0x0f
      buffered = buffered.subarray(start + 4 + length)
      return { opcode, payload: Buffer.from(payload) }
    }

    function hear({ opcode, payload }: { opcode: number; payload: Buffer }): void {
      if (opcode === PING) send(socket, FINAL | PONG, payload)
      if (opcode !== TEXT) return
      const { id, method } = JSON.parse(payload.toString()) as { id: number; method: string }
      if (method === 'core.library.search') return sendHuge(socket)
      const result = method === 'core.get_version' ? '"3.4.1"' : 'null'
      send(
        socket,
        FINAL | TEXT,
        Buffer.from(`{"jsonrpc": "2.0", "id": ${id}, "result": ${result}}`),
      )
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')

  function sendHuge(socket: Socket): void {
    const part = Buffer.alloc(MIB, 'x')
    const count = Math.ceil(bytes / MIB)
    if (huge !== 'fragments') socket.write(head(FINAL | TEXT, count * MIB))
    if (huge === 'announced only') return
    for (let index = 0; index < count; index += 1) {
      const last = index === count - 1
      const opcode = index === 0 ? TEXT : CONTINUATION
      if (huge === 'fragments') socket.write(head(last ? FINAL | opcode : opcode, MIB))
      socket.write(part)
    }
  }

  return {
    url: `ws://127.0.0.1:${address.port}/mopidy/ws`,
    /** The number of connections that there have been. */
    connections: () => connections,
    stop(): void {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}

function shakeHands(socket: Socket, key: string): void {
  const accept = new Bun.CryptoHasher('sha1').update(key + ACCEPT).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
}

function send(socket: Socket, first: number, payload: Buffer): void {
  socket.write(Buffer.concat([head(first, payload.length), payload]))
}

function head(first: number, length: number): Buffer {
  if (length < 126) return Buffer.from([first, length])
  const bytes = Buffer.alloc(10)
  bytes.writeUInt8(first, 0)
  bytes.writeUInt8(127, 1)
  bytes.writeBigUInt64BE(BigInt(length), 2)
  return bytes
}
