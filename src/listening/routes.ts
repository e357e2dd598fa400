import { Elysia } from 'elysia'
import type { Accounts } from '../accounts/accounts'
import { auth } from '../accounts/door/auth'
import { errorReplies } from '../http/error-reply'
import type { Listening } from './listening'
import { PlaybackState, Queue, QueueQuery } from './model'

const tags = ['Playback']
const security = [{ bearer: [] }]

/** What plays now, and what will. */
export const listeningRoutes = (accounts: Accounts, { queue, playbackState }: Listening) =>
  new Elysia({ name: 'listening.routes', prefix: '/api' })
    .use(auth(accounts))
    .get('/queue', ({ query }) => queue(query), {
      needs: 'see',
      query: QueueQuery,
      response: { 200: Queue, ...errorReplies(400, 401, 403, 503) },
      detail: { summary: 'The queue: who added what, and when it will play', tags, security },
    })
    .get('/playback/state', () => playbackState(), {
      needs: 'see',
      response: { 200: PlaybackState, ...errorReplies(401, 403, 503) },
      detail: { summary: 'What plays, and who queued it', tags, security },
    })
