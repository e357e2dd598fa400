import type { Socket } from 'bun'

/** What it does with a connection, in the order of how far that comes. */
export type Behaviour =
  | 'reset at once'
  | 'silent'
  | 'end at the handshake'
  | 'reset after the handshake'
  | 'never answer a call'
  | 'reset after the first answer'
  | 'freeze at a library call'
  | 'stay'

export type FickleMopidy = ReturnType<typeof startFickleMopidy>

type Connection = {
  behaviour: Behaviour
  bytes: Buffer
  upgraded: boolean
  frozen: boolean
  openedAt: number
}

const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/**
 * A Mopidy that ends its connections as it is told, at the level of TCP. Where it stays it answers
 * each call: with a version, or with null.
 */
export function startFickleMopidy(behave: (connection: number) => Behaviour) {
  const openedAt: number[] = []
  const lasted: number[] = []
  const open = new Set<Socket<Connection>>()
  let heartbeats = 0
  const listener = Bun.listen<Connection>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        const behaviour = behave(openedAt.length)
        socket.data = {
          behaviour,
          bytes: Buffer.alloc(0),
          upgraded: false,
          frozen: false,
          openedAt: performance.now(),
        }
        openedAt.push(socket.data.openedAt)
        open.add(socket)
        if (behaviour === 'reset at once') socket.terminate()
      },
      data(socket, chunk) {
        socket.data.bytes = Buffer.concat([socket.data.bytes, chunk])
        if (!socket.data.upgraded) shakeHands(socket)
        for (let frame = takeFrame(socket.data); frame; frame = takeFrame(socket.data)) {
          if (frame.opcode === PING) heartbeats += 1
          hear(socket, frame)
        }
      },
      close(socket) {
        open.delete(socket)
        lasted.push(performance.now() - socket.data.openedAt)
      },
      error: () => {},
    },
  })

  return {
    url: `ws://127.0.0.1:${listener.port}/mopidy/ws`,
    /** When each connection was opened, by `performance.now()`. */
    openedAt,
    /** How long each connection that has ended had lasted, in milliseconds. */
    lasted,
    /** The number of connections that are open. */
    open: () => open.size,
    /** The number of pings that have come. */
    heartbeats: () => heartbeats,
    /** Resets every connection. */
    dropAll(): void {
      for (const socket of open) socket.terminate()
    },
    stop: () => listener.stop(true),
  }
}

function shakeHands(socket: Socket<Connection>): void {
  const { data } = socket
  const key = /sec-websocket-key: (\S+)/i.exec(data.bytes.toString('latin1'))?.[1]
  if (key === undefined || !data.bytes.includes('\r\n\r\n') || data.behaviour === 'silent') return
  if (data.behaviour === 'end at the handshake') return void socket.end()
  const accept = new Bun.CryptoHasher('sha1').update(key + ACCEPT).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  data.upgraded = true
  data.bytes = Buffer.alloc(0)
  if (data.behaviour === 'reset after the handshake') socket.terminate()
}

type Frame = { opcode: number; payload: Buffer }

/** The next whole frame; those that we send are short. */
function takeFrame(data: Connection): Frame | undefined {
  const { bytes } = data
  if (!data.upgraded || bytes.length < 6) return undefined
  const length = bytes.readUInt8(1) & 0x7f
  if (length > 125) throw new Error('the fickle Mopidy reads short frames only')
  if (bytes.length < 6 + length) return undefined
  data.bytes = bytes.subarray(6 + length)
  const payload = bytes.subarray(6, 6 + length).map((byte, i) => byte ^ (bytes[2 + (i % 4)] ?? 0))
  return { opcode: bytes.readUInt8(0) & 0x0f, payload: Buffer.from(payload) }
}

function hear(socket: Socket<Connection>, { opcode, payload }: Frame): void {
  const { behaviour, frozen } = socket.data
  if (frozen) return
  if (opcode === PING) send(socket, PONG, payload)
  if (opcode !== TEXT || behaviour === 'never answer a call') return
  const { id, method } = JSON.parse(payload.toString()) as { id: number; method: string }
  if (behaviour === 'freeze at a library call' && method.startsWith('core.library.')) {
    socket.data.frozen = true
    return
  }
  const result = method === 'core.get_version' ? '"3.4.1"' : 'null'
  send(socket, TEXT, Buffer.from(`{"jsonrpc": "2.0", "id": ${id}, "result": ${result}}`))
  if (behaviour === 'reset after the first answer') socket.terminate()
}

const TEXT = 1
const PING = 9
const PONG = 10

function send(socket: Socket<Connection>, opcode: number, payload: Buffer): void {
  socket.write(Buffer.concat([Uint8Array.of(0x80 | opcode, payload.length), payload]))
}
