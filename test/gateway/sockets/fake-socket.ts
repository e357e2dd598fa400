import type { Socket, SocketHandlers } from '../../../src/gateway/sockets/socket'

export type FakeSocket = ReturnType<typeof openFakeSocket>

/** Opens a socket of the server without a network: it takes everything at once, and closes at once. */
export function openFakeSocket(handlers: SocketHandlers) {
  const fake = {
    readyState: WebSocket.OPEN as number,
    /** The code with which the server has closed it; undefined while it is open. */
    closedWith: undefined as number | undefined,
    send: () => 1,
    ping: () => 1,
    subscribe() {},
    unsubscribe() {},
    getBufferedAmount: () => 0,
    close(code = 1000, reason = '') {
      if (fake.readyState !== WebSocket.OPEN) return
      fake.readyState = WebSocket.CLOSED
      fake.closedWith = code
      handlers.close(socket, code, reason)
    },
    terminate: () => fake.close(1006),
  }
  // Bun's class has more members than the gateway uses.
  const socket = fake as unknown as Socket
  handlers.open(socket)
  return fake
}
