import { Elysia } from 'elysia'
import type { Accounts } from '../accounts/accounts'
import { auth } from '../accounts/auth'
import type { Incognito } from '../actions/incognito'
import { errorReplies } from '../error-reply'
import type { Gateway } from './gateway'
import { roomOf } from './room'
import { Room } from './room-model'

export type RoomRoutesOptions = { accounts: Accounts; gateway: Gateway; incognito: Incognito }

/** Who is here now. */
export const roomRoutes = ({ accounts, gateway, incognito }: RoomRoutesOptions) =>
  new Elysia({ name: 'room.routes', prefix: '/api' })
    .use(auth(accounts))
    .get('/room', () => roomOf(gateway.connected(), incognito), {
      needs: 'history.room',
      response: { 200: Room, ...errorReplies(401, 403) },
      detail: {
        summary: 'Who is here now: people with an open connection',
        tags: ['Room'],
        security: [{ bearer: [] }],
      },
    })
