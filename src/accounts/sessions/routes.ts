import { Type as t } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { errorReplies } from '../../http/error-reply'
import { Done } from '../../http/fields'
import { IdInPath, idIn } from '../../http/id-in-path'
import type { ClientAddress } from '../../http/network/client-address'
import type { Auth } from '../door/auth'
import { clearedCookie } from '../door/cookie'
import { SessionEntry } from './model'
import type { SessionList } from './session-list'

type SessionRoutesOptions = {
  auth: Auth
  sessionList: SessionList
  clientAddress: ClientAddress
}

const tags = ['Accounts']
const security = [{ bearer: [] }]

/** One's own sessions: the list of them, and their end. */
export const sessionRoutes = ({ auth, sessionList, clientAddress }: SessionRoutesOptions) =>
  new Elysia({ name: 'accounts.session-routes', prefix: '/api/auth/sessions' })
    .use(auth)
    .get(
      '',
      ({ identity }) => ({
        sessions: sessionList.list(identity.userId, identity.sessionId),
      }),
      {
        signedIn: { inPerson: true },
        response: { 200: t.Object({ sessions: t.Array(SessionEntry) }), ...errorReplies(401, 403) },
        detail: { summary: 'My sessions and API keys, the one used last first', tags, security },
      },
    )
    .delete(
      '/:id',
      ({ identity, params, request, server, set }) => {
        const id = idIn(params)
        sessionList.end(identity, id, clientAddress(request, server))
        if (id === identity.sessionId) set.headers['set-cookie'] = clearedCookie
        return { ok: true as const }
      },
      {
        signedIn: { inPerson: true },
        params: IdInPath,
        response: { 200: Done, ...errorReplies(401, 403, 404) },
        detail: {
          summary: 'End one of my sessions, or anybody’s as an admin, and close its sockets',
          tags,
          security,
        },
      },
    )
