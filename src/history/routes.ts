import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import type { Roles } from '../accounts/roles/roles'
import { askedUser } from '../accounts/users/asked-user'
import { errorReplies } from '../http/error-reply'
import type { History } from './history'
import { ActionHistory, ActionHistoryQuery, PlaybackHistory, PlaybackHistoryQuery } from './model'

const security = [{ bearer: [] }]

type HistoryRoutesOptions = { auth: Auth; roles: Roles; history: History }

/** What people did and what was heard, row by row. */
export const historyRoutes = ({ auth, roles, history }: HistoryRoutesOptions) =>
  new Elysia({ name: 'history.routes', prefix: '/api' })
    .use(auth)
    .get(
      '/analytics/history',
      ({ identity, query }) => history.actions(askedUser(query.user, identity, roles), query),
      {
        signedIn: true,
        query: ActionHistoryQuery,
        response: { 200: ActionHistory, ...errorReplies(400, 401, 403) },
        detail: { summary: 'What I did, newest first', tags: ['Analytics'], security },
      },
    )
    .get('/playback/history', ({ query }) => history.plays(query), {
      needs: 'history.room',
      query: PlaybackHistoryQuery,
      response: { 200: PlaybackHistory, ...errorReplies(400, 401, 403) },
      detail: { summary: 'What was heard here, newest first', tags: ['Playback'], security },
    })
