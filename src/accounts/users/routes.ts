import { Type as t } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { errorReplies } from '../../http/error-reply'
import { Done } from '../../http/fields'
import { IdInPath, idIn } from '../../http/id-in-path'
import type { ClientAddress } from '../../http/network/client-address'
import type { Auth } from '../door/auth'
import { SessionEntry } from '../sessions/model'
import type { SessionList } from '../sessions/session-list'
import type { Administration } from './administration'
import { NewAccount, UserChange, UserEntry } from './model'

type UserRoutesOptions = {
  auth: Auth
  administration: Administration
  sessionList: Pick<SessionList, 'list'>
  clientAddress: ClientAddress
}

const tags = ['Users']
const security = [{ bearer: [] }]

/** The accounts of all users, for those who may change them. */
export const userRoutes = ({
  auth,
  administration,
  sessionList,
  clientAddress,
}: UserRoutesOptions) =>
  new Elysia({ name: 'accounts.user-routes', prefix: '/api/users' })
    .use(auth)
    .get('', () => ({ users: administration.list() }), {
      needs: 'users',
      response: { 200: t.Object({ users: t.Array(UserEntry) }), ...errorReplies(401, 403) },
      detail: { summary: 'All users, by name', tags, security },
    })
    .post(
      '',
      async ({ identity, body, request, server, status }) => {
        const actor = { identity, ip: clientAddress(request, server) }
        return status(201, await administration.create(actor, body))
      },
      {
        needs: { permission: 'users', confirmed: true },
        body: NewAccount,
        response: { 201: UserEntry, ...errorReplies(400, 401, 403, 409, 413, 415, 429) },
        detail: { summary: 'Make an account', tags, security },
      },
    )
    .get('/:id', ({ params }) => administration.find(idIn(params)), {
      needs: 'users',
      params: IdInPath,
      response: { 200: UserEntry, ...errorReplies(401, 403, 404) },
      detail: { summary: 'One user', tags, security },
    })
    .patch(
      '/:id',
      ({ identity, params, body, request, server }) =>
        administration.change({ identity, ip: clientAddress(request, server) }, idIn(params), body),
      {
        needs: { permission: 'users', confirmed: true },
        params: IdInPath,
        body: UserChange,
        response: { 200: UserEntry, ...errorReplies(400, 401, 403, 404, 409, 413, 415, 429) },
        detail: {
          summary:
            'Change name, role or password, disable or enable: closes what the user has open',
          tags,
          security,
        },
      },
    )
    .delete(
      '/:id',
      async ({ identity, params, request, server }) => {
        const actor = { identity, ip: clientAddress(request, server) }
        await administration.remove(actor, idIn(params))
        return { ok: true as const }
      },
      {
        needs: { permission: 'users', confirmed: true },
        params: IdInPath,
        response: { 200: Done, ...errorReplies(401, 403, 404, 409) },
        detail: {
          summary:
            'Delete an account with its sessions and keys; what it did stays, without the name',
          tags,
          security,
        },
      },
    )
    .get(
      '/:id/sessions',
      ({ identity, params }) => {
        const { id } = administration.find(idIn(params))
        return { sessions: sessionList.list(id, identity.sessionId) }
      },
      {
        needs: 'users',
        params: IdInPath,
        response: {
          200: t.Object({ sessions: t.Array(SessionEntry) }),
          ...errorReplies(401, 403, 404),
        },
        detail: { summary: "A user's sessions and API keys", tags, security },
      },
    )
