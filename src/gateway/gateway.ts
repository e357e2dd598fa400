import type { Door } from '../accounts/door/door'
import type { Actions } from '../actions/actions'
import type { Clock } from '../clock'
import type { Queuers } from '../listening/queuers'
import type { Log } from '../log'
import type { MopidyEvent } from '../mopidy/events'
import type { Mirror } from '../mopidy/mirror'
import type { Mopidy } from '../mopidy/mopidy'
import { createTurns } from '../mopidy/turns'
import { createConversation } from './dialects/conversation'
import { createRpc } from './dialects/rpc'
import { createIncoming } from './incoming'
import { BUDGETS, createBudgets } from './relay/budgets'
import { createRelay } from './relay/relay'
import { createAnnouncements } from './sockets/announcements'
import { createCatchUp } from './sockets/catch-up'
import { Close } from './sockets/close'
import { createConnections } from './sockets/connections'
import { createFloodGuard, FLOOD_BOUNDS, type FloodBounds } from './sockets/flood-guard'
import { OUTBOX_BOUNDS, type OutboxBounds } from './sockets/outbox'
import { PULSE_TIMES, type PulseTimes } from './sockets/pulse'
import { createSeats, MOST_SEATS, type MostSeats } from './sockets/seats'
import { createSignIn } from './sockets/sign-in'
import { createStrangers, type MostStrangers } from './sockets/strangers'
import { createSweep } from './sockets/sweep'

export type GatewayLimits = PulseTimes &
  Readonly<{
    /** Milliseconds from the open socket to a valid token. */
    signInMs: number
    /** Milliseconds between two looks for sockets that have expired. */
    sweepMs: number
    /** Calls that a client may have without an answer. */
    mostPendingPerClient: number
    /** Milliseconds that a call to the queue waits for earlier ones before it is sent to Mopidy. */
    queueWaitMs: number
    /** Frames that are kept while a client's token is being checked. */
    mostHeld: number
    sockets: MostSeats
    /** Sockets that have not signed in. */
    strangers: MostStrangers
    messages: FloodBounds
    outbox: OutboxBounds
  }>

export const GATEWAY_LIMITS: GatewayLimits = {
  ...PULSE_TIMES,
  signInMs: 10_000,
  sweepMs: 1_000,
  mostPendingPerClient: BUDGETS.socket_calls.socket,
  queueWaitMs: 10_000,
  mostHeld: 64,
  sockets: MOST_SEATS,
  strangers: { perAddress: BUDGETS.strangers.address, inAll: BUDGETS.strangers.all },
  messages: FLOOD_BOUNDS,
  outbox: OUTBOX_BOUNDS,
}

const TRACKLIST_CHANGED: MopidyEvent = {
  name: 'tracklist_changed',
  data: {},
  text: '{"event": "tracklist_changed"}',
}

export type Gateway = ReturnType<typeof createGateway>
type GatewayOptions = {
  door: Door
  mopidy: Mopidy
  mirror: Mirror
  actions: Actions
  queuers: Queuers
  clock: Clock
  log: Log
  limits?: GatewayLimits
  /** Sends a text to every socket that is subscribed to the topic. */
  publish: (topic: string, text: string) => void
}

/** The sockets of all clients, over the one connection to Mopidy. */
export function createGateway({
  door,
  mopidy,
  mirror,
  actions,
  queuers,
  clock,
  log,
  limits = GATEWAY_LIMITS,
  publish,
}: GatewayOptions) {
  const seats = createSeats(limits.sockets)
  const budgets = createBudgets({ clock })
  const strangers = createStrangers({
    limits: limits.strangers,
    onCrowdedOut(client) {
      budgets.noteRefused('strangers', client.seat)
      connections.end(client, Close.full, 'Too many connections that have not signed in are open')
    },
  })
  const floodGuard = createFloodGuard(limits.messages)
  const connections = createConnections(seats)
  const announcements = createAnnouncements({
    connections,
    mopidy,
    limits: limits.outbox,
    publish,
  })
  const { signInMs } = limits
  const signIn = createSignIn({
    door,
    seats,
    strangers,
    budgets,
    connections,
    announcements,
    clock,
    signInMs,
  })
  const turns = createTurns({
    ask: mirror.ask,
    announce: () => announcements.event(TRACKLIST_CHANGED),
    longestWaitMs: limits.queueWaitMs,
  })
  const relay = createRelay({
    door,
    mopidy,
    mirror,
    turns,
    actions,
    queuers,
    budgets,
    clock,
  })
  const conversation = createConversation({
    connections,
    announcements,
    floodGuard,
    signIn,
    relay,
    budgets,
    log,
    mostPending: limits.mostPendingPerClient,
    mostHeld: limits.mostHeld,
    long: limits.outbox.long,
  })
  const incoming = createIncoming({
    door,
    clock,
    seats,
    strangers,
    budgets,
    floodGuard,
    connections,
    announcements,
    signIn,
    conversation,
  })
  const sweep = createSweep({
    connections,
    announcements,
    signIn,
    everyMs: limits.sweepMs,
    pulse: limits,
    log,
  })

  const catchUp = createCatchUp({ connections, mirror, announce: announcements.event })

  mopidy.onEvent((event) => {
    if (!turns.passes(event)) return
    catchUp.hear(event)
    announcements.event(event)
  })
  mopidy.onStatus((status) => {
    turns.forgetEvents()
    announcements.status(status)
    if (status.online) catchUp.find()
    else catchUp.lose()
  })

  return {
    accept: incoming.accept,

    rpc: createRpc({ relay, budgets }),

    /** Who was held back by which budget, and how often. */
    budgets,

    /** Sends an event to all who speak Musakone's own dialect. */
    announce: announcements.ownEvent,

    /** Closes the sockets of sessions that have ended. */
    closeEnded: connections.endEnded,

    /** The clients that are connected, signed in or not. */
    connections: connections.all,
    connectionCount: connections.count,

    /** How many clients speak which dialect. */
    dialects: connections.dialects,

    /** Counts open sockets; the proxy counts its own here too. */
    seats,

    close(): void {
      sweep.close()
      connections.close()
    },
  }
}
