import { isRecord } from '../../json'
import type { MopidyEvent } from '../../mopidy/events'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { Status } from '../../mopidy/mopidy'
import { idText } from './raw-json'

/** Musakone's own messages on `/ws`. */

type FromClient =
  | { type: 'auth'; token: unknown }
  | { type: 'mopidy'; token: unknown; reference: Reference; method: unknown; params: unknown }

/** How a reply names its request: the client's id, in its own text, and the method. */
type Reference = Readonly<{ id?: string; method?: string }>

/** Reads a parsed frame; gives an error when it is no message of this dialect. */
export function fromClient(message: unknown, text: string): FromClient | { error: RpcError } {
  if (!isRecord(message)) return invalid('A message must be a JSON object')
  const { type, token, method, params } = message
  if (type === 'auth') return { type, token }
  if (type !== 'mopidy') return invalid('type must be "auth" or "mopidy"')
  const reference = {
    ...('id' in message && { id: idText(message.id, () => text) }),
    ...(typeof method === 'string' && { method }),
  }
  return { type, token, reference, method, params }
}

function invalid(message: string): { error: RpcError } {
  return { error: { code: RpcCode.invalidRequest, message } }
}

export const toClient = {
  authSuccess: (userId: number) => `{"type":"auth_success","user_id":${userId}}`,

  authError: (error: string) => `{"type":"auth_error","error":${JSON.stringify(error)}}`,

  answer: ({ id, method }: Reference, answer: Answer): string => {
    const head = id === undefined ? '' : `"id":${id},`
    const named = method === undefined ? '' : `"method":${JSON.stringify(method)},`
    return 'error' in answer
      ? `{"type":"mopidy_error",${head}${named}"error":${JSON.stringify(answer.error)}}`
      : `{"type":"mopidy_response",${head}${named}"result":${answer.resultText}}`
  },

  event: ({ name, data }: Pick<MopidyEvent, 'data'> & { name: string }) =>
    `{"type":"mopidy_event","event":"${name}","data":${JSON.stringify(data)}}`,

  status: ({ online }: Status) => `{"type":"mopidy_status","online":${online}}`,
}
