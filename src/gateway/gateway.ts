import type { Accounts } from '../accounts/accounts'
import type { Identity } from '../accounts/sessions'
import type { Actions } from '../actions/actions'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import { parseJson } from '../json'
import type { Log } from '../log'
import type { MopidyEvent } from '../mopidy/events'
import { type Answer, busy } from '../mopidy/jsonrpc'
import type { Mirror } from '../mopidy/mirror'
import type { Mopidy } from '../mopidy/mopidy'
import { createQueueWrites } from '../mopidy/queue-writes'
import { type Client, newClient, type SocketHandlers } from './client'
import { Close } from './close'
import * as mopidyDialect from './mopidy-dialect'
import { createOutbox, OUTBOX_LIMITS, type OutboxLimits } from './outbox'
import { fromClient, toClient } from './own-dialect'
import { createRelay } from './relay'

export type GatewayLimits = Readonly<{
  /** From the open socket to a valid token. */
  signInMs: number
  /** Between two looks for sockets that have expired. */
  sweepMs: number
  /** From a sign of life to asking for one. */
  heartbeatMs: number
  /** Silence after which a client counts as gone. */
  silenceMs: number
  mostPendingPerClient: number
  /** Frames kept while a client's token is being checked. */
  mostHeld: number
  outbox: OutboxLimits
}>

export const GATEWAY_LIMITS: GatewayLimits = {
  signInMs: 10_000,
  sweepMs: 1_000,
  heartbeatMs: 10_000,
  silenceMs: 30_000,
  mostPendingPerClient: 500,
  mostHeld: 64,
  outbox: OUTBOX_LIMITS,
}

/** The topics that events are published to, one a dialect. */
const TOPIC = { own: 'own', mopidy: 'mopidy' } as const

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
  clock,
  log,
  limits = GATEWAY_LIMITS,
  publish,
}: GatewayOptions) {
  const clients = new Set<Client>()
  const queueWrites = createQueueWrites({ announce: () => fanOut(TRACKLIST_CHANGED) })
  const relay = createRelay({ mopidy, mirror, queueWrites, actions })
  const sweeping = setInterval(sweep, limits.sweepMs)
  const outbox = createOutbox({
    limits: limits.outbox,
    onBusy: (client) => client.socket.unsubscribe(topicOf(client)),
    onFree: (client) => client.socket.subscribe(topicOf(client)),
    onStuck: (client) => drop(client),
  })

  mopidy.onEvent((event) => {
    if (queueWrites.passes(event)) fanOut(event)
  })
  mopidy.onStatus((status) => {
    queueWrites.reset()
    publishBoth(toClient.status(status), mopidyDialect.statusEvent(status))
  })

  /** An event is written once for each dialect; the server copies it to the sockets. */
  function fanOut(event: MopidyEvent): void {
    publishBoth(toClient.event(event), event.text)
  }

  function publishBoth(own: string, mopidy: string): void {
    publish(TOPIC.own, own)
    publish(TOPIC.mopidy, mopidy)
    outbox.publish((client) => (topicOf(client) === TOPIC.own ? own : mopidy))
  }

  function opened(
    client: Client,
    identity: Identity | undefined,
    dialect: Client['dialect'],
  ): void {
    clients.add(client)
    if (identity === undefined) return
    // It may have ended between the handshake's check and now.
    if (!accounts.stillSignedIn(identity)) return end(client, Close.notSignedIn, 'Session ended')
    admit(client, identity)
    if (dialect === 'mopidy') speakMopidy(client)
    else tellIfOffline(client)
  }

  function speakMopidy(client: Client): void {
    client.dialect = 'mopidy'
    client.socket.unsubscribe(TOPIC.own)
    client.socket.subscribe(TOPIC.mopidy)
  }

  function received(client: Client, frame: string | Buffer): void {
    if (!clients.has(client)) return
    heard(client)
    if (typeof frame !== 'string') return end(client, Close.abuse, 'Text frames only')
    if (client.held === undefined) return handle(client, frame)
    client.held.push(frame)
    if (client.held.length > limits.mostHeld) end(client, Close.abuse, 'Too many messages')
  }

  function handle(client: Client, text: string): void {
    if (expired(client)) return end(client, Close.notSignedIn, 'Session expired')
    const message = parseJson(text)
    if (message === undefined || client.dialect === 'mopidy' || mopidyDialect.isJsonRpc(message))
      return handleJsonRpc(client, message, text)
    handleOwn(client, message, text)
  }

  function handleOwn(client: Client, message: unknown, text: string): void {
    const request = fromClient(message, text)
    if ('error' in request) return send(client, toClient.answer({}, request))
    if (request.type === 'auth') {
      signIn(client, request.token, ({ userId }) => send(client, toClient.authSuccess(userId)))
      return
    }
    const { token, reference, method, params } = request
    const call = () => {
      if (client.dialect === 'undecided') client.dialect = 'own'
      relayFor(client, method, params, (answer) => send(client, toClient.answer(reference, answer)))
    }
    if (token !== undefined && token !== client.token) signIn(client, token, call)
    else if (client.identity === undefined) send(client, toClient.authError('Not signed in'))
    else call()
  }

  function handleJsonRpc(client: Client, message: unknown, text: string): void {
    if (client.dialect === 'own' || (message === undefined && client.dialect !== 'mopidy')) {
      const error = message === undefined ? mopidyDialect.PARSE_ERROR : mopidyDialect.WRONG_DIALECT
      return send(client, toClient.answer({}, { error }))
    }
    if (client.identity === undefined) return send(client, toClient.authError('Not signed in'))
    if (client.dialect === 'undecided') speakMopidy(client)
    mopidyDialect.handle(
      message,
      text,
      ({ method, params }, onAnswer) => relayFor(client, method, params, onAnswer),
      (reply) => {
        if (reply !== undefined) send(client, reply)
      },
    )
  }

  function relayFor(
    client: Client,
    method: unknown,
    params: unknown,
    onAnswer: (answer: Answer) => void,
  ): void {
    const { identity } = client
    if (identity === undefined) return
    if (client.pending >= limits.mostPendingPerClient) return onAnswer({ error: busy })
    client.pending += 1
    relay(identity, method, params, (answer) => {
      client.pending -= 1
      onAnswer(answer)
    })
  }

  /** Checks a token, while the client's later frames wait their turn; then `next`, if it is good. */
  async function signIn(
    client: Client,
    token: unknown,
    next: (identity: Identity) => void,
  ): Promise<void> {
    client.held = []
    try {
      // Not String(token): a list that holds a token is none.
      const text = typeof token === 'string' ? token : ''
      const identity = await accounts.identify(text)
      if (!clients.has(client)) return
      // It may have ended while it was being checked, before this client could be closed with it.
      if (!accounts.stillSignedIn(identity)) throw new AppError('unauthorized', 'Invalid token')
      const signedInBefore = client.identity !== undefined
      client.token = text
      admit(client, identity)
      next(identity)
      if (!signedInBefore) tellIfOffline(client)
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ err: error }, 'cannot check a token')
      const message = error instanceof AppError ? error.message : 'Internal error'
      send(client, toClient.authError(message))
    }
    const { held = [] } = client
    delete client.held
    for (const frame of held) received(client, frame)
  }

  function admit(client: Client, identity: Identity): void {
    if (client.identity === undefined) client.socket.subscribe(TOPIC.own)
    client.identity = identity
  }

  function tellIfOffline(client: Client): void {
    const status = mopidy.status()
    if (!status.online) send(client, toClient.status(status))
  }

  function send(client: Client, text: string): void {
    if (client.socket.readyState === WebSocket.OPEN) outbox.send(client, text)
  }

  function topicOf({ dialect }: Client): string {
    return dialect === 'mopidy' ? TOPIC.mopidy : TOPIC.own
  }

  /** Cuts a client off: a close frame would only wait behind what it does not take. */
  function drop(client: Client): void {
    clients.delete(client)
    delete client.identity
    client.socket.terminate()
  }

  function end(client: Client, code: number, reason: string): void {
    clients.delete(client)
    outbox.forget(client)
    delete client.identity
    client.socket.close(code, reason)
  }

  function heard(client: Client): void {
    client.heardAt = performance.now()
  }

  function expired({ identity }: Client): boolean {
    return identity !== undefined && identity.expiresAt * 1000 <= clock.now()
  }

  function sweep(): void {
    outbox.sweep()
    for (const client of clients) {
      const tooLate =
        client.identity === undefined && clock.now() - client.connectedAt >= limits.signInMs
      if (tooLate) end(client, Close.notSignedIn, 'Not signed in in time')
      else if (expired(client)) end(client, Close.notSignedIn, 'Session expired')
      else checkPulse(client)
    }
  }

  // Bun's own pings and its idle timeout wait for a pause in what is sent, and events may never pause.
  function checkPulse(client: Client): void {
    const now = performance.now()
    if (now - client.heardAt >= limits.silenceMs) return drop(client)
    if (now - Math.max(client.heardAt, client.pingedAt) < limits.heartbeatMs) return
    client.pingedAt = now
    client.socket.ping()
  }

  return {
    /**
     * What a new socket carries; with an identity it is signed in from the start, and with a dialect
     * it speaks that.
     */
    accept(
      identity: Identity | undefined,
      dialect: Client['dialect'] = 'undecided',
    ): SocketHandlers {
      let client: Client
      return {
        open(socket) {
          client = newClient(socket, clock.now())
          opened(client, identity, dialect)
        },
        message: (_, frame) => received(client, frame),
        close() {
          clients.delete(client)
          outbox.forget(client)
        },
        pong: () => heard(client),
        drain() {
          // It takes what was sent to it: that, too, is a sign of life.
          heard(client)
          outbox.drained(client)
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

    /** Closes the sockets of sessions that have ended. */
    closeSessions(sessionIds: readonly number[]): void {
      for (const client of clients)
        if (client.identity !== undefined && sessionIds.includes(client.identity.sessionId))
          end(client, Close.notSignedIn, 'Session ended')
    },

    /** The number of connected clients. */
    clients: (): number => clients.size,

    close(): void {
      clearInterval(sweeping)
      for (const client of clients) end(client, Close.goingAway, 'Musakone is stopping')
    },
  }
}
