import type { ServerWebSocket } from 'bun'
import type { Identity } from '../accounts/sessions'

/** What a socket carries: Bun calls these functions with it. */
export type SocketHandlers = {
  open(socket: Socket): void
  message(socket: Socket, frame: string | Buffer): void
  close(socket: Socket, code: number, reason: string): void
  pong?(): void
  drain?(): void
}

export type Socket = ServerWebSocket<SocketHandlers>

/** A connected program or browser. */
export type Client = {
  readonly socket: Socket
  /** Unix milliseconds. */
  readonly connectedAt: number
  /** Undecided until the first message after signing in. */
  dialect: 'undecided' | 'own' | 'mopidy'
  identity?: Identity
  /** The token that proved the identity, so that it is not checked again with every message. */
  token?: string
  /** Calls without an answer. */
  pending: number
  /** When it last gave a sign of life, and when it was last asked for one; `performance.now()`. */
  heardAt: number
  pingedAt: number
  /** Frames that came while a token was being checked; absent when none is. */
  held?: string[]
}

export function newClient(socket: Socket, now: number): Client {
  const heardAt = performance.now()
  return { socket, dialect: 'undecided', connectedAt: now, pending: 0, heardAt, pingedAt: heardAt }
}
