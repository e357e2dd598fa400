import { Elysia } from 'elysia'
import type { Auth } from '../../accounts/door/auth'
import type { Roles } from '../../accounts/roles/roles'
import type { Analytics } from '../../analytics/analytics'
import { errorReplies } from '../../http/error-reply'
import { ROOM } from '../loose-rows'
import { Days, DaysQuery } from './model'

/** What was done and heard, day by day. */
export const daysRoutes = (auth: Auth, roles: Roles, analytics: Analytics) =>
  new Elysia({ name: 'analytics.days-routes', prefix: '/api/analytics' }).use(auth).get(
    '/days',
    ({ identity: { role, userId }, query }) => {
      if (query.room !== 'true') return analytics.days(userId, query)
      roles.mustHave(role, 'history.room')
      return analytics.days(ROOM, query)
    },
    {
      signedIn: true,
      query: DaysQuery,
      response: { 200: Days, ...errorReplies(400, 401, 403) },
      detail: {
        summary: 'What I, or with `room=true` everyone, did and heard on each day',
        tags: ['Analytics'],
        security: [{ bearer: [] }],
      },
    },
  )
