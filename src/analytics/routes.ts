import { Elysia } from 'elysia'
import type { Accounts } from '../accounts/accounts'
import { auth } from '../accounts/auth'
import { errorReplies } from '../error-reply'
import type { Analytics } from './analytics'
import { History, HistoryQuery, PlaybackState, Stats, StatsQuery } from './model'

const security = [{ bearer: [] }]

/** One's own statistics and history, and what plays. */
export const analyticsRoutes = (accounts: Accounts, analytics: Analytics) =>
  new Elysia({ name: 'analytics.routes', prefix: '/api' })
    .use(auth(accounts))
    .get(
      '/analytics/stats',
      ({ identity, query }) => analytics.statistics(identity.userId, query),
      {
        signedIn: true,
        query: StatsQuery,
        response: { 200: Stats, ...errorReplies(400, 401) },
        detail: { summary: 'What I did and heard', tags: ['Analytics'], security },
      },
    )
    .get('/analytics/history', ({ identity, query }) => analytics.history(identity.userId, query), {
      signedIn: true,
      query: HistoryQuery,
      response: { 200: History, ...errorReplies(400, 401) },
      detail: { summary: 'What I did, newest first', tags: ['Analytics'], security },
    })
    .get('/playback/state', () => analytics.playbackState(), {
      signedIn: true,
      response: { 200: PlaybackState, ...errorReplies(401, 503) },
      detail: { summary: 'What plays, and who queued it', tags: ['Playback'], security },
    })
