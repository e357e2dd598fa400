import { PythonError } from '../models/python'

/** A parameter as `core.describe` lists it; one without a default is required. */
export type Parameter = { name: string; default?: unknown }

/**
 * The arguments by position, from parameters by position or by name.
 * @throws {PythonError} in Python's words when one is missing or unknown.
 */
export function bindParameters(method: string, signature: Parameter[], params: unknown): unknown[] {
  const label = labelOf(method)
  if (Array.isArray(params)) {
    if (params.length > signature.length) throw tooMany(label, signature, params.length)
    return fill(label, signature, (_, index) => params[index])
  }
  const named = params as Record<string, unknown>
  for (const key of Object.keys(named)) {
    if (signature.some(({ name }) => name === key)) continue
    throw typeError(`${label} got an unexpected keyword argument '${key}'`)
  }
  return fill(label, signature, ({ name }) => named[name])
}

function fill(
  label: string,
  signature: Parameter[],
  given: (parameter: Parameter, index: number) => unknown,
): unknown[] {
  const missing: string[] = []
  const args = signature.map((parameter, index) => {
    const value = given(parameter, index)
    if (value !== undefined) return value
    if (!('default' in parameter)) missing.push(`'${parameter.name}'`)
    return parameter.default ?? null
  })
  if (missing.length === 0) return args
  const noun = missing.length === 1 ? 'argument' : 'arguments'
  const names = list(missing)
  throw typeError(`${label} missing ${missing.length} required positional ${noun}: ${names}`)
}

/** Python counts the object itself as the first argument. */
function tooMany(label: string, signature: Parameter[], count: number): PythonError {
  const most = signature.length + 1
  const least = signature.filter((parameter) => !('default' in parameter)).length + 1
  const takes = least === most ? `${most}` : `from ${least} to ${most}`
  const noun = most === 1 ? 'argument' : 'arguments'
  return typeError(`${label} takes ${takes} positional ${noun} but ${count + 1} were given`)
}

function labelOf(method: string): string {
  if (method === 'core.describe') return 'JsonRpcInspector.describe()'
  const [, mount = '', name] = method.split('.')
  if (name === undefined) return `Core.${mount}()`
  return `${mount.charAt(0).toUpperCase()}${mount.slice(1)}Controller.${name}()`
}

function list(names: string[]): string {
  if (names.length < 3) return names.join(' and ')
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`
}

function typeError(message: string): PythonError {
  return new PythonError('TypeError', message)
}
