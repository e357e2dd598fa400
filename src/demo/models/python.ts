// Mopidy is a Python program and its error texts quote values the way Python writes them.

type PythonErrorType =
  | 'AssertionError'
  | 'AttributeError'
  | 'TracklistFull'
  | 'TypeError'
  | 'ValidationError'
  | 'ValueError'

/** An exception that a method of Mopidy raises; the client gets it as JSON-RPC error data. */
export class PythonError extends Error {
  constructor(
    readonly type: PythonErrorType,
    message: string,
  ) {
    super(message)
  }
}

/** The text that Python's `repr()` gives for a decoded JSON value. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return reprString(value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (typeof value === 'object') return reprObject(value)
  return String(value)
}

/** The name of the Python type that a decoded JSON value has. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (Array.isArray(value)) return 'list'
  const model = (value as { __model__?: string }).__model__
  return model ?? 'dict'
}

/** A traceback like a real Mopidy's, with the file paths that Musakone must not pass on. */
export function traceback(error: PythonError, method: string): string {
  const [module = 'actor', name = method] = method.split('.').slice(-2)
  const raised = {
    ValidationError: 'mopidy.exceptions.ValidationError',
    TracklistFull: 'mopidy.exceptions.TracklistFull',
  }
  const type = raised[error.type as keyof typeof raised] ?? error.type
  return [
    'Traceback (most recent call last):',
    `  File "${PACKAGES}/mopidy/internal/jsonrpc.py", line 131, in _handle_single_request`,
    '    result = self._unwrap_result(result)',
    '             ^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    `  File "${PACKAGES}/mopidy/internal/jsonrpc.py", line 228, in _unwrap_result`,
    '    result = result.get()',
    '             ^^^^^^^^^^^^',
    `  File "${PACKAGES}/pykka/_actor.py", line 286, in _handle_receive`,
    '    return callee(*message.args, **message.kwargs)',
    '           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    `  File "${PACKAGES}/mopidy/core/${module === 'core' ? 'actor' : module}.py", in ${name}`,
    error.message ? `${type}: ${error.message}` : type,
    '',
  ].join('\n')
}

const PACKAGES = '/usr/lib/python3/dist-packages'

function reprObject(value: object): string {
  const { __model__: model, ...fields } = value as Record<string, unknown>
  if (typeof model !== 'string') {
    const items = Object.entries(fields).map(([key, item]) => `${repr(key)}: ${repr(item)}`)
    return `{${items.join(', ')}}`
  }
  const items = Object.entries(fields).map(([key, item]) => `${key}=${repr(item)}`)
  return `${model}(${items.sort().join(', ')})`
}

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = quote
  for (const char of text) out += reprChar(char, quote)
  return out + quote
}

function reprChar(char: string, quote: string): string {
  if (char === '\\' || char === quote) return `\\${char}`
  if (char === '\n') return '\\n'
  if (char === '\r') return '\\r'
  if (char === '\t') return '\\t'
  const code = char.codePointAt(0) ?? 0
  if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad) {
    return `\\x${code.toString(16).padStart(2, '0')}`
  }
  return char
}
