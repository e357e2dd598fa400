import type { Identity } from '../../accounts/sessions/sessions'
import { AppError } from '../../errors'
import { parseJson } from '../../json'
import type { Log } from '../../log'
import { type Answer, busy, type RpcError } from '../../mopidy/jsonrpc'
import type { Budgets, Release } from '../relay/budgets'
import type { RelayCall } from '../relay/relay'
import type { Announcements } from '../sockets/announcements'
import type { Client } from '../sockets/client'
import { Close } from '../sockets/close'
import type { Connections } from '../sockets/connections'
import type { FloodGuard } from '../sockets/flood-guard'
import type { SignIn } from '../sockets/sign-in'
import * as mopidyDialect from './mopidy'
import { fromClient, toClient } from './own'
import { isTooDeep } from './raw-json'

export type Conversation = ReturnType<typeof createConversation>
type ConversationOptions = {
  connections: Connections
  announcements: Announcements
  floodGuard: FloodGuard
  signIn: SignIn
  relay: RelayCall
  budgets: Budgets
  log: Log
  /** Calls that a client may have without an answer. */
  mostPending: number
  /** Frames that are kept while a client's token is being checked. */
  mostHeld: number
  /** Characters from which on an answer counts as one that waits to be read. */
  long: number
}

type Call = (
  client: Client,
  method: unknown,
  params: unknown,
  /** Characters of the request. */
  length: number,
  onAnswer: (answer: Answer) => void,
) => void

/** Characters of a frame from which on its nesting is counted before it is parsed. */
const LONG_FRAME = 64 * 1024

/** What clients say and are answered, in either dialect. */
export function createConversation(options: ConversationOptions) {
  const { connections, floodGuard, signIn, relay, budgets, log, mostPending, mostHeld, long } =
    options
  const { send, speakMopidy, tellIfOffline } = options.announcements

  function receive(client: Client, frame: string): void {
    if (!connections.has(client)) return
    if (client.held !== undefined) {
      if (client.held.push(frame) > mostHeld)
        connections.end(client, Close.abuse, 'Too many messages')
    } else if (signIn.expired(client)) connections.end(client, Close.notSignedIn, 'Session expired')
    else answer(client, frame, false)
  }

  /** Answers each request of a frame once; with `isBusy` each is answered that there are too many. */
  function answer(client: Client, text: string, isBusy: boolean): void {
    const message = text.length > LONG_FRAME && isTooDeep(text) ? undefined : parseJson(text)
    if (message === undefined || client.dialect === 'mopidy' || mopidyDialect.isJsonRpc(message))
      return answerJsonRpc(client, message, text, isBusy)
    answerOwn(client, message, text, isBusy)
  }

  function answerOwn(client: Client, message: unknown, text: string, isBusy: boolean): void {
    const request = fromClient(message, text)
    if ('error' in request) return send(client, toClient.answer({}, request))
    if (request.type === 'auth') {
      if (isBusy) return send(client, toClient.authError(busy.message))
      return void signInFirst(client, request.token, ({ userId }) =>
        send(client, toClient.authSuccess(userId)),
      )
    }
    const { token, reference, method, params } = request
    const reply = (answer: Answer) => {
      const held = hold(client, answer, undefined)
      if (held !== undefined && 'code' in held)
        send(client, toClient.answer(reference, { error: held }))
      else send(client, toClient.answer(reference, answer), held)
    }
    if (isBusy) return reply({ error: busy })
    const call = () => {
      if (client.dialect === 'undecided') client.dialect = 'own'
      relayFor(client, method, params, text.length, reply)
    }
    if (token !== undefined && token !== client.token) void signInFirst(client, token, call)
    else if (client.identity === undefined) send(client, toClient.authError('Not signed in'))
    else call()
  }

  function answerJsonRpc(client: Client, message: unknown, text: string, isBusy: boolean): void {
    if (client.dialect === 'own' || (message === undefined && client.dialect !== 'mopidy')) {
      const error = message === undefined ? mopidyDialect.PARSE_ERROR : mopidyDialect.WRONG_DIALECT
      return send(client, toClient.answer({}, { error }))
    }
    if (client.identity === undefined) return send(client, toClient.authError('Not signed in'))
    if (client.dialect === 'undecided') speakMopidy(client)
    // The frame itself counts as one message.
    if (Array.isArray(message)) floodGuard.count(client.tally, message.length - 1)
    const call = isBusy ? refuseCall : relayFor
    mopidyDialect.handle(
      message,
      text,
      ({ method, params }, length, onAnswer) => call(client, method, params, length, onAnswer),
      (answer, before) => hold(client, answer, before),
      (reply, release) => {
        if (reply !== undefined) send(client, reply, release)
        else release?.()
      },
    )
  }

  /** Checks the token, while later frames of the client wait; then does `next` if it is good. */
  async function signInFirst(
    client: Client,
    token: unknown,
    next: (identity: Identity) => void,
  ): Promise<void> {
    const wasSignedIn = client.identity !== undefined
    client.held = []
    try {
      const identity = await signIn.admitByToken(client, token)
      if (identity !== undefined) {
        next(identity)
        if (!wasSignedIn) tellIfOffline(client)
      }
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ err: error }, 'cannot check a token')
      const reason = error instanceof AppError ? error.message : 'Internal error'
      send(client, toClient.authError(reason))
    }
    const { held = [] } = client
    delete client.held
    for (const frame of held) receive(client, frame)
  }

  /** The memory of a long answer, or of any in a batch, until the client has read it. */
  function hold(
    { identity }: Client,
    answer: Answer,
    before: number | undefined,
  ): Release | RpcError | undefined {
    if (identity === undefined || 'error' in answer) return undefined
    if (before !== undefined) return budgets.holdInBatch(budgets.purseOf(identity), answer, before)
    if (answer.resultText.length < long) return undefined
    return budgets.holdAnswer(budgets.purseOf(identity), answer)
  }

  const refuseCall: Call = (_client, _method, _params, _length, onAnswer) =>
    onAnswer({ error: busy })

  const relayFor: Call = (client, method, params, length, onAnswer) => {
    const { identity } = client
    if (identity === undefined) return
    if (client.pending >= mostPending)
      return onAnswer({
        error: budgets.refuse(budgets.purseOf(identity), 'socket_calls', 'socket'),
      })
    client.pending += 1
    relay(identity, method, params, length, (answer) => {
      client.pending -= 1
      onAnswer(answer)
    })
  }

  return {
    /** Answers a frame, after the client's token where that is being checked. */
    receive,

    /** Answers each request of the frame that there are too many. */
    refuse: (client: Client, frame: string): void => answer(client, frame, true),
  }
}
