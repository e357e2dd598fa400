import { AppError } from '../errors'

/** The longest body that is read into memory, in bytes. */
export const LARGEST_BODY = 64 * 1024
/** The longest body that is passed on to Mopidy or read line by line, in bytes. */
export const LARGEST_STREAM = 1024 * 1024 * 1024

/** The types of bodies, other than JSON, that some addresses take; such a body is read as it arrives. */
const STREAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['/api/analytics/import', ['application/jsonl', 'application/x-ndjson', 'text/csv']],
])

/** The types that the address takes as a stream; undefined where it takes JSON. */
export function streamedTypes(request: Request): readonly string[] | undefined {
  return STREAMED.get(URL.parse(request.url)?.pathname ?? '')
}

/**
 * The text of a body.
 * @throws {AppError} `too_large` for more than LARGEST_BODY, which never gets into memory.
 */
export async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder()
  let length = 0
  let text = ''
  for await (const bytes of request.body ?? []) {
    length += bytes.length
    // A body without a Content-Length passes the guard.
    if (length > LARGEST_BODY) throw new AppError('too_large', 'The body is too large.')
    text += decoder.decode(bytes, { stream: true })
  }
  return text + decoder.decode()
}

/** Parses a body that should be JSON. */
export function parseBody(text: string): unknown {
  // Elysia puts a refused value into its message, and answers 500 for an object with a `toString` of its
  // own. No schema has such a member.
  return JSON.parse(text, (key, value) =>
    key === 'toString' || key === 'valueOf' ? undefined : value,
  )
}
