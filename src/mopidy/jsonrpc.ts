import { isRecord, mapMembers, parseJson } from '../json'
import { inForm3 } from './reply-form'

/** JSON-RPC 2.0 as Mopidy speaks it; pure functions, no transport. */

export type RpcError = Readonly<{ code: number; message: string; data?: unknown }>

/** What a call came to: Mopidy's result, with its JSON text as it stood in the reply, or an error. */
export type Answer =
  | { readonly result: unknown; readonly resultText: string }
  | { readonly error: RpcError }

/** Codes of JSON-RPC itself, then of this gateway. */
export const RpcCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  offline: -32000,
  timedOut: -32001,
  notAllowed: -32002,
  tooManyRequests: -32003,
} as const

export const offline: RpcError = { code: RpcCode.offline, message: 'Mopidy is offline' }
export const timedOut: RpcError = {
  code: RpcCode.timedOut,
  message: 'Mopidy did not answer in time',
}
export const busy: RpcError = { code: RpcCode.tooManyRequests, message: 'Too many requests' }

/** A message from Mopidy: an event, or the reply to one of our ids. */
type FromMopidy =
  | { kind: 'event'; name: string; data: Record<string, unknown>; text: string }
  | { kind: 'reply'; id: number; answer: Answer }

/** The answer with that result, for results that are not cut out of a reply of Mopidy's. */
export function resultAnswer(result: unknown): Answer {
  return { result, resultText: JSON.stringify(result) }
}

/** The text of a request to Mopidy; parameters always go by name. */
export function toMopidy(id: number, method: string, params: Record<string, unknown>): string {
  return `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`
}

/**
 * Reads a frame from Mopidy; undefined when it is neither an event nor a reply. With `normalise` models
 * get the form that they have in Mopidy 3.4.
 */
export function fromMopidy(text: string, normalise = false): FromMopidy | undefined {
  const long = text.length < LONG || normalise ? undefined : longReply(text)
  if (long !== undefined) return long
  const message = parseJson(text)
  if (!isRecord(message)) return undefined
  if (typeof message.event === 'string') {
    const { event, ...members } = message
    if (!normalise) return { kind: 'event', name: event, data: members, text }
    const data = mapMembers(members, inForm3)
    return { kind: 'event', name: event, data, text: JSON.stringify({ event, ...data }) }
  }
  const { id } = message
  if (typeof id !== 'number') return undefined
  if (message.error !== undefined)
    return { kind: 'reply', id, answer: { error: toRpcError(message.error) } }
  if (!('result' in message)) return undefined
  if (normalise) return { kind: 'reply', id, answer: resultAnswer(inForm3(message.result)) }
  const { result } = message
  return { kind: 'reply', id, answer: { result, resultText: resultTextOf(text, id, result) } }
}

// In characters: replies that are longer are tracklists and the like.
const LONG = 64 * 1024
const LONG_REPLY = /^\{"jsonrpc": "2\.0", "id": (\d{1,15}), "result": (?=[[{"])/

/** A long reply, of which only the id is read: ten megabytes of text become fifty when parsed. */
function longReply(text: string): FromMopidy | undefined {
  const [prefix = '', id] = LONG_REPLY.exec(text) ?? []
  if (id === undefined || !/[\]}"]\}$/.test(text.slice(-2))) return undefined
  const resultText = text.slice(prefix.length, -1)
  const answer = {
    resultText,
    get result(): unknown {
      return parseJson(resultText)
    },
  }
  return { kind: 'reply', id: Number(id), answer }
}

// Mopidy writes its replies with Python's json module, in this order. Cutting the result out of the
// text saves serialising it again, which for a long tracklist is most of the work.
function resultTextOf(text: string, id: number, result: unknown): string {
  const prefix = `{"jsonrpc": "2.0", "id": ${id}, "result": `
  return text.startsWith(prefix) && text.endsWith('}')
    ? text.slice(prefix.length, -1)
    : JSON.stringify(result)
}

// An application error's data holds a traceback with the box's file paths; that stays here.
function toRpcError(error: unknown): RpcError {
  if (!isRecord(error) || typeof error.code !== 'number')
    return { code: 0, message: 'Application error' }
  const { code, data } = error
  const message = typeof error.message === 'string' ? error.message : 'Application error'
  if (typeof data === 'string') return { code, message, data }
  if (!isRecord(data)) return { code, message }
  const { type, message: reason } = data
  return { code, message, data: { type, message: reason } }
}
