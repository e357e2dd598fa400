import type { Identity } from '../../accounts/sessions/sessions'
import { parseJson } from '../../json'
import { type Answer, busy } from '../../mopidy/jsonrpc'
import type { RelayCall } from '../relay/relay'
import type { Client } from '../sockets/client'
import * as mopidyDialect from './mopidy'
import { fromClient, toClient } from './own'

export type Conversation = ReturnType<typeof createConversation>
export type ConversationOptions = {
  relay: RelayCall
  mostPending: number
  send: (client: Client, text: string) => void
  speakMopidy: (client: Client) => void
  /** Checks a token, and goes on if it is good. */
  signIn: (client: Client, token: unknown, next: (identity: Identity) => void) => void
  /** A frame was a batch of so many requests. */
  onBatch: (client: Client, requests: number) => void
}

type Call = (
  client: Client,
  method: unknown,
  params: unknown,
  onAnswer: (answer: Answer) => void,
) => void

/** What clients say and are answered, in either dialect. */
export function createConversation(options: ConversationOptions) {
  const { relay, mostPending, send, speakMopidy, signIn, onBatch } = options

  /** With `isBusy` whatever is asked for is answered so. */
  function hear(client: Client, text: string, isBusy: boolean): void {
    const message = parseJson(text)
    if (message === undefined || client.dialect === 'mopidy' || mopidyDialect.isJsonRpc(message))
      return hearJsonRpc(client, message, text, isBusy)
    hearOwn(client, message, text, isBusy)
  }

  function hearOwn(client: Client, message: unknown, text: string, isBusy: boolean): void {
    const request = fromClient(message, text)
    if ('error' in request) return send(client, toClient.answer({}, request))
    if (request.type === 'auth') {
      if (isBusy) return send(client, toClient.authError(busy.message))
      return signIn(client, request.token, ({ userId }) =>
        send(client, toClient.authSuccess(userId)),
      )
    }
    const { token, reference, method, params } = request
    const answer = (answer: Answer) => send(client, toClient.answer(reference, answer))
    if (isBusy) return answer({ error: busy })
    const call = () => {
      if (client.dialect === 'undecided') client.dialect = 'own'
      relayFor(client, method, params, answer)
    }
    if (token !== undefined && token !== client.token) signIn(client, token, call)
    else if (client.identity === undefined) send(client, toClient.authError('Not signed in'))
    else call()
  }

  function hearJsonRpc(client: Client, message: unknown, text: string, isBusy: boolean): void {
    if (client.dialect === 'own' || (message === undefined && client.dialect !== 'mopidy')) {
      const error = message === undefined ? mopidyDialect.PARSE_ERROR : mopidyDialect.WRONG_DIALECT
      return send(client, toClient.answer({}, { error }))
    }
    if (client.identity === undefined) return send(client, toClient.authError('Not signed in'))
    if (client.dialect === 'undecided') speakMopidy(client)
    if (Array.isArray(message)) onBatch(client, message.length)
    const call = isBusy ? refuse : relayFor
    mopidyDialect.handle(
      message,
      text,
      ({ method, params }, onAnswer) => call(client, method, params, onAnswer),
      (reply) => {
        if (reply !== undefined) send(client, reply)
      },
    )
  }

  const refuse: Call = (_client, _method, _params, onAnswer) => onAnswer({ error: busy })

  const relayFor: Call = (client, method, params, onAnswer) => {
    const { identity } = client
    if (identity === undefined) return
    if (client.pending >= mostPending) return onAnswer({ error: busy })
    client.pending += 1
    relay(identity, method, params, (answer) => {
      client.pending -= 1
      onAnswer(answer)
    })
  }

  return {
    /** Does what the frame asks for, and answers each request once. */
    serve: (client: Client, frame: string): void => hear(client, frame, false),

    /** Answers each request of the frame that there are too many. */
    refuse: (client: Client, frame: string): void => hear(client, frame, true),
  }
}
