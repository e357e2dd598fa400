import { Elysia } from 'elysia'
import type { Accounts } from '../../accounts/accounts'
import { auth } from '../../accounts/door/auth'
import { allows, mayNot } from '../../accounts/roles/permissions'
import { AppError } from '../../errors'
import { errorReplies } from '../../http/error-reply'
import { ROOM } from '../edge-rows'
import type { Statistics } from '../statistics'
import { Days, DaysQuery } from './model'

/** What was done and heard, day by day. */
export const daysRoutes = (accounts: Accounts, statistics: Statistics) =>
  new Elysia({ name: 'statistics.days-routes', prefix: '/api/analytics' }).use(auth(accounts)).get(
    '/days',
    ({ identity: { role, userId }, query }) => {
      if (query.room !== 'true') return statistics.days(userId, query)
      if (!accounts.roles.may(role, 'history.room'))
        throw new AppError('forbidden', mayNot(role, allows['history.room']))
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
