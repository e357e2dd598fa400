import { isRecord } from '../../json'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { Status } from '../../mopidy/mopidy'
import { idText, rawItems } from './raw-json'

/** Mopidy's own dialect, JSON-RPC 2.0, as mopidy/internal/jsonrpc.py speaks it. */

type Request = Readonly<{
  /** The client's id in its own text; absent in a notification. */
  id?: string
  method: string
  params: unknown
}>

/** A batch of more requests than this is refused. */
const LONGEST_BATCH = 100

/** Calls Mopidy; `onAnswer` is called once. */
type Relay = (request: Request, onAnswer: (answer: Answer) => void) => void

/** Whether the message is one of Mopidy's dialect, well formed or not. */
export function isJsonRpc(message: unknown): boolean {
  return Array.isArray(message) || (isRecord(message) && 'jsonrpc' in message)
}

/** Takes the text to send once every request is answered; undefined where nothing is to be sent. */
type Reply = (text: string | undefined) => void

/**
 * Handles a frame, a request or a batch, with its parsed form (undefined when it is not JSON);
 * `reply` is called once.
 */
export function handle(message: unknown, text: string, relay: Relay, reply: Reply): void {
  // Mopidy, too, gives no answer to an empty frame.
  if (text === '') return reply(undefined)
  if (message === undefined) return reply(errorReply('null', PARSE_ERROR))
  if (!Array.isArray(message)) return handleOne(message, () => text, relay, reply)
  if (message.length === 0) return reply(refusal('A batch must not be empty'))
  if (message.length > LONGEST_BATCH)
    return reply(refusal(`A batch must have at most ${LONGEST_BATCH} requests`))
  handleBatch(message, text, relay, reply)
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

function handleOne(message: unknown, text: () => string, relay: Relay, reply: Reply): void {
  const request = readRequest(message, text)
  if ('error' in request) return reply(errorReply('null', request.error))
  const { id } = request
  relay(request, (answer) => {
    if (id === undefined) reply(undefined)
    else if ('error' in answer) reply(errorReply(id, answer.error))
    else reply(resultReply(id, answer.resultText))
  })
}

function handleBatch(messages: readonly unknown[], text: string, relay: Relay, reply: Reply): void {
  const replies: (string | undefined)[] = []
  let open = messages.length
  let items: string[] | undefined
  messages.forEach((message, index) => {
    const itemText = () => {
      items ??= rawItems(text)
      return items[index] ?? ''
    }
    handleOne(message, itemText, relay, (item) => {
      replies[index] = item
      open -= 1
      if (open > 0) return
      // A notification gets no reply, and a batch of notifications alone gets none at all.
      const texts = replies.filter((item) => item !== undefined)
      reply(texts.length > 0 ? `[${texts.join(',')}]` : undefined)
    })
  })
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
