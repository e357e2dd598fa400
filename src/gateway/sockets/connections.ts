import type { StillSignedIn } from '../../accounts/sessions/sessions'
import type { Client } from './client'
import { Close } from './close'
import type { Seats } from './seats'

export type Connections = ReturnType<typeof createConnections>

/** The clients that are connected, and how the server ends a connection. */
export function createConnections(seats: Seats) {
  const clients = new Set<Client>()

  function end(client: Client, code: number, reason: string): void {
    forget(client)
    client.socket.close(code, reason)
  }

  /** From here on nothing that the client sends is handled. */
  function forget(client: Client): void {
    clients.delete(client)
    delete client.identity
  }

  return {
    add: (client: Client): void => void clients.add(client),

    has: (client: Client): boolean => clients.has(client),

    /** Closes the client's socket with a close frame. */
    end,

    /** Closes the socket without a close frame, which would wait after what the client does not take. */
    cutOff(client: Client): void {
      forget(client)
      client.socket.terminate()
    },

    /** Notes that the client's socket has closed, whoever closed it. */
    noteClosed(client: Client): void {
      forget(client)
      seats.leave(client.seat)
    },

    /** Closes the sockets of sessions that have ended. */
    endEnded(stillSignedIn: StillSignedIn): void {
      for (const client of clients)
        if (client.identity !== undefined && !stillSignedIn(client.identity))
          end(client, Close.notSignedIn, 'Session ended')
    },

    count: (): number => clients.size,

    all: (): Iterable<Client> => clients,

    /** How many clients speak which dialect. */
    dialects(): Record<Client['dialect'], number> {
      const counts = { undecided: 0, own: 0, mopidy: 0 }
      for (const { dialect } of clients) counts[dialect] += 1
      return counts
    },

    close(): void {
      for (const client of clients) end(client, Close.goingAway, 'Musakone is stopping')
    },
  }
}
