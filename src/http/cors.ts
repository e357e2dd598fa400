import { AppError } from '../errors'

type CorsOptions = {
  allowedOrigins: readonly string[]
  /** Whether pages of this machine, on any port, may ask: who writes a web client serves it there. */
  development: boolean
}

export type Cors = ReturnType<typeof createCors>

/** Seconds that a browser remembers what it was allowed; none remembers more than two hours. */
const MAX_AGE_S = 7_200
const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

/**
 * Lets pages of other origins read the replies, without cookies: such a page signs in with a token.
 * There is no `Access-Control-Allow-Credentials`, so that a browser that sent
 * a cookie does not show the page the reply.
 */
export function createCors({ allowedOrigins, development }: CorsOptions) {
  const isOpen = development || allowedOrigins.length > 0

  function originOf(request: Request): string | undefined {
    const origin = request.headers.get('origin') ?? ''
    const allowed = allowedOrigins.includes(origin) || (development && LOOPBACK.test(origin))
    return allowed ? origin : undefined
  }

  return {
    /** Whether a page of another origin made the request, and may. */
    allows: (request: Request): boolean => originOf(request) !== undefined,

    /** The headers of every reply, errors too: a page must see why it was refused. */
    headersFor(request: Request): Record<string, string> {
      const origin = originOf(request)
      return {
        ...(isOpen && { vary: 'Origin' }),
        ...(origin !== undefined && {
          'access-control-allow-origin': origin,
          'access-control-expose-headers': 'Retry-After',
        }),
      }
    },

    /**
     * The reply to a preflight request; undefined when the request is none.
     * @throws {AppError} `foreign_origin`.
     */
    preflight(request: Request): Response | undefined {
      const { headers, method } = request
      if (method !== 'OPTIONS' || !headers.has('access-control-request-method')) return undefined
      if (originOf(request) === undefined)
        throw new AppError('foreign_origin', 'Other sites may not do this.')
      return new Response(null, {
        status: 204,
        headers: {
          'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
          'access-control-allow-headers': 'Authorization, Content-Type',
          'access-control-max-age': String(MAX_AGE_S),
        },
      })
    },
  }
}
