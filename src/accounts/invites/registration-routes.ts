import { Elysia } from 'elysia'
import type { Clock } from '../../clock'
import { errorReplies } from '../../http/error-reply'
import type { ClientAddress } from '../../http/network/client-address'
import { type Auth, originOf } from '../door/auth'
import { sessionCookie } from '../door/cookie'
import { Login } from '../model'
import { Invitation, InviteCode, Registration, RegistrationRules } from './model'
import type { Registering } from './registration'

type RegistrationRoutesOptions = {
  auth: Auth
  registration: Registering
  clientAddress: ClientAddress
  clock: Clock
}

const tags = ['Accounts']

/** The routes by which people make an account of their own. */
export const registrationRoutes = ({
  auth,
  registration,
  clientAddress,
  clock,
}: RegistrationRoutesOptions) =>
  new Elysia({ name: 'registration.routes', prefix: '/api/auth' })
    .use(auth)
    .get('/registration', () => ({ policy: registration.policy }), {
      public: true,
      response: { 200: RegistrationRules, ...errorReplies(421) },
      detail: { summary: 'Who may make an account: nobody, the invited, anyone', tags },
    })
    .post('/invite', ({ body }) => registration.invitation(body.code), {
      public: true,
      body: InviteCode,
      response: { 200: Invitation, ...errorReplies(400, 403, 404, 413, 415) },
      detail: { summary: 'What the code of an invite is for', tags },
    })
    .post(
      '/register',
      async ({ body, request, server, set }) => {
        const origin = originOf(request, server, clientAddress)
        const login = await registration.register(body, origin)
        set.headers['set-cookie'] = sessionCookie(login.token, login.expires_at, clock)
        set.status = 201
        return login
      },
      {
        public: true,
        body: Registration,
        response: { 201: Login, ...errorReplies(400, 403, 404, 409, 413, 415, 429) },
        detail: { summary: 'Make an account, by invite where that is needed, and log in', tags },
      },
    )
