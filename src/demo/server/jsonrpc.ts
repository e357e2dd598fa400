import describe from '../../mopidy/describe.json' with { type: 'json' }
import type { Core } from '../core/core'
import { decode, Unparsable } from '../models/decoding'
import { PythonError, repr, traceback } from '../models/python'
import { pythonJson } from '../models/python-json'
import { isDict } from '../models/validation'
import { bindParameters, type Parameter } from './signature'

const SIGNATURES = new Map<string, Parameter[]>(
  Object.entries(describe).map(([method, { params }]) => [method, params]),
)
const DESCRIPTION = pythonJson(describe)

/**
 * The reply of Mopidy's own handler to a JSON-RPC text; null when all of it is notifications.
 * @throws {SocketKilled} where Mopidy closes the socket.
 */
export function handleJson(core: Pick<Core, 'methods' | 'settle'>, text: string): string | null {
  let request: unknown
  try {
    request = decode(text)
  } catch (error) {
    if (error instanceof Unparsable) return failure(null, { code: -32700, message: 'Parse error' })
    throw error
  }
  if (!Array.isArray(request)) return handleRequest(core, request)
  if (request.length === 0) return invalidRequest('Batch list cannot be empty')
  const replies = request.map((item) => handleRequest(core, item)).filter((reply) => reply !== null)
  return replies.length > 0 ? `[${replies.join(', ')}]` : null
}

function handleRequest(core: Pick<Core, 'methods' | 'settle'>, request: unknown): string | null {
  const complaint = complain(request)
  if (complaint !== null || !isDict(request)) return invalidRequest(complaint ?? '')

  const { id = null, method, params = [] } = request
  const reply = call(core, String(method), params, id)
  return 'id' in request ? reply : null
}

function call(core: Pick<Core, 'methods' | 'settle'>, name: string, params: unknown, id: unknown) {
  const method = core.methods.get(name)
  const signature = name === 'core.describe' ? [] : SIGNATURES.get(name)
  if (!signature) {
    return failure(id, { code: -32601, message: 'Method not found', data: notFound(name) })
  }
  try {
    const args = bindParameters(name, signature, params)
    // The text is made before the messages of the audio are delivered, which may change the result.
    return success(id, method ? pythonJson(method(...args)) : DESCRIPTION)
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    const { type, message } = error
    const data = { type, message, traceback: traceback(error, name) }
    if (type === 'TypeError') return failure(id, { code: -32602, message: 'Invalid params', data })
    return failure(id, { code: 0, message: 'Application error', data })
  } finally {
    core.settle()
  }
}

function complain(request: unknown): string | null {
  if (!isDict(request)) return 'Request must be an object'
  if (!('jsonrpc' in request)) return "'jsonrpc' member must be included"
  if (request.jsonrpc !== '2.0') return "'jsonrpc' value must be '2.0'"
  if (!('method' in request)) return "'method' member must be included"
  if (typeof request.method !== 'string') return "'method' must be a string"
  if ('params' in request && !Array.isArray(request.params) && !isDict(request.params)) {
    return "'params', if given, must be an array or an object"
  }
  return null
}

function notFound(name: string): string {
  const dot = name.lastIndexOf('.')
  if (dot === -1) return `Could not find object mount in method name ${repr(name)}`
  const [mount, member] = [name.slice(0, dot), name.slice(dot + 1)]
  if (member.startsWith('_')) return 'Private methods are not exported'
  if (!MOUNTS.has(mount)) return `No object found at ${repr(mount)}`
  return `Object mounted at ${repr(mount)} has no member ${repr(member)}`
}

const MOUNTS = new Set(
  ['history', 'library', 'mixer', 'playback', 'playlists', 'tracklist'].map((it) => `core.${it}`),
)

function success(id: unknown, result: string): string {
  return `{"jsonrpc": "2.0", "id": ${pythonJson(id)}, "result": ${result}}`
}

function invalidRequest(data: string): string {
  return failure(null, { code: -32600, message: 'Invalid Request', data })
}

function failure(id: unknown, error: { code: number; message: string; data?: unknown }): string {
  return pythonJson({ jsonrpc: '2.0', id, error })
}
