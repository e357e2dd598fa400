import type { Identity, StillSignedIn } from '../../accounts/sessions/sessions'
import type { Announcements } from './announcements'
import type { Client } from './client'
import { Close } from './close'
import { beats, type PulseLimits } from './pulse'
import type { Seats } from './seats'

export type Clients = ReturnType<typeof createClients>
export type ClientsOptions = {
  announcements: Announcements
  seats: Seats
  /** Between two looks for those who may stay no longer. */
  sweepMs: number
  pulse: PulseLimits
  /** Why a client may stay no longer; undefined while it may. */
  lapsed: (client: Client) => string | undefined
}

/** The clients that are connected, and how they come to an end. */
export function createClients(options: ClientsOptions) {
  const { announcements, seats, sweepMs, pulse, lapsed } = options
  const clients = new Set<Client>()
  const sweeping = setInterval(sweep, sweepMs)

  function sweep(): void {
    announcements.sweep()
    for (const client of clients) {
      const reason = lapsed(client)
      if (reason !== undefined) end(client, Close.notSignedIn, reason)
      else if (!beats(client.pulse, client.socket, pulse)) drop(client)
    }
  }

  /** Cuts a client off: a close frame would only wait behind what it does not take. */
  function drop(client: Client): void {
    clients.delete(client)
    delete client.identity
    client.socket.terminate()
  }

  function end(client: Client, code: number, reason: string): void {
    clients.delete(client)
    announcements.forget(client)
    delete client.identity
    client.socket.close(code, reason)
  }

  return {
    add: (client: Client): void => void clients.add(client),

    has: (client: Client): boolean => clients.has(client),

    /** The client is somebody from now on; false when that is one socket too many, and it is closed. */
    admit(client: Client, identity: Identity): boolean {
      if (!seats.give(client.seat, identity.userId)) {
        end(client, Close.full, 'Too many connections of this user are open')
        return false
      }
      if (client.identity === undefined) announcements.subscribe(client)
      // Of its own: what a socket writes is what its own reads wait for.
      client.identity = { ...identity }
      return true
    },

    /** Its socket has closed. */
    remove(client: Client): void {
      clients.delete(client)
      seats.leave(client.seat)
      announcements.forget(client)
    },

    drop,
    end,

    /** Ends those whose sessions have ended. */
    endEnded(stillSignedIn: StillSignedIn): void {
      for (const client of clients)
        if (client.identity !== undefined && !stillSignedIn(client.identity))
          end(client, Close.notSignedIn, 'Session ended')
    },

    size: (): number => clients.size,

    all: (): Iterable<Client> => clients,

    /** How many speak which dialect. */
    dialects(): Record<Client['dialect'], number> {
      const counts = { undecided: 0, own: 0, mopidy: 0 }
      for (const { dialect } of clients) counts[dialect] += 1
      return counts
    },

    close(): void {
      clearInterval(sweeping)
      for (const client of clients) end(client, Close.goingAway, 'Musakone is stopping')
    },
  }
}
