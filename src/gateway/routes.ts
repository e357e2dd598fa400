import { Elysia } from 'elysia'
import { CHECKS_ITSELF, PUBLIC } from '../accounts/door/auth'
import { fromOwnPage, isAmbient } from '../accounts/door/credentials'
import type { Door } from '../accounts/door/door'
import type { Identity } from '../accounts/sessions/sessions'
import { AppError } from '../errors'
import { errorReplies } from '../http/error-reply'
import { type ClientAddress, placeOf, type RequestServer } from '../http/network/client-address'
import { slowText } from '../http/slow-text'
import type { Mopidy } from '../mopidy/mopidy'
import type { Gateway } from './gateway'
import type { SocketHandlers } from './sockets/socket'

type SocketRoutesOptions = {
  door: Door
  gateway: Gateway
  allowedOrigins: readonly string[]
  clientAddress: ClientAddress
}
type MopidyRoutesOptions = SocketRoutesOptions & { mopidy: Mopidy }

const tags = ['WebSocket']
/** Characters of a reply from which on it is sent as the client reads it. */
const LONG = 64 * 1024

// They are plain routes that upgrade by hand: Elysia's `.ws()` parses each text first, so that ids lose their
// exact form, and handles messages asynchronously.

/** `/ws`, the page's socket. */
export const ownSocketRoutes = (options: SocketRoutesOptions) => {
  const { gateway, clientAddress } = options
  const identityOf = identifying(options)

  async function openSocket({ request, server }: Upgradable): Promise<undefined> {
    const identity = await identityOf({ request, server })
    const address = placeOf(clientAddress(request, server))
    upgrade({ request, server }, gateway.accept(identity, 'undecided', address))
  }

  return new Elysia({ name: 'own-socket.routes' }).get('/ws', openSocket, {
    response: errorReplies(401, 403, 426, 429, 503),
    detail: {
      ...CHECKS_ITSELF,
      summary: 'The WebSocket: Musakone’s own dialect, or JSON-RPC',
      description: 'Signed in by the first message, the cookie, or `?token=`.',
      tags,
    },
  })
}

/** `/mopidy/ws` and `/mopidy/rpc`, for programs that know Mopidy, and for the web clients. */
export const mopidyRoutes = (options: MopidyRoutesOptions) => {
  const { mopidy, gateway, clientAddress, allowedOrigins } = options
  const identityOf = identifying(options)

  async function mustBeSignedIn(asked: Asked): Promise<Identity> {
    const identity = await identityOf(asked)
    if (identity === undefined) throw new AppError('unauthorized', 'Log in first.')
    return identity
  }

  async function openMopidySocket({ request, server }: Upgradable): Promise<undefined> {
    const identity = await mustBeSignedIn({ request, server })
    const address = placeOf(clientAddress(request, server))
    upgrade({ request, server }, gateway.accept(identity, 'mopidy', address))
  }

  const mopidySocket = {
    response: errorReplies(401, 403, 426, 429, 503),
    detail: {
      ...CHECKS_ITSELF,
      summary: 'The WebSocket in Mopidy’s dialect, JSON-RPC',
      description: 'Signed in by the cookie, Bearer, Basic with a token as password, or `?token=`.',
      tags,
    },
  }

  return new Elysia({ name: 'mopidy.routes' })
    .get('/mopidy/ws', openMopidySocket, mopidySocket)
    .get('/mopidy/ws/', openMopidySocket, {
      ...mopidySocket,
      detail: { ...CHECKS_ITSELF, hide: true },
    })
    .post(
      '/mopidy/rpc',
      async ({ request, server, body }) => {
        const identity = await mustBeSignedIn({ request, server })
        const { text = '', release } = await gateway.rpc(identity, String(body ?? ''))
        const headers = mopidyHeaders(mopidy)
        if (text.length >= LONG) return new Response(slowText(text, release), { headers })
        release()
        return new Response(text, { headers })
      },
      {
        // The text is kept as it is, so that ids keep their exact form.
        parse: 'text',
        response: errorReplies(401, 403, 413, 415, 429),
        detail: {
          ...CHECKS_ITSELF,
          summary: 'JSON-RPC over HTTP, as Mopidy has it',
          tags: ['HTTP'],
          security: [{ bearer: [] }],
        },
      },
    )
    .head('/mopidy/rpc', () => new Response(null, { headers: mopidyHeaders(mopidy) }), {
      detail: { ...PUBLIC, hide: true },
    })
    .options(
      '/mopidy/rpc',
      ({ request }) => {
        const origin = request.headers.get('origin')
        if (origin === null || !fromOwnPage(request, allowedOrigins))
          throw new AppError('foreign_origin', 'Other sites may not do this.')
        const headers = {
          'access-control-allow-origin': origin,
          'access-control-allow-headers': 'Content-Type',
        }
        return new Response(null, { status: 204, headers })
      },
      { detail: { ...PUBLIC, hide: true } },
    )
}

function identifying({ door, allowedOrigins }: SocketRoutesOptions) {
  return async ({ request, server }: Asked): Promise<Identity | undefined> => {
    const presented = door.presented(request, server, { inQuery: true })
    if (presented === undefined) return undefined
    // A browser adds the cookie to requests of any page; only our own pages may act with it.
    if (isAmbient(presented) && !fromOwnPage(request, allowedOrigins))
      throw new AppError('foreign_origin', 'This page may not use your session.')
    return door.identify(presented.token)
  }
}

type Asked = { request: Request; server: RequestServer | null }
type Upgradable = { request: Request; server: Server | null }
type Server = RequestServer & {
  upgrade(request: Request, options: { data: SocketHandlers }): boolean
}

function upgrade({ request, server }: Upgradable, data: SocketHandlers): void {
  if (!server?.upgrade(request, { data }))
    throw new AppError('upgrade_required', 'This address takes WebSocket connections only.')
}

/** The headers that mopidy/http/handlers.py sends; clients recognise Mopidy by them. */
function mopidyHeaders(mopidy: Mopidy): Record<string, string> {
  const { version } = mopidy.status()
  return {
    accept: 'application/json',
    'content-type': 'application/json; utf-8',
    'cache-control': 'no-cache',
    ...(version !== undefined && { 'x-mopidy-version': version }),
  }
}
