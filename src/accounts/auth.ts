import { Elysia } from 'elysia'
import { AppError } from '../errors'
import type { Accounts } from './accounts'
import { tokenIn } from './credentials'
import type { Identity, Origin } from './sessions'

/**
 * The plugin that gives routes `signedIn`: the handler gets the caller's `identity`, others get 401.
 * `beforePasswordChange` lets in who still has to change a first password.
 */
export const auth = (accounts: Accounts) =>
  new Elysia({ name: 'auth' }).macro({
    signedIn: (allowed: true | 'beforePasswordChange') => ({
      resolve: async ({ request }): Promise<{ identity: Identity }> => {
        const presented = tokenIn(request)
        if (presented === undefined) throw new AppError('unauthorized', 'Log in first.')
        const beforePasswordChange = allowed === 'beforePasswordChange'
        return { identity: await accounts.identify(presented.token, { beforePasswordChange }) }
      },
    }),
  })

type Server = { requestIP(request: Request): { address: string } | null }

/** Where a request comes from, for the list of sessions. */
export function originOf(request: Request, server: Server | null): Origin {
  return {
    ip: server?.requestIP(request)?.address ?? null,
    userAgent: request.headers.get('user-agent'),
  }
}
