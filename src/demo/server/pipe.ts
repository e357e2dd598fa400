import type { Socket } from 'bun'

export type Pipe = ReturnType<typeof createPipe>
type End = Pick<Socket<unknown>, 'write' | 'pause' | 'resume' | 'end' | 'flush'>

/** Carries the bytes of one client to the server and back; who cannot keep up is not read from. */
export function createPipe(options: { client: End; port: number; frozen: boolean }) {
  const { client, port } = options
  let frozen = options.frozen
  let server: End | null = null
  let upgraded = false
  let closed = false
  let serverGone = false
  const up = createQueue()
  const down = createQueue()

  function carry() {
    if (closed) return
    if (!frozen) {
      if (server) up.writeTo(server)
      down.writeTo(client)
    }
    client[up.full() ? 'pause' : 'resume']()
    server?.[down.full() ? 'pause' : 'resume']()
    // What the server said last still arrives; held bytes hold the end back too.
    if (serverGone && down.empty()) client.end()
  }

  function close() {
    if (closed) return
    closed = true
    server?.end()
  }

  void Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      open(socket) {
        if (closed) return void socket.end()
        server = socket
        carry()
      },
      data(_, bytes) {
        if (!upgraded) upgraded = bytes.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101'
        down.add(bytes)
        carry()
      },
      drain: carry,
      close() {
        server = null
        serverGone = true
        carry()
      },
      error: () => {},
    },
  }).catch(() => client.end())

  return {
    upgraded: () => upgraded,
    close,
    clientDrained: carry,

    fromClient(bytes: Uint8Array) {
      up.add(bytes)
      carry()
    },
    toClient(bytes: Uint8Array) {
      down.add(bytes)
      carry()
    },
    freeze(on: boolean) {
      frozen = on
      carry()
    },
  }
}

const HIGH_WATER = 1024 * 1024

function createQueue() {
  const chunks: Uint8Array[] = []
  let size = 0

  return {
    full: () => size > HIGH_WATER,
    empty: () => size === 0,

    add(bytes: Uint8Array) {
      // The buffer that Bun hands over is used again for the next chunk.
      chunks.push(bytes.slice())
      size += bytes.length
    },
    writeTo(socket: End) {
      for (let chunk = chunks[0]; chunk; chunk = chunks[0]) {
        const written = Math.max(0, socket.write(chunk))
        size -= written
        if (written === chunk.length) chunks.shift()
        else {
          chunks[0] = chunk.subarray(written)
          return
        }
      }
    },
  }
}
