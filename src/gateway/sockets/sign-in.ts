import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import type { Budgets } from '../relay/budgets'
import type { Announcements } from './announcements'
import type { Client } from './client'
import { Close } from './close'
import type { Connections } from './connections'
import type { Seats } from './seats'
import type { Strangers } from './strangers'

export type SignIn = ReturnType<typeof createSignIn>
type SignInOptions = {
  door: Door
  seats: Seats
  strangers: Strangers
  budgets: Pick<Budgets, 'noteRefused'>
  connections: Connections
  announcements: Announcements
  clock: Clock
  /** From the open socket to a valid token. */
  signInMs: number
}

/** How clients prove who they are, and for how long that holds. */
export function createSignIn(options: SignInOptions) {
  const { door, seats, strangers, budgets, connections, announcements, clock, signInMs } = options

  /** Gives the client the identity; false when the user has too many sockets, and this one is closed. */
  function admit(client: Client, identity: Identity): boolean {
    if (!seats.give(client.seat, identity)) {
      budgets.noteRefused('sockets', identity)
      connections.end(client, Close.full, 'Too many connections of this user are open')
      return false
    }
    strangers.remove(client)
    if (client.identity === undefined) announcements.subscribe(client)
    // An object of its own for each socket: the queue's turns tell sockets apart by it.
    client.identity = { ...identity }
    return true
  }

  function expired({ identity }: Client): boolean {
    return identity !== undefined && identity.expiresAt * 1000 <= clock.now()
  }

  return {
    /**
     * Gives a client that has just connected the identity that its handshake proved; false when it has
     * been closed instead.
     */
    admitByHandshake(client: Client, identity: Identity): boolean {
      if (door.stillSignedIn(identity)) return admit(client, identity)
      // The session has ended between the handshake's check and now.
      connections.end(client, Close.notSignedIn, 'Session ended')
      return false
    },

    /**
     * Gives the client the identity that the token proves; undefined when it has been closed instead.
     * @throws {AppError} `unauthorized` or `password_change_required`.
     */
    async admitByToken(client: Client, token: unknown): Promise<Identity | undefined> {
      // With String(token) a JSON list that holds a token would count as that token.
      const text = typeof token === 'string' ? token : ''
      const identity = await door.identify(text)
      if (!connections.has(client)) return undefined
      // If the session ended during the check, nobody has closed this client: it was not signed in yet.
      if (!door.stillSignedIn(identity)) throw new AppError('unauthorized', 'Invalid token')
      if (!admit(client, identity)) return undefined
      client.token = text
      return identity
    },

    /** Whether the client's session has expired. */
    expired,

    /** Why the client may stay no longer; undefined while it may. */
    lapsed(client: Client): string | undefined {
      if (client.identity === undefined && clock.now() - client.connectedAt >= signInMs)
        return 'Not signed in in time'
      return expired(client) ? 'Session expired' : undefined
    },
  }
}
