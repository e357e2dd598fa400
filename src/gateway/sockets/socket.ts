import type { ServerWebSocket } from 'bun'

/** What a socket carries as its `data`: the functions that Bun's events of the socket are passed to. */
export type SocketHandlers = {
  open(socket: Socket): void
  message(socket: Socket, frame: string | Buffer): void
  close(socket: Socket, code: number, reason: string): void
  ping?(socket: Socket): void
  pong?(socket: Socket): void
  drain?(): void
}

export type Socket = ServerWebSocket<SocketHandlers>
