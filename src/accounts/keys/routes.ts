import { Type as t } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { errorReplies } from '../../http/error-reply'
import { Done } from '../../http/fields'
import { IdInPath, idIn } from '../../http/id-in-path'
import type { ClientAddress } from '../../http/network/client-address'
import { type Auth, originOf } from '../door/auth'
import type { Door } from '../door/door'
import type { Roles } from '../roles/roles'
import type { ApiKeys } from './keys'
import { ApiKey, NewApiKey, ShownApiKey } from './model'

type KeyRoutesOptions = {
  auth: Auth
  door: Pick<Door, 'mustBeConfirmed'>
  keys: ApiKeys
  roles: Pick<Roles, 'may'>
  clientAddress: ClientAddress
}

const tags = ['API keys']
const security = [{ bearer: [] }]

/** API keys, for programs. Only people make and revoke them: a stolen key makes no others. */
export const keyRoutes = ({ auth, door, keys, roles, clientAddress }: KeyRoutesOptions) =>
  new Elysia({ name: 'keys.routes', prefix: '/api/keys' })
    .use(auth)
    .get('', ({ identity }) => ({ keys: keys.list(identity.userId) }), {
      signedIn: { inPerson: true },
      response: { 200: t.Object({ keys: t.Array(ApiKey) }), ...errorReplies(401, 403) },
      detail: { summary: 'My API keys', tags, security },
    })
    .post(
      '',
      ({ identity, body, request, server, set }) => {
        set.status = 201
        return keys.create(identity, body, originOf(request, server, clientAddress))
      },
      {
        needs: { permission: 'keys', inPerson: true, confirmed: true },
        body: NewApiKey,
        response: { 201: ShownApiKey, ...errorReplies(400, 401, 403, 409, 413, 415) },
        detail: {
          summary: 'Make an API key, which is shown this once',
          description:
            'For `Authorization: Bearer`, Basic with the key as password, `?token=` and `auth`.',
          tags,
          security,
        },
      },
    )
    .delete(
      '/:id',
      ({ identity, params, request, server }) => {
        const id = idIn(params)
        const ofAnyone = roles.may(identity.role, 'users')
        const { ip } = originOf(request, server, clientAddress)
        // One's own are revoked at once: the reason may be that somebody else has the key.
        const isOwn = keys.list(identity.userId).some((key) => key.id === id)
        if (ofAnyone && !isOwn) door.mustBeConfirmed(identity)
        keys.revoke(identity, id, { ofAnyone, ip })
        return { ok: true as const }
      },
      {
        signedIn: { inPerson: true },
        params: IdInPath,
        response: { 200: Done, ...errorReplies(401, 403, 404) },
        detail: {
          summary: 'Revoke one of my API keys and close its sockets; admins: anyone’s',
          tags,
          security,
        },
      },
    )
