import { AppError } from '../errors'

/** The longest body that is read into memory, in bytes. */
export const LARGEST_BODY = 64 * 1024
/** The longest that is passed on, or read line by line. */
export const LARGEST_STREAM = 1024 * 1024 * 1024

/** The types of bodies, other than JSON, that some addresses take; these are read as they come. */
const STREAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['/api/analytics/import', ['application/jsonl', 'application/x-ndjson', 'text/csv']],
])

/** The types that the address takes as a stream; undefined where it takes JSON. */
export function streamedTypes(request: Request): readonly string[] | undefined {
  return STREAMED.get(URL.parse(request.url)?.pathname ?? '')
}

/**
 * The text of a body.
 * @throws {AppError} `too_large`, before more than that is in memory.
 */
export async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder()
  let length = 0
  let text = ''
  for await (const bytes of request.body ?? []) {
    length += bytes.length
    // Its length was not announced, or the guard would have refused it.
    if (length > LARGEST_BODY) throw new AppError('too_large', 'The body is too large.')
    text += decoder.decode(bytes, { stream: true })
  }
  return text + decoder.decode()
}

/** Parses a body that should be JSON. */
export function parseBody(text: string): unknown {
  // Elysia puts a refused value into its message, and fails, with a 500, on an object that brings a
  // `toString` of its own. Nothing that is asked for has such a member.
  return JSON.parse(text, (key, value) =>
    key === 'toString' || key === 'valueOf' ? undefined : value,
  )
}
