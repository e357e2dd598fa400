import { AppError } from '../../errors'

/** Sends a request to Mopidy's web server; its redirects are not followed, its bodies not decoded. */
export function fetchFromMopidy(url: URL, init: BunFetchRequestInit): Promise<Response> {
  return fetch(url, {
    ...init,
    redirect: 'manual',
    decompress: false,
    // HTTP_PROXY is for addresses outside the local network; Mopidy is reached directly.
    proxy: false,
  })
}

type ProxiedRequest = Readonly<{
  request: Request
  /** The address at Mopidy. */
  url: URL
  headers: Headers
  /** Milliseconds from sending the request to the headers of the answer. The body has no deadline. */
  headersMs: number
  /** Whether Mopidy is known to be away. */
  isAway: () => boolean
  /**
   * Notes that the request is under way; `end` is called when its session ends. The function that it
   * gives back notes that the request is over.
   */
  begin: (end: () => void) => () => void
}>

/**
 * Passes a client's request on to Mopidy, and gives Mopidy's answer: its body comes piece by piece, as
 * fast as the client takes it. The connection to Mopidy is closed when the client goes or its session
 * ends.
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
      // The client sees a connection that breaks off. An error with a reason would be printed by Bun.
      controller.error()
    }
  }
  const cancel = () => {
    finish()
    abort()
  }
  // With 0 nothing is read ahead: a slow client slows Mopidy down and fills no memory here.
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}
