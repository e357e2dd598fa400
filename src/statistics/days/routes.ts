import { Elysia } from 'elysia'
import type { Auth } from '../../accounts/door/auth'
import type { Roles } from '../../accounts/roles/roles'
import { errorReplies } from '../../http/error-reply'
import { ROOM } from '../edge-rows'
import type { Statistics } from '../statistics'
import { Days, DaysQuery } from './model'

type DaysRoutesOptions = { auth: Auth; roles: Roles; statistics: Statistics }

/** What was done and heard, day by day. */
export const daysRoutes = ({ auth, roles, statistics }: DaysRoutesOptions) =>
  new Elysia({ name: 'statistics.days-routes', prefix: '/api/analytics' }).use(auth).get(
    '/days',
    ({ identity: { role, userId }, query }) => {
      if (query.room !== 'true') return statistics.days(userId, query)
      roles.mustHave(role, 'history.room')
      return statistics.days(ROOM, query)
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
