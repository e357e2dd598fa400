import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import type { Roles } from '../accounts/roles/roles'
import type { Identity } from '../accounts/sessions/sessions'
import type { Administration } from '../accounts/users/administration'
import { askedUser } from '../accounts/users/asked-user'
import type { Analytics } from '../analytics/analytics'
import { AppError } from '../errors'
import { errorReplies } from '../http/error-reply'
import { ROOM, type Subject } from './loose-rows'
import { Review, ReviewQuery, ReviewYear, RoomStatsQuery, Stats, StatsQuery } from './model'

/** `administration` tells which users there are. */
type StatisticsAccounts = {
  auth: Auth
  roles: Roles
  administration: Pick<Administration, 'find'>
}

const tags = ['Analytics']
const security = [{ bearer: [] }]

/** What people did and heard, counted. */
export const statisticsRoutes = ({ auth, ...accounts }: StatisticsAccounts, analytics: Analytics) =>
  new Elysia({ name: 'analytics.statistics-routes', prefix: '/api/analytics' })
    .use(auth)
    .get(
      '/stats',
      ({ identity, query }) => analytics.statistics(subjectOf(query, identity, accounts), query),
      {
        signedIn: true,
        query: StatsQuery,
        response: { 200: Stats, ...errorReplies(400, 401, 403, 404) },
        detail: { summary: 'What I did and heard', tags, security },
      },
    )
    .get('/stats/room', ({ query }) => analytics.statistics(ROOM, query), {
      needs: 'history.room',
      query: RoomStatsQuery,
      response: { 200: Stats, ...errorReplies(400, 401, 403) },
      detail: {
        summary: "What everyone together did and heard, without anyone's private history",
        tags,
        security,
      },
    })
    .get(
      '/review/:year',
      ({ identity, params, query }) =>
        analytics.review(identity.userId, Number(params.year), query),
      {
        signedIn: true,
        params: ReviewYear,
        query: ReviewQuery,
        response: { 200: Review, ...errorReplies(400, 401) },
        detail: { summary: 'My year in review', tags, security },
      },
    )
    .get(
      '/review/:year/room',
      ({ params, query }) => analytics.review(ROOM, Number(params.year), query),
      {
        needs: 'history.room',
        params: ReviewYear,
        query: ReviewQuery,
        response: { 200: Review, ...errorReplies(400, 401, 403) },
        detail: { summary: "The room's year in review", tags, security },
      },
    )

/**
 * Whose statistics are asked for: one's own, unless one may see others' or the room's.
 * @throws {AppError} `forbidden`, `not_found`, or `invalid_request` for both at once.
 */
function subjectOf(
  { user, room }: StatsQuery,
  identity: Identity,
  { roles, administration }: Omit<StatisticsAccounts, 'auth'>,
): Subject {
  if (room === 'true') {
    if (user !== undefined) throw new AppError('invalid_request', 'Give user or room, not both.')
    roles.mustHave(identity.role, 'history.room')
    return ROOM
  }
  const asked = Number(askedUser(user, identity, roles))
  if (asked !== identity.userId) administration.find(asked)
  return asked
}
