import type { Socket, TCPSocketListener } from 'bun'
import { createPipe, type Pipe } from './pipe'

type Connection = { client: Socket<Connection>; pipe: Pipe | null; ended: boolean }
export type Front = ReturnType<typeof createFront>

/** A TCP relay before the server, for faults that a WebSocket server cannot commit by itself. */
export function createFront(options: { port: number; hostname: string; target(): number }) {
  const { hostname, target } = options
  const open = new Set<Connection>()
  let hanging = false
  let frozen = false
  let listener: TCPSocketListener<Connection> | null = listen(options.port)
  const { port } = listener

  function listen(port: number): TCPSocketListener<Connection> {
    return Bun.listen<Connection>({
      hostname,
      port,
      exclusive: true,
      socket: {
        open(client) {
          const connection: Connection = { client, pipe: null, ended: false }
          client.data = connection
          open.add(connection)
          if (!hanging) connection.pipe = createPipe({ client, port: target(), frozen })
        },
        data: ({ data }, bytes) => data.pipe?.fromClient(bytes),
        drain: ({ data }) => data.pipe?.clientDrained(),
        close({ data }) {
          open.delete(data)
          data.pipe?.close()
        },
        error: () => {},
      },
    })
  }

  function dropAll() {
    for (const { client, pipe } of open) {
      pipe?.close()
      client.terminate()
    }
    open.clear()
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
      for (const { pipe } of open) pipe?.freeze(on)
    },
    /** Puts bytes of one's own on the wire of every open WebSocket. */
    inject(bytes: Uint8Array) {
      for (const { pipe } of open) if (pipe?.upgraded()) pipe.toClient(bytes)
    },
    close() {
      dropAll()
      shut()
    },
  }
}
