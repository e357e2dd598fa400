import { type Answer, isRecord, RpcCode, type RpcError } from '../mopidy/jsonrpc'
import type { Status } from '../mopidy/mopidy'
import { idText, rawItems } from './raw-json'

/** Mopidy's own dialect, JSON-RPC 2.0, as mopidy/internal/jsonrpc.py has it. */

export type Request = Readonly<{
  /** The client's id in its own text; absent in a notification. */
  id?: string
  method: string
  params: unknown
}>

/** A batch of more requests than this is refused. */
const LONGEST_BATCH = 100

/** Calls Mopidy; the answer comes once. */
export type Relay = (request: Request, onAnswer: (answer: Answer) => void) => void

/** Whether a client that sends this speaks Mopidy's dialect. */
export function isJsonRpc(message: unknown): boolean {
  return Array.isArray(message) || (isRecord(message) && 'jsonrpc' in message)
}

/**
 * Handles a frame, a request or a batch, with its parsed form (undefined when it is not JSON);
 * `reply` gets the text to send, if there is any.
 */
export function handle(
  message: unknown,
  text: string,
  relay: Relay,
  reply: (text: string) => void,
): void {
  // Mopidy, too, passes over an empty frame in silence.
  if (text === '') return
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

/** Mopidy has no event for its own absence; these two are the gateway's. */
export function statusEvent({ online }: Status): string {
  return `{"event":"${online ? 'mopidy_connected' : 'mopidy_disconnected'}"}`
}

function handleOne(
  message: unknown,
  text: () => string,
  relay: Relay,
  reply: (text: string) => void,
): void {
  const request = readRequest(message, text)
  if ('error' in request) return reply(errorReply('null', request.error))
  const { id } = request
  relay(request, (answer) => {
    if (id === undefined) return
    reply('error' in answer ? errorReply(id, answer.error) : resultReply(id, answer.resultText))
  })
}

function handleBatch(
  messages: readonly unknown[],
  text: string,
  relay: Relay,
  reply: (text: string) => void,
): void {
  const replies: string[] = []
  let open = messages.length
  let items: string[] | undefined
  const answered = () => {
    open -= 1
    // Notifications leave holes.
    const texts = open === 0 ? replies.filter((item) => item !== undefined) : []
    if (texts.length > 0) reply(`[${texts.join(',')}]`)
  }
  messages.forEach((message, index) => {
    const itemText = () => {
      items ??= rawItems(text)
      return items[index] ?? ''
    }
    handleOne(
      message,
      itemText,
      (request, onAnswer) =>
        relay(request, (answer) => {
          onAnswer(answer)
          // What is notified is answered too, only not told.
          if (request.id === undefined) answered()
        }),
      (item) => {
        replies[index] = item
        answered()
      },
    )
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
