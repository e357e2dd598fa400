import { Elysia } from 'elysia'
import type { Accounts } from '../accounts/accounts'
import { fromOwnPage, tokenIn } from '../accounts/credentials'
import type { Identity } from '../accounts/sessions'
import { errorReplies } from '../error-reply'
import { AppError } from '../errors'
import type { Mopidy } from '../mopidy/mopidy'
import type { SocketHandlers } from './client'
import type { Gateway } from './gateway'

export type GatewayRoutesOptions = {
  accounts: Accounts
  mopidy: Mopidy
  gateway: Gateway
  allowedOrigins: readonly string[]
}

const tags = ['WebSocket']

/**
 * `/ws`, and Mopidy's own addresses. Plain routes that upgrade by hand: Elysia's own `.ws()` parses each
 * text before it can be seen, which costs ids their exact form, and handles messages asynchronously.
 */
export const gatewayRoutes = ({
  accounts,
  mopidy,
  gateway,
  allowedOrigins,
}: GatewayRoutesOptions) => {
  async function identityOf(request: Request): Promise<Identity | undefined> {
    const presented = tokenIn(request, { inQuery: true })
    if (presented === undefined) return undefined
    // A browser adds the cookie for any page that asks; only our own may act with it.
    if (presented.by === 'cookie' && !fromOwnPage(request, allowedOrigins))
      throw new AppError('foreign_origin', 'This page may not use your session.')
    return accounts.identify(presented.token)
  }

  async function mustBeSignedIn(request: Request): Promise<Identity> {
    const identity = await identityOf(request)
    if (identity === undefined) throw new AppError('unauthorized', 'Log in first.')
    return identity
  }

  async function openMopidySocket({ request, server }: Upgradable): Promise<undefined> {
    const identity = await mustBeSignedIn(request)
    upgrade({ request, server }, gateway.accept(identity, 'mopidy'))
  }

  const mopidySocket = {
    response: errorReplies(401, 403, 426),
    detail: {
      summary: 'The WebSocket in Mopidy’s dialect, JSON-RPC',
      description: 'Signed in by the cookie, Bearer, Basic with a token as password, or `?token=`.',
      tags,
    },
  }

  return new Elysia({ name: 'gateway.routes' })
    .get(
      '/ws',
      async ({ request, server }) => {
        upgrade({ request, server }, gateway.accept(await identityOf(request)))
      },
      {
        response: errorReplies(401, 403, 426),
        detail: {
          summary: 'The WebSocket: Musakone’s own dialect, or JSON-RPC',
          description: 'Signed in by the first message, the cookie, or `?token=`.',
          tags,
        },
      },
    )
    .get('/mopidy/ws', openMopidySocket, mopidySocket)
    .get('/mopidy/ws/', openMopidySocket, { ...mopidySocket, detail: { hide: true } })
    .post(
      '/mopidy/rpc',
      async ({ request, body }) => {
        const identity = await mustBeSignedIn(request)
        const reply = await gateway.rpc(identity, String(body ?? ''))
        return new Response(reply ?? '', { headers: mopidyHeaders(mopidy) })
      },
      {
        // As it stands: ids keep their exact form.
        parse: 'text',
        response: errorReplies(401, 403, 413, 415),
        detail: {
          summary: 'JSON-RPC over HTTP, as Mopidy has it',
          tags: ['HTTP'],
          security: [{ bearer: [] }],
        },
      },
    )
    .head('/mopidy/rpc', () => new Response(null, { headers: mopidyHeaders(mopidy) }), {
      detail: { hide: true },
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
      { detail: { hide: true } },
    )
}

type Upgradable = { request: Request; server: Server | null }
type Server = { upgrade(request: Request, options: { data: SocketHandlers }): boolean }

function upgrade({ request, server }: Upgradable, data: SocketHandlers): void {
  if (!server?.upgrade(request, { data }))
    throw new AppError('upgrade_required', 'This address takes WebSocket connections only.')
}

/** The headers of mopidy/http/handlers.py, by which clients tell what they speak to. */
function mopidyHeaders(mopidy: Mopidy): Record<string, string> {
  const { version } = mopidy.status()
  return {
    accept: 'application/json',
    'content-type': 'application/json; utf-8',
    'cache-control': 'no-cache',
    ...(version !== undefined && { 'x-mopidy-version': version }),
  }
}
