import { Elysia } from 'elysia'
import { AppError } from '../../errors'
import type { ClientAddress, RequestServer } from '../../http/client-address'
import type { Accounts } from '../accounts'
import { allows, mayNot, type Permission } from '../roles/permissions'
import type { Identity, Origin } from '../sessions/sessions'

/**
 * Who has a session: `inPerson` keeps API keys out, `beforePasswordChange` lets those in who still have
 * to change a first password.
 */
type SignedIn = true | Readonly<{ inPerson?: true; beforePasswordChange?: true }>
type Needs = Permission | Readonly<{ permission: Permission; inPerson: true }>

/**
 * The plugin by which routes declare what they need; the handler gets the caller's `identity`.
 * `public` nothing. `signedIn` a session; others get 401. `needs` a permission; others get 403.
 * `checksItself` what the handler finds out. A test fails on a route that declares none of them.
 */
export const auth = (accounts: Accounts) =>
  new Elysia({ name: 'auth' }).macro({
    public: (_: true) => ({ detail: PUBLIC }),
    checksItself: (_: true) => ({ detail: CHECKS_ITSELF }),

    signedIn: (how: SignedIn) => ({
      detail: needing(how === true ? 'a session' : ['a session', ...Object.keys(how)].join(', ')),
      resolve: async ({ request, server }): Promise<{ identity: Identity }> => {
        const { inPerson = false, beforePasswordChange = false } = how === true ? {} : how
        const identity = await identityOf(accounts, request, server, { beforePasswordChange })
        if (inPerson && identity.kind === 'key') throw notForKeys()
        return { identity }
      },
    }),

    needs: (what: Needs) => ({
      detail: needing(typeof what === 'string' ? what : `${what.permission}, inPerson`),
      resolve: async ({ request, server }): Promise<{ identity: Identity }> => {
        const permission = typeof what === 'string' ? what : what.permission
        const identity = await identityOf(accounts, request, server)
        if (permission !== what && identity.kind === 'key') throw notForKeys()
        if (!accounts.roles.may(identity.role, permission))
          throw new AppError('forbidden', mayNot(identity.role, allows[permission]))
        return { identity }
      },
    }),
  })

/** What a route needs, for the OpenAPI page and for the test that walks all routes. */
const needing = (need: string) => ({ 'x-needs': need }) as { description?: string }

/** The same in the `detail` of a route without the plugin. */
export const PUBLIC = needing('nothing')
export const CHECKS_ITSELF = needing('checked by itself')

function identityOf(
  accounts: Accounts,
  request: Request,
  server: RequestServer | null,
  options: { beforePasswordChange?: boolean } = {},
): Promise<Identity> {
  const presented = accounts.presented(request, server)
  if (presented === undefined) throw new AppError('unauthorized', 'Log in first.')
  return accounts.identify(presented.token, options)
}

/** Whether there is a session, if only one in which the first password is still to be changed. */
export async function isSignedIn(
  accounts: Accounts,
  request: Request,
  server: RequestServer | null,
): Promise<boolean> {
  try {
    await identityOf(accounts, request, server, { beforePasswordChange: true })
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

const notForKeys = () => new AppError('forbidden', 'An API key may not do this.')

/** Where a request comes from, for the list of sessions. */
export function originOf(
  request: Request,
  server: RequestServer | null,
  clientAddress: ClientAddress,
): Origin {
  return { ip: clientAddress(request, server), userAgent: request.headers.get('user-agent') }
}
