import type { Accounts } from '../accounts/accounts'
import type { Identity } from '../accounts/sessions/sessions'
import type { Actions } from '../actions/actions'
import type { Clock } from '../clock'
import { parseJson } from '../json'
import type { Queuers } from '../listening/queuers'
import type { Log } from '../log'
import type { MopidyEvent } from '../mopidy/events'
import type { Mirror } from '../mopidy/mirror'
import type { Mopidy } from '../mopidy/mopidy'
import { createTurns } from '../mopidy/turns'
import { createConversation } from './dialects/conversation'
import * as mopidyDialect from './dialects/mopidy'
import { toClient } from './dialects/own'
import { createRelay } from './relay/relay'
import { createAnnouncements } from './sockets/announcements'
import { type Client, newClient, type SocketHandlers } from './sockets/client'
import { createClients } from './sockets/clients'
import { Close } from './sockets/close'
import { createMessageRate, MESSAGE_LIMITS, type MessageLimits } from './sockets/message-rate'
import { OUTBOX_LIMITS, type OutboxLimits } from './sockets/outbox'
import { feel, PULSE_LIMITS, type PulseLimits } from './sockets/pulse'
import { createSeats, SEAT_LIMITS, type SeatLimits } from './sockets/seats'
import { createSignIn } from './sockets/sign-in'

export type GatewayLimits = PulseLimits &
  Readonly<{
    /** From the open socket to a valid token. */
    signInMs: number
    /** Between two looks for sockets that have expired. */
    sweepMs: number
    mostPendingPerClient: number
    /** How long a call to the queue waits for earlier ones before it is sent to Mopidy. */
    queueWaitMs: number
    /** Frames kept while a client's token is being checked. */
    mostHeld: number
    sockets: SeatLimits
    messages: MessageLimits
    outbox: OutboxLimits
  }>

export const GATEWAY_LIMITS: GatewayLimits = {
  ...PULSE_LIMITS,
  signInMs: 10_000,
  sweepMs: 1_000,
  mostPendingPerClient: 500,
  queueWaitMs: 10_000,
  mostHeld: 64,
  sockets: SEAT_LIMITS,
  messages: MESSAGE_LIMITS,
  outbox: OUTBOX_LIMITS,
}

const TRACKLIST_CHANGED: MopidyEvent = {
  name: 'tracklist_changed',
  data: {},
  text: '{"event": "tracklist_changed"}',
}

export type Gateway = ReturnType<typeof createGateway>
export type GatewayOptions = {
  accounts: Accounts
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
  accounts,
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
  const messageRate = createMessageRate(limits.messages)
  const announcements = createAnnouncements({
    limits: limits.outbox,
    publish,
    onStuck: (client) => clients.drop(client),
  })
  const { send, speakMopidy } = announcements
  const signIn = createSignIn({
    accounts,
    clock,
    log,
    signInMs: limits.signInMs,
    isConnected: (client) => clients.has(client),
    admit: (client, identity) => clients.admit(client, identity),
    onChecked(client, outcome) {
      if (outcome === 'first') tellIfOffline(client)
      else if (outcome !== 'again') send(client, toClient.authError(outcome.error))
    },
    receive: heed,
  })
  const clients = createClients({
    announcements,
    seats,
    sweepMs: limits.sweepMs,
    pulse: limits,
    stillSignedIn: accounts.stillSignedIn,
    lapsed: signIn.lapsed,
  })
  const turns = createTurns({
    ask: mirror.ask,
    announce: () => announcements.event(TRACKLIST_CHANGED),
    longestWaitMs: limits.queueWaitMs,
  })
  const relay = createRelay({
    accounts,
    mopidy,
    mirror,
    turns,
    actions,
    queuers,
    clock,
  })
  const conversation = createConversation({
    relay,
    mostPending: limits.mostPendingPerClient,
    send,
    speakMopidy,
    signIn: signIn.signIn,
    onBatch: ({ pace }, requests) => messageRate.take(pace, requests - 1),
  })

  mopidy.onEvent((event) => {
    if (turns.passes(event)) announcements.event(event)
  })
  mopidy.onStatus((status) => {
    turns.forgetEvents()
    announcements.status(status)
  })

  function opened(
    client: Client,
    identity: Identity | undefined,
    dialect: Client['dialect'],
  ): void {
    clients.add(client)
    if (identity === undefined) return
    // It may have ended between the handshake's check and now.
    if (!accounts.stillSignedIn(identity))
      return clients.end(client, Close.notSignedIn, 'Session ended')
    if (!clients.admit(client, identity)) return
    if (dialect === 'mopidy') speakMopidy(client)
    else tellIfOffline(client)
  }

  function tellIfOffline(client: Client): void {
    const status = mopidy.status()
    if (!status.online) send(client, toClient.status(status))
  }

  function received(client: Client, frame: string | Buffer): void {
    if (!clients.has(client)) return
    feel(client.pulse)
    if (client.identity !== undefined) accounts.noteUse(client.identity)
    if (typeof frame !== 'string') return clients.end(client, Close.abuse, 'Text frames only')
    const verdict = messageRate.take(client.pace)
    if (verdict === 'serve') heed(client, frame)
    else if (verdict === 'refuse') conversation.refuse(client, frame)
    else clients.end(client, Close.abuse, 'Too many messages')
  }

  /** Bun has answered it; a flood of them holds others up like any other. */
  function pinged(client: Client): void {
    if (!clients.has(client)) return
    feel(client.pulse)
    if (client.identity !== undefined) accounts.noteUse(client.identity)
    if (messageRate.take(client.pace) === 'close')
      clients.end(client, Close.abuse, 'Too many messages')
  }

  /** Serves a frame, or keeps it until it is known whose it is. */
  function heed(client: Client, frame: string): void {
    if (!clients.has(client)) return
    if (client.held === undefined) {
      if (signIn.expired(client)) clients.end(client, Close.notSignedIn, 'Session expired')
      else conversation.serve(client, frame)
    } else if (client.held.push(frame) > limits.mostHeld)
      clients.end(client, Close.abuse, 'Too many messages')
  }

  return {
    /**
     * What a new socket from that address carries; with an identity it is signed in from the start,
     * and with a dialect it speaks that.
     * @throws {AppError} `unavailable` or `too_many_requests` when there is no room for it.
     */
    accept(
      identity: Identity | undefined,
      dialect: Client['dialect'],
      address: string,
    ): SocketHandlers {
      seats.check(address, identity?.userId)
      let client: Client
      return {
        open(socket) {
          client = newClient(socket, seats.take(address), clock.now())
          opened(client, identity, dialect)
        },
        message: (_, frame) => received(client, frame),
        close: () => clients.remove(client),
        ping: () => pinged(client),
        pong: () => pinged(client),
        drain() {
          // It takes what was sent to it: that, too, is a sign of life.
          feel(client.pulse)
          announcements.drained(client)
        },
      }
    },

    /**
     * Answers a JSON-RPC request, or batch, that came over HTTP: the text of the reply, or undefined
     * where there is none.
     */
    rpc: (identity: Identity, text: string): Promise<string | undefined> =>
      new Promise((resolve) =>
        mopidyDialect.handle(
          parseJson(text),
          text,
          ({ method, params }, onAnswer) => relay(identity, method, params, onAnswer),
          resolve,
        ),
      ),

    /** Tells all who speak Musakone's own dialect. */
    announce: announcements.ownEvent,

    /** Closes the sockets of sessions that have ended. */
    closeEnded: (): void => clients.endEnded(),

    /** The number of connected clients. */
    clients: (): number => clients.size(),

    /** Themselves, those too who have not signed in yet. */
    connected: () => clients.all(),

    /** How many of them speak which dialect. */
    dialects: () => clients.dialects(),

    /** Where open sockets are counted. */
    seats,

    close: (): void => clients.close(),
  }
}
