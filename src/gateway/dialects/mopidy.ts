import { isRecord } from '../../json'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { Status } from '../../mopidy/mopidy'
import { BUDGETS, type Release } from '../relay/budgets'
import { idText, rawItems } from './raw-json'

/** Mopidy's own dialect, JSON-RPC 2.0, as mopidy/internal/jsonrpc.py speaks it. */

type Request = Readonly<{
  /** The client's id in its own text; absent in a notification. */
  id?: string
  method: string
  params: unknown
}>

/** Calls Mopidy with a request of so many characters; `onAnswer` is called once. */
type Relay = (request: Request, length: number, onAnswer: (answer: Answer) => void) => void

/**
 * Asks for the memory that an answer takes up until it is sent, in a batch after answers of so many
 * bytes: how to give it back, nothing for an answer so short that it is not counted, or why there is none.
 */
export type Hold = (answer: Answer, before: number | undefined) => Release | RpcError | undefined

/** Whether the message is one of Mopidy's dialect, well formed or not. */
export function isJsonRpc(message: unknown): boolean {
  return Array.isArray(message) || (isRecord(message) && 'jsonrpc' in message)
}

/**
 * Takes the text to send once every request is answered, undefined where nothing is to be sent, and what
 * is to be called when it has been sent.
 */
type Reply = (text: string | undefined, release?: Release) => void

/**
 * Handles a frame, a request or a batch, with its parsed form (undefined when it is not JSON);
 * `reply` is called once.
 */
export function handle(
  message: unknown,
  text: string,
  relay: Relay,
  hold: Hold,
  reply: Reply,
): void {
  // Mopidy, too, gives no answer to an empty frame.
  if (text === '') return reply(undefined)
  if (message === undefined) return reply(errorReply('null', PARSE_ERROR))
  const request = { message, text: () => text, length: text.length }
  if (!Array.isArray(message))
    return handleOne(request, relay, (answer) => hold(answer, undefined), reply)
  if (message.length === 0) return reply(refusal('A batch must not be empty'))
  if (message.length > BUDGETS.batch.call)
    return reply(refusal(`A batch must have at most ${BUDGETS.batch.call} requests`))
  handleBatch(message, text, relay, hold, reply)
}

export const PARSE_ERROR: RpcError = { code: RpcCode.parseError, message: 'Parse error' }

export const WRONG_DIALECT: RpcError = {
  code: RpcCode.invalidRequest,
  message: 'This socket speaks {"type":…} messages; JSON-RPC must be its first message',
}

/** The event that tells of Mopidy's going or coming: Mopidy has none for that, these are the gateway's. */
export function statusEvent({ online }: Status): string {
  return `{"event":"${online ? 'mopidy_connected' : 'mopidy_disconnected'}"}`
}

type Message = Readonly<{ message: unknown; text: () => string; length: number }>
type HoldOne = (answer: Answer) => Release | RpcError | undefined

function handleOne(
  { message, text, length }: Message,
  relay: Relay,
  hold: HoldOne,
  reply: Reply,
): void {
  const request = readRequest(message, text)
  if ('error' in request) return reply(errorReply('null', request.error))
  const { id } = request
  relay(request, length, (answer) => {
    if (id === undefined) return reply(undefined)
    if ('error' in answer) return reply(errorReply(id, answer.error))
    const held = hold(answer)
    if (held !== undefined && 'code' in held) reply(errorReply(id, held))
    else reply(resultReply(id, answer.resultText), held)
  })
}

function handleBatch(
  messages: readonly unknown[],
  text: string,
  relay: Relay,
  hold: Hold,
  reply: Reply,
): void {
  const replies: (string | undefined)[] = []
  const releases: Release[] = []
  let bytes = 0
  let open = messages.length
  let items: string[] | undefined
  const holdItem: HoldOne = (answer) => {
    const held = hold(answer, bytes)
    if (held !== undefined && !('code' in held) && 'resultText' in answer)
      bytes += answer.resultText.length
    return held
  }
  messages.forEach((message, index) => {
    const itemText = () => {
      items ??= rawItems(text)
      return items[index] ?? ''
    }
    const item = { message, text: itemText, length: Math.ceil(text.length / messages.length) }
    handleOne(item, relay, holdItem, (answered, release) => {
      replies[index] = answered
      if (release !== undefined) releases.push(release)
      open -= 1
      if (open > 0) return
      // A notification gets no reply, and a batch of notifications alone gets none at all.
      const texts = replies.filter((item) => item !== undefined)
      reply(joined(texts), () => {
        for (const release of releases) release()
      })
    })
  })
}

/** The batch's reply. Put together with `+`, it takes no memory of its own until it is sent. */
function joined(texts: readonly string[]): string | undefined {
  const [first, ...others] = texts
  if (first === undefined) return undefined
  return `${others.reduce((text, next) => `${text},${next}`, `[${first}`)}]`
}

function readRequest(message: unknown, text: () => string): Request | { error: RpcError } {
  if (!isRecord(message)) return invalid('Request must be an object')
  const { jsonrpc, method, params } = message
  if (jsonrpc === undefined) return invalid('"jsonrpc" member must be included')
  if (jsonrpc !== '2.0') return invalid('"jsonrpc" value must be "2.0"')
  if (method === undefined) return invalid('"method" member must be included')
  if (typeof method !== 'string') return invalid('"method" must be a string')
  if (params !== undefined && (typeof params !== 'object' || params === null))
    return invalid('"params", if given, must be an array or an object')
  return { ...('id' in message && { id: idText(message.id, text) }), method, params }
}

const refusal = (data: string) => errorReply('null', invalid(data).error)

function invalid(data: string): { error: RpcError } {
  return { error: { code: RpcCode.invalidRequest, message: 'Invalid Request', data } }
}

function resultReply(id: string, resultText: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${resultText}}`
}

function errorReply(id: string, error: RpcError): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`
}
