import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import type { Roles } from '../accounts/roles/roles'
import type { Identity } from '../accounts/sessions/sessions'
import type { Administration } from '../accounts/users/administration'
import { askedUser } from '../accounts/users/asked-user'
import { AppError } from '../errors'
import { errorReplies } from '../http/error-reply'
import { ROOM, type Subject } from './edge-rows'
import { Review, ReviewQuery, ReviewYear, RoomStatsQuery, Stats, StatsQuery } from './model'
import type { Statistics } from './statistics'

/** `administration` tells which users there are. */
type StatisticsAccounts = { roles: Roles; administration: Pick<Administration, 'find'> }
type StatisticsRoutesOptions = StatisticsAccounts & { auth: Auth; statistics: Statistics }

const tags = ['Analytics']
const security = [{ bearer: [] }]

/** What people did and heard, counted. */
export const statisticsRoutes = ({ auth, statistics, ...accounts }: StatisticsRoutesOptions) =>
  new Elysia({ name: 'statistics.routes', prefix: '/api/analytics' })
    .use(auth)
    .get(
      '/stats',
      ({ identity, query }) => statistics.stats(subjectOf(query, identity, accounts), query),
      {
        signedIn: true,
        query: StatsQuery,
        response: { 200: Stats, ...errorReplies(400, 401, 403, 404) },
        detail: { summary: 'What I did and heard', tags, security },
      },
    )
    .get('/stats/room', ({ query }) => statistics.stats(ROOM, query), {
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
        statistics.review(identity.userId, Number(params.year), query),
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
      ({ params, query }) => statistics.review(ROOM, Number(params.year), query),
      {
        needs: 'history.room',
        params: ReviewYear,
        query: ReviewQuery,
        response: { 200: Review, ...errorReplies(400, 401, 403) },
        detail: { summary: "The room's year in review", tags, security },
      },
    )

/**
 * The subject that a query asks for: the caller, another user or the room.
 * @throws {AppError} `forbidden`, `not_found`, or `invalid_request` for both at once.
 */
function subjectOf(
  { user, room }: StatsQuery,
  identity: Identity,
  { roles, administration }: StatisticsAccounts,
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
