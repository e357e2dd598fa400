import { ValidationError } from 'elysia'
import { failureIn } from '../database/failure'
import { AppError, httpStatus } from '../errors'
import { complain } from '../guard'
import type { Log } from '../log'

type Set = {
  status?: number | string
  headers: Record<string, string | number | string[] | undefined>
}
type Failed = { error: unknown; code: unknown; set: Set; request: Request }

/** The last handler of errors: turns each into its status and body, and logs those that nobody foresaw. */
export function createBoundary(log: Log) {
  return ({ error, code, set, request }: Failed) => {
    const known = toAppError(error, code)
    if (known === DATABASE_FAILED) complain({ what: 'answer a request', log }, error)
    if (known === undefined) log.error({ err: error, path: pathOf(request) }, 'request failed')
    const { code: errorCode, message, retryAfter } = known ?? INTERNAL
    set.status = httpStatus[errorCode]
    if (retryAfter !== undefined) set.headers['retry-after'] = String(retryAfter)
    return { error: errorCode, message }
  }
}

const DATABASE_FAILED = new AppError(
  'unavailable',
  'The database cannot be used at the moment. Try again.',
  1,
)
const INTERNAL = new AppError('internal', 'Something went wrong; the log says what.')

/** The error that the client is told; undefined for one that nobody foresaw, of which nothing is told. */
function toAppError(error: unknown, code: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  if (failureIn(error) !== undefined) return DATABASE_FAILED
  if (code === 'NOT_FOUND') return new AppError('not_found', 'There is nothing at this address.')
  // Elysia wraps what `onParse` throws.
  const cause = error instanceof Error ? error.cause : undefined
  if (code === 'PARSE' && cause instanceof AppError) return cause
  if (code === 'PARSE') return new AppError('invalid_request', 'The body is not valid JSON.')
  // A reply that breaks its own schema is our mistake, not the caller's.
  if (error instanceof ValidationError && error.type !== 'response')
    return new AppError('invalid_request', whatIsWrong(error))
  return undefined
}

/** Names the first wrong member, without its value. */
function whatIsWrong(error: ValidationError): string {
  if (error.customError !== undefined) return String(error.customError)
  const [first] = error.all
  if (first === undefined || !('path' in first)) return `The ${error.type} is not valid.`
  const name = String(first.path).slice(1).replaceAll('/', '.')
  const schema = 'schema' in first ? first.schema : undefined
  const missing = first.value === undefined
  if (name === '') return `The ${error.type} must be a JSON object.`
  return missing ? `${name} is required.` : `${name} must be ${mustBe(schema)}.`
}

function mustBe(schema: unknown): string {
  const { type, minLength, maxLength } = (schema ?? {}) as Record<string, unknown>
  if (minLength !== undefined) return `a text of ${minLength} to ${maxLength} characters`
  return type === 'string' ? 'a valid text' : 'valid'
}

function pathOf(request: Request): string {
  // Never the query: it may hold a token.
  return URL.parse(request.url)?.pathname ?? ''
}
