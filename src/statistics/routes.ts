import { Elysia } from 'elysia'
import type { Accounts } from '../accounts/accounts'
import { auth } from '../accounts/door/auth'
import { allows, mayNot } from '../accounts/roles/permissions'
import type { Identity } from '../accounts/sessions/sessions'
import { whose } from '../accounts/users/whose'
import { AppError } from '../errors'
import { errorReplies } from '../http/error-reply'
import { ROOM, type Subject } from './edge-rows'
import { Review, ReviewQuery, ReviewYear, RoomStatsQuery, Stats, StatsQuery } from './model'
import type { Statistics } from './statistics'

const tags = ['Analytics']
const security = [{ bearer: [] }]

/** What people did and heard, counted. */
export const statisticsRoutes = (accounts: Accounts, statistics: Statistics) =>
  new Elysia({ name: 'statistics.routes', prefix: '/api/analytics' })
    .use(auth(accounts))
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
function subjectOf({ user, room }: StatsQuery, identity: Identity, accounts: Accounts): Subject {
  if (room === 'true') {
    if (user !== undefined) throw new AppError('invalid_request', 'Give user or room, not both.')
    if (!accounts.roles.may(identity.role, 'history.room'))
      throw new AppError('forbidden', mayNot(identity.role, allows['history.room']))
    return ROOM
  }
  const asked = Number(whose(user, identity, accounts))
  if (asked !== identity.userId) accounts.administration.find(asked)
  return asked
}
