import { isRecord } from '../json'
import { RpcCode, type RpcError } from './jsonrpc'
import { type MethodName, methodNamed, methods } from './methods'
import type { Method } from './methods/method'
import { DeniedParameterError, type Parameter, ParameterError } from './parameters'

/** A call that is safe to send to Mopidy. */
export type Call = Readonly<{
  name: MethodName
  method: Method
  params: Readonly<Record<string, unknown>>
}>

/**
 * Builds a client's call anew from the table of methods: positional parameters get their names,
 * values are checked and copied, what is not in the table is refused. Nothing of the client's own
 * text reaches Mopidy, which a crafted message can make drop the connection that all share.
 */
export function rebuildCall(name: unknown, params: unknown): Call | { error: RpcError } {
  if (typeof name !== 'string')
    return { error: { code: RpcCode.invalidRequest, message: 'method must be a string' } }
  const known = methodNamed(name)
  if (known === undefined)
    return { error: { code: RpcCode.methodNotFound, message: 'Method not found' } }
  const method = methods[known]
  if (method.need === 'nobody')
    return { error: { code: RpcCode.notAllowed, message: `${known} is not allowed to anyone` } }
  try {
    return { name: known, method, params: rebuildParams(method, named(method, params)) }
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error
    const code = error instanceof DeniedParameterError ? RpcCode.notAllowed : RpcCode.invalidParams
    return { error: { code, message: error.message } }
  }
}

/** The parameters by name, those given by position included. */
function named(method: Method, params: unknown): Record<string, unknown> {
  if (params === undefined || params === null) return {}
  if (isRecord(params)) return params
  if (!Array.isArray(params)) throw new ParameterError('params must be an object or a list')
  const names = Object.keys(method.parameters)
  if (params.length > names.length)
    throw new ParameterError(`params must have at most ${names.length} items`)
  return Object.fromEntries(params.map((value, index) => [names[index], value]))
}

function rebuildParams(method: Method, given: Record<string, unknown>): Record<string, unknown> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(method.parameters, name))
      throw new ParameterError(`${JSON.stringify(name.slice(0, 64))} is not a parameter`)
  const params: Record<string, unknown> = {}
  for (const name in method.parameters) {
    const { check, optional, sentAs = name } = method.parameters[name] as Parameter
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined) {
      if (!optional) throw new ParameterError(`${name} is required`)
      continue
    }
    const clean = check(value, name)
    // Of a parameter with a default null means the default: it is left out.
    if (optional && (clean === null || clean === undefined)) continue
    if (Object.hasOwn(params, sentAs))
      throw new ParameterError(`${name} and its other form cannot both be given`)
    params[sentAs] = clean
  }
  return params
}
