import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import type { Roles } from '../accounts/roles/roles'
import { askedUser } from '../accounts/users/asked-user'
import { History, HistoryQuery } from '../history/model'
import { PlaybackHistory, PlaybackHistoryQuery } from '../history/playback-history-model'
import { errorReplies } from '../http/error-reply'
import { PlaybackState } from '../listening/model'
import { Queue, QueueQuery } from '../listening/queue-model'
import type { Analytics } from './analytics'

const security = [{ bearer: [] }]

/** One's own history, and what plays. */
export const analyticsRoutes = (auth: Auth, roles: Roles, analytics: Analytics) =>
  new Elysia({ name: 'analytics.routes', prefix: '/api' })
    .use(auth)
    .get(
      '/analytics/history',
      ({ identity, query }) => analytics.history(askedUser(query.user, identity, roles), query),
      {
        signedIn: true,
        query: HistoryQuery,
        response: { 200: History, ...errorReplies(400, 401, 403) },
        detail: { summary: 'What I did, newest first', tags: ['Analytics'], security },
      },
    )
    .get('/playback/history', ({ query }) => analytics.playbackHistory(query), {
      needs: 'history.room',
      query: PlaybackHistoryQuery,
      response: { 200: PlaybackHistory, ...errorReplies(400, 401, 403) },
      detail: { summary: 'What was heard here, newest first', tags: ['Playback'], security },
    })
    .get('/queue', ({ query }) => analytics.queue(query), {
      needs: 'see',
      query: QueueQuery,
      response: { 200: Queue, ...errorReplies(400, 401, 403, 503) },
      detail: {
        summary: 'The queue: who added what, and when it will play',
        tags: ['Playback'],
        security,
      },
    })
    .get('/playback/state', () => analytics.playbackState(), {
      needs: 'see',
      response: { 200: PlaybackState, ...errorReplies(401, 403, 503) },
      detail: { summary: 'What plays, and who queued it', tags: ['Playback'], security },
    })
