import { Elysia } from 'elysia'
import type { Accounts } from '../accounts/accounts'
import { auth } from '../accounts/door/auth'
import { whose } from '../accounts/users/whose'
import { errorReplies } from '../http/error-reply'
import type { History } from './history'
import { ActionHistory, ActionHistoryQuery, PlaybackHistory, PlaybackHistoryQuery } from './model'

const security = [{ bearer: [] }]

/** What people did and what was heard, row by row. */
export const historyRoutes = (accounts: Accounts, history: History) =>
  new Elysia({ name: 'history.routes', prefix: '/api' })
    .use(auth(accounts))
    .get(
      '/analytics/history',
      ({ identity, query }) => history.actions(whose(query.user, identity, accounts), query),
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
