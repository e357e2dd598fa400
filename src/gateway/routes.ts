import { Elysia } from 'elysia'
import type { Accounts } from '../accounts/accounts'
import { fromOwnPage, tokenIn } from '../accounts/credentials'
import { errorReplies } from '../error-reply'
import { AppError } from '../errors'
import type { Gateway } from './gateway'

export type GatewayRoutesOptions = {
  accounts: Accounts
  gateway: Gateway
  allowedOrigins: readonly string[]
}

/**
 * `/ws`. A plain route that upgrades by hand: Elysia's own `.ws()` parses each text before it can be
 * seen, which costs ids their exact form, and handles messages asynchronously.
 */
export const gatewayRoutes = ({ accounts, gateway, allowedOrigins }: GatewayRoutesOptions) =>
  new Elysia({ name: 'gateway.routes' }).get(
    '/ws',
    async ({ request, server }) => {
      const identity = await identityOf(request)
      if (server?.upgrade(request, { data: gateway.accept(identity) })) return undefined
      throw new AppError('upgrade_required', 'This address takes WebSocket connections only.')

      async function identityOf(request: Request) {
        const presented = tokenIn(request, { inQuery: true })
        if (presented === undefined) return undefined
        // A browser adds the cookie for any page that asks; only our own may act with it.
        if (presented.by === 'cookie' && !fromOwnPage(request, allowedOrigins))
          throw new AppError('foreign_origin', 'This page may not use your session.')
        return accounts.identify(presented.token)
      }
    },
    {
      response: errorReplies(401, 403, 426),
      detail: {
        summary: 'The WebSocket: Musakone’s own dialect, or JSON-RPC',
        description: 'Signed in by the first message, the cookie, or `?token=`.',
        tags: ['WebSocket'],
      },
    },
  )
