import { AppError } from '../../errors'
import type { ProxiedPath } from './proxied-path'
import { fetchFromMopidy } from './proxied-request'
import { headersToClient, headersToMopidy } from './proxy-headers'

/**
 * Mopidy's web server, at the host and port of `mopidyUrl` (`ws://…`); the addresses that it gives never
 * lead anywhere else. `authHeader` is the header in which a trusted proxy names the user, in lower case.
 */
export function createMopidySite(mopidyUrl: string, authHeader: string | undefined) {
  // `target` has the credentials that Mopidy may want, `base` has none.
  const target = new URL(mopidyUrl.replace(/^ws/, 'http'))
  const base = new URL(target.origin)

  /** @throws {AppError} `not_found` when the path could be read as another one. */
  function pageUrl({ path, query }: ProxiedPath): URL {
    const url = new URL(path + query, base)
    // proxiedPath refuses what URL would change. If it ever misses something, the request stops here.
    if (url.origin !== base.origin || url.pathname !== path) throw nothingHere()
    return url
  }

  /** The headers of a request to Mopidy. */
  const headersFor = (request: Request, clientAddress: string | undefined): Headers =>
    headersToMopidy(request, { mopidy: target, clientAddress, authHeader })

  return {
    pageUrl,

    /** The same for a WebSocket. */
    socketUrl(path: ProxiedPath): URL {
      const url = pageUrl(path)
      url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
      return url
    },

    headersFor,

    /** Mopidy's answer as the client gets it. */
    forClient: (response: Response): Response =>
      new Response(response.body, {
        status: response.status,
        headers: headersToClient(response, base),
      }),

    /**
     * A picture of Mopidy's as a page of our own may show it: even opened as a page, an SVG runs no script.
     * @throws {AppError} `not_found` when it is something else.
     */
    pictureForClient(response: Response): Response {
      const type = response.headers.get('content-type')
      const isPicture = type?.trim().toLowerCase().startsWith('image/') ?? false
      if (!isPicture && (type !== null || response.body !== null)) {
        void response.body?.cancel()
        throw nothingHere()
      }
      const headers = headersToClient(response, base)
      headers.set('content-security-policy', PICTURE_POLICY)
      headers.delete('set-cookie')
      headers.delete('location')
      return new Response(response.body, { status: response.status, headers })
    },

    /** Fetches a page on Musakone's own behalf. */
    fetchPage: (path: string, signal: AbortSignal): Promise<Response> =>
      fetchFromMopidy(new URL(path, base), {
        signal,
        // A connection from before a restart of Mopidy would only fail.
        keepalive: false,
        headers: headersFor(new Request(base.href), undefined),
      }),
  }
}

const PICTURE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

export const nothingHere = () => new AppError('not_found', 'There is nothing at this address.')
