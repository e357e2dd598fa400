import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import { errorReplies } from '../http/error-reply'
import type { Listening } from './listening'
import { PlaybackState, Queue, QueueQuery } from './model'

const tags = ['Playback']
const security = [{ bearer: [] }]

type ListeningRoutesOptions = { auth: Auth; listening: Listening }

/** What plays now, and what will. */
export const listeningRoutes = ({ auth, listening }: ListeningRoutesOptions) =>
  new Elysia({ name: 'listening.routes', prefix: '/api' })
    .use(auth)
    .get('/queue', ({ query }) => listening.queue(query), {
      needs: 'see',
      query: QueueQuery,
      response: { 200: Queue, ...errorReplies(400, 401, 403, 503) },
      detail: { summary: 'The queue: who added what, and when it will play', tags, security },
    })
    .get('/playback/state', () => listening.playbackState(), {
      needs: 'see',
      response: { 200: PlaybackState, ...errorReplies(401, 403, 503) },
      detail: { summary: 'What plays, and who queued it', tags, security },
    })
