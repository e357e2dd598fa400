import type { Socket } from 'bun'

export type ProxiedConnection = ReturnType<typeof createProxiedConnection>
type End = Pick<Socket<unknown>, 'write' | 'pause' | 'resume' | 'end' | 'flush'>

/**
 * Carries the bytes of one client to the server and back. While 1 MiB waits for one end, nothing more
 * is read from the other.
 */
export function createProxiedConnection(options: { client: End; port: number; frozen: boolean }) {
  const { client, port } = options
  let frozen = options.frozen
  let server: End | null = null
  let upgraded = false
  let closed = false
  let serverGone = false
  const toServer = createQueue()
  const toClient = createQueue()

  function carry() {
    if (closed) return
    if (!frozen) {
      if (server) toServer.writeTo(server)
      toClient.writeTo(client)
    }
    client[toServer.full() ? 'pause' : 'resume']()
    server?.[toClient.full() ? 'pause' : 'resume']()
    // The client gets the server's last bytes before its connection ends, also when they are frozen.
    if (serverGone && toClient.empty()) client.end()
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
        toClient.add(bytes)
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
      toServer.add(bytes)
      carry()
    },
    toClient(bytes: Uint8Array) {
      toClient.add(bytes)
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
      // Bun uses its buffer again for the next chunk.
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
