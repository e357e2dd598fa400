import { AppError } from '../../errors'

/** Sends a request to Mopidy's web server; redirects and encodings come back as they are. */
export function fetchFromMopidy(url: URL, init: BunFetchRequestInit): Promise<Response> {
  return fetch(url, {
    ...init,
    redirect: 'manual',
    decompress: false,
    // Not through HTTP_PROXY, which is for the world outside.
    proxy: false,
  })
}

type ProxiedRequest = Readonly<{
  request: Request
  /** The address at Mopidy. */
  url: URL
  headers: Headers
  /** From here to the headers of the answer; the body may take as long as it likes. */
  headersMs: number
  /** Whether Mopidy is known to be away. */
  isAway: () => boolean
  /** Notes that it is under way; called back when its session ends. Gives what notes its end. */
  begin: (end: () => void) => () => void
}>

/**
 * Mopidy's answer to a client's request, piece by piece as it comes, and as fast as the client takes it.
 * When the client goes, or its session ends, Mopidy is let go too.
 * @throws {AppError} `mopidy_offline`, or `mopidy_timeout` when no headers come in time.
 */
export async function passOn({
  request,
  url,
  headers,
  headersMs,
  isAway,
  begin,
}: ProxiedRequest): Promise<Response> {
  const aborting = new AbortController()
  let failure = new AppError('mopidy_offline', 'Mopidy is offline.')
  const abort = () => aborting.abort()
  const noted = begin(() => {
    failure = new AppError('unauthorized', 'The session has ended.')
    abort()
  })
  const deadline = setTimeout(() => {
    if (!isAway()) failure = new AppError('mopidy_timeout', 'Mopidy did not answer in time.')
    abort()
  }, headersMs)
  request.signal.addEventListener('abort', abort)
  const finish = () => {
    clearTimeout(deadline)
    request.signal.removeEventListener('abort', abort)
    noted()
  }
  try {
    const { method, body } = request
    const response = await fetchFromMopidy(url, { method, headers, body, signal: aborting.signal })
    clearTimeout(deadline)
    if (response.body === null) finish()
    return response.body === null
      ? response
      : new Response(piecewise(response.body, finish, abort), response)
  } catch {
    finish()
    throw failure
  }
}

function piecewise(
  body: ReadableStream<Uint8Array>,
  finish: () => void,
  abort: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      const { done, value } = await reader.read()
      if (!done) return controller.enqueue(value)
      finish()
      controller.close()
    } catch {
      finish()
      // Cut off without an end, so that the client sees it; with a reason Bun would print it.
      controller.error()
    }
  }
  const cancel = () => {
    finish()
    abort()
  }
  // Nothing is read ahead: what the client does not take stays with Mopidy.
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}
