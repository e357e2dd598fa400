import { allows, mayNot } from '../../accounts/roles/permissions'
import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import { isRecord, parseJson } from '../../json'
import { RpcCode } from '../../mopidy/jsonrpc'
import { idText } from '../dialects/raw-json'
import type { SocketRules } from './endpoint-rules'

/** Decides what passes over a web client's own JSON-RPC socket. */
export type SocketFilter = Readonly<{
  /** The message for Mopidy in place of the client's, or the reply that the client gets at once. */
  fromClient(text: string): { forward: string } | { reply: string }
  /** Whether the client may get the message. */
  fromMopidy(text: string): boolean
}>

/** Lets through the methods that the role may call at that moment; each message is built anew. */
export function createSocketFilter(
  { methods, notices }: SocketRules,
  role: Role,
  roles: Roles,
): SocketFilter {
  return {
    fromClient(text) {
      const message = parseJson(text)
      if (!isRecord(message) || typeof message.method !== 'string')
        return refusal('null', RpcCode.invalidRequest, 'Invalid Request')
      const { method, params = {} } = message
      const id = 'id' in message ? idText(message.id, () => text) : undefined
      const need = Object.hasOwn(methods, method) ? methods[method] : undefined
      if (need === undefined || !roles.may(role, need)) {
        const what = need === undefined ? 'do this' : allows[need]
        return refusal(id ?? 'null', RpcCode.notAllowed, mayNot(role, what))
      }
      if (!isRecord(params))
        return refusal(id ?? 'null', RpcCode.invalidParams, 'params must be an object')
      // Iris believes any `connection_id` that a message names, so it is left out.
      const { connection_id: _, ...own } = params
      const head = id === undefined ? '' : `"id":${id},`
      const forward = `{"jsonrpc":"2.0",${head}"method":"${method}","params":${JSON.stringify(own)}}`
      return { forward }
    },

    fromMopidy(text) {
      const message = parseJson(text)
      if (!isRecord(message)) return false
      const isReply = 'result' in message || 'error' in message
      return isReply || (typeof message.method === 'string' && notices.has(message.method))
    },
  }
}

function refusal(id: string, code: number, message: string): { reply: string } {
  return { reply: `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code, message })}}` }
}
