import { Elysia } from 'elysia'
import { AppError } from '../../errors'
import type { ClientAddress, RequestServer } from '../../http/network/client-address'
import type { Permission } from '../roles/permissions'
import type { Identity, Origin } from '../sessions/sessions'
import type { Door } from './door'

/**
 * What a session must be: `inPerson` refuses API keys, `beforePasswordChange` takes one in which the
 * first password is still to be changed.
 */
type SignedIn = true | Readonly<{ inPerson?: true; beforePasswordChange?: true }>
/** `confirmed` is for acts of administration: see `mustBeConfirmed`. */
type Needs = Permission | Readonly<{ permission: Permission; inPerson?: true; confirmed?: true }>

export type Auth = ReturnType<typeof createAuth>

/**
 * The plugin by which routes declare what they need; the handler gets the caller's `identity`.
 * `public` needs nothing. `signedIn` needs a session, else 401. `needs` needs a permission, else 403.
 * `checksItself` leaves the check to the handler. A test fails on a route that declares none of them.
 */
export const createAuth = ({ identityOf, mustBeConfirmed, roles }: Door) =>
  new Elysia({ name: 'auth' }).macro({
    public: (_: true) => ({ detail: PUBLIC }),
    checksItself: (_: true) => ({ detail: CHECKS_ITSELF }),

    signedIn: (how: SignedIn) => ({
      detail: needing(how === true ? 'a session' : ['a session', ...Object.keys(how)].join(', ')),
      resolve: async ({ request, server }): Promise<{ identity: Identity }> => {
        const { inPerson = false, beforePasswordChange = false } = how === true ? {} : how
        const identity = await identityOf(request, server, { beforePasswordChange })
        if (inPerson && identity.kind === 'key') throw notForKeys()
        return { identity }
      },
    }),

    needs: (what: Needs) => ({
      detail: needing(namesOf(what).join(', ')),
      resolve: async ({ request, server }): Promise<{ identity: Identity }> => {
        const { permission, inPerson, confirmed } = typeof what === 'string' ? only(what) : what
        const identity = await identityOf(request, server)
        if (inPerson && identity.kind === 'key') throw notForKeys()
        roles.mustHave(identity.role, permission)
        if (confirmed) mustBeConfirmed(identity)
        return { identity }
      },
    }),
  })

const only = (permission: Permission): Exclude<Needs, string> => ({ permission })

/** `users, confirmed` */
function namesOf(what: Needs): string[] {
  const { permission, ...more } = typeof what === 'string' ? only(what) : what
  return [permission, ...Object.keys(more)]
}

/** What a route needs, for the OpenAPI page and for the test that walks all routes. */
const needing = (need: string) => ({ 'x-needs': need }) as { description?: string }

/** The `detail` of a public route that does not use the plugin. */
export const PUBLIC = needing('nothing')
/** The `detail` of a route that checks its callers itself and does not use the plugin. */
export const CHECKS_ITSELF = needing('checked by itself')

const notForKeys = () => new AppError('forbidden', 'An API key may not do this.')

/** Where a request comes from, for the list of sessions. */
export function originOf(
  request: Request,
  server: RequestServer | null,
  clientAddress: ClientAddress,
): Origin {
  return { ip: clientAddress(request, server), userAgent: request.headers.get('user-agent') }
}
