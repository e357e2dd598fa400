import { Elysia } from 'elysia'
import type { Auth } from '../../accounts/door/auth'
import type { UserNames } from '../../accounts/users/user-names'
import type { Incognito } from '../../actions/incognito'
import { errorReplies } from '../../http/error-reply'
import type { Gateway } from '../gateway'
import { Room } from './model'
import { roomOf } from './room'

type RoomRoutesOptions = { auth: Auth; gateway: Gateway; incognito: Incognito; nameOf: UserNames }

/** The people who are here now. */
export const roomRoutes = ({ auth, gateway, incognito, nameOf }: RoomRoutesOptions) =>
  new Elysia({ name: 'room.routes', prefix: '/api' })
    .use(auth)
    .get('/room', () => roomOf(gateway.connections(), incognito, nameOf), {
      needs: 'history.room',
      response: { 200: Room, ...errorReplies(401, 403) },
      detail: {
        summary: 'Who is here now: people with an open connection',
        tags: ['Room'],
        security: [{ bearer: [] }],
      },
    })
