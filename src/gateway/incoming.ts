import type { Door } from '../accounts/door/door'
import type { Identity } from '../accounts/sessions/sessions'
import type { Clock } from '../clock'
import type { Conversation } from './dialects/conversation'
import { BUDGETS, type Budgets } from './relay/budgets'
import type { Announcements } from './sockets/announcements'
import { type Client, newClient } from './sockets/client'
import { Close } from './sockets/close'
import type { Connections } from './sockets/connections'
import type { FloodGuard, Verdict } from './sockets/flood-guard'
import { feel } from './sockets/pulse'
import type { Seats } from './sockets/seats'
import type { SignIn } from './sockets/sign-in'
import type { SocketHandlers } from './sockets/socket'
import type { Strangers } from './sockets/strangers'

type IncomingOptions = {
  door: Door
  clock: Clock
  seats: Seats
  strangers: Strangers
  budgets: Budgets
  floodGuard: FloodGuard
  connections: Connections
  announcements: Announcements
  signIn: SignIn
  conversation: Conversation
}

/** What comes in from sockets: new clients, frames and pings, and closes. */
export function createIncoming(options: IncomingOptions) {
  const { door, clock, seats, strangers, budgets, floodGuard } = options
  const { connections, announcements, signIn, conversation } = options

  function connect(client: Client, identity: Identity | undefined): void {
    connections.add(client)
    if (identity === undefined) return strangers.add(client)
    if (!signIn.admitByHandshake(client, identity)) return
    if (client.dialect !== 'mopidy') announcements.tellIfOffline(client)
  }

  function receive(client: Client, frame: string | Buffer): void {
    if (!connections.has(client)) return
    const verdict = count(client)
    if (typeof frame !== 'string') connections.end(client, Close.abuse, 'Text frames only')
    else if (client.identity === undefined && isLongerThan(frame, BUDGETS.first_frame.socket)) {
      budgets.noteRefused('first_frame', client.seat)
      connections.end(client, Close.tooBig, 'Sign in before you send more than 64 KiB')
    } else if (verdict === 'close') connections.end(client, Close.abuse, 'Too many messages')
    else if (verdict === 'refuse') conversation.refuse(client, frame)
    else conversation.receive(client, frame)
  }

  function checkSeats(address: string, identity: Identity | undefined): void {
    try {
      seats.check(address, identity)
    } catch (error) {
      budgets.noteRefused('sockets', identity ?? { address })
      throw error
    }
  }

  /** Bun has answered the ping; a flood of pings holds others up like a flood of messages. */
  function receivePing(client: Client): void {
    if (connections.has(client) && count(client) === 'close')
      connections.end(client, Close.abuse, 'Too many messages')
  }

  /** Counts a frame or ping, which is a sign of life too, and says what is to be done with it. */
  function count(client: Client): Verdict {
    feel(client.pulse)
    if (client.identity !== undefined) door.noteUse(client.identity)
    return floodGuard.count(client.tally)
  }

  return {
    /**
     * The handlers of a new socket from that address. With an identity the client is signed in from the
     * start.
     * @throws {AppError} `unavailable` or `too_many_requests` when too many sockets are open.
     */
    accept(
      identity: Identity | undefined,
      dialect: Client['dialect'],
      address: string,
    ): SocketHandlers {
      checkSeats(address, identity)
      let client: Client
      return {
        open(socket) {
          const seat = seats.take(address)
          client = newClient({ socket, seat, connectedAt: clock.now(), dialect })
          connect(client, identity)
        },
        message: (_, frame) => receive(client, frame),
        close() {
          strangers.remove(client)
          connections.noteClosed(client)
          announcements.forget(client)
        },
        ping: () => receivePing(client),
        pong: () => receivePing(client),
        drain() {
          // A client that takes what it is sent gives a sign of life.
          feel(client.pulse)
          announcements.drained(client)
        },
      }
    },
  }
}

/** Whether the text has more bytes; a character has one to three. */
function isLongerThan(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes
}
