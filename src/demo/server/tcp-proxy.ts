import type { Socket, TCPSocketListener } from 'bun'
import { createProxiedConnection, type ProxiedConnection } from './proxied-connection'

type Client = { socket: Socket<Client>; connection: ProxiedConnection | null }
export type TcpProxy = ReturnType<typeof createTcpProxy>

/**
 * A TCP proxy before the simulated Mopidy, for the faults below WebSocket: a handshake without an
 * answer, connections that stand still, bytes that are no frame. Throws when the port is taken.
 */
export function createTcpProxy(options: { port: number; hostname: string; target(): number }) {
  const { hostname, target } = options
  const clients = new Set<Client>()
  let hanging = false
  let frozen = false
  let listener: TCPSocketListener<Client> | null = listen(options.port)
  const { port } = listener

  function listen(port: number): TCPSocketListener<Client> {
    return Bun.listen<Client>({
      hostname,
      port,
      exclusive: true,
      socket: {
        open(socket) {
          const connection = hanging
            ? null
            : createProxiedConnection({ client: socket, port: target(), frozen })
          socket.data = { socket, connection }
          clients.add(socket.data)
        },
        data: ({ data }, bytes) => data.connection?.fromClient(bytes),
        drain: ({ data }) => data.connection?.clientDrained(),
        close({ data }) {
          clients.delete(data)
          data.connection?.close()
        },
        error: () => {},
      },
    })
  }

  function dropAll() {
    for (const { socket, connection } of clients) {
      connection?.close()
      socket.terminate()
    }
    clients.clear()
  }

  function shut() {
    listener?.stop(true)
    listener = null
  }

  return {
    port,
    dropAll,

    refuse(on: boolean) {
      if (!on) {
        listener ??= listen(port)
        return
      }
      dropAll()
      shut()
    },
    hang(on: boolean) {
      hanging = on
    },
    freeze(on: boolean) {
      frozen = on
      for (const { connection } of clients) connection?.freeze(on)
    },
    /** Sends these bytes to the client of every open WebSocket, as if the server had. */
    inject(bytes: Uint8Array) {
      for (const { connection } of clients) if (connection?.upgraded()) connection.toClient(bytes)
    },
    close() {
      dropAll()
      shut()
    },
  }
}
