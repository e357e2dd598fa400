import { Elysia } from 'elysia'
import type { ClientAddress } from '../http/client-address'
import { errorReplies } from '../http/error-reply'
import { Done } from '../http/fields'
import type { Accounts } from './accounts'
import { auth, isSignedIn, originOf } from './door/auth'
import { clearedCookie, sessionCookie } from './door/cookie'
import { Credentials, Login, Me, PasswordChange, SignedIn } from './model'

const tags = ['Accounts']
const security = [{ bearer: [] }]

/** Logging in and out, and one's own account. */
export const accountRoutes = (accounts: Accounts, clientAddress: ClientAddress) =>
  new Elysia({ name: 'accounts.routes', prefix: '/api/auth' })
    .use(auth(accounts))
    .post(
      '/login',
      async ({ body, request, server, set }) => {
        const login = await accounts.logIn(body, originOf(request, server, clientAddress))
        set.headers['set-cookie'] = sessionCookie(login.token, login.expires_at)
        return login
      },
      {
        public: true,
        body: Credentials,
        response: { 200: Login, ...errorReplies(400, 401, 413, 415, 429) },
        detail: { summary: 'Log in: a token, and a cookie for browsers', tags },
      },
    )
    .get('/me', ({ identity }) => accounts.me(identity), {
      signedIn: { beforePasswordChange: true },
      response: { 200: Me, ...errorReplies(401) },
      detail: { summary: 'Who I am and what I may do', tags, security },
    })
    .get(
      '/signed-in',
      async ({ request, server }) => ({
        signed_in: await isSignedIn(accounts, request, server),
      }),
      {
        public: true,
        response: { 200: SignedIn, ...errorReplies(421) },
        detail: { summary: 'Whether I have a session; that I have none is no error here', tags },
      },
    )
    .post(
      '/logout',
      ({ identity, request, server, set }) => {
        accounts.logOut(identity, clientAddress(request, server))
        set.headers['set-cookie'] = clearedCookie
        return { ok: true as const }
      },
      {
        signedIn: { inPerson: true, beforePasswordChange: true },
        response: { 200: Done, ...errorReplies(401, 403) },
        detail: { summary: 'End this session and close its sockets', tags, security },
      },
    )
    .post(
      '/password',
      async ({ identity, body, request, server, set }) => {
        const login = await accounts.changePassword(
          identity,
          body,
          originOf(request, server, clientAddress),
        )
        set.headers['set-cookie'] = sessionCookie(login.token, login.expires_at)
        return login
      },
      {
        signedIn: { inPerson: true, beforePasswordChange: true },
        body: PasswordChange,
        response: { 200: Login, ...errorReplies(400, 401, 403, 413, 415, 429) },
        detail: {
          summary: 'Change my password: ends all my sessions and starts a new one',
          tags,
          security,
        },
      },
    )
