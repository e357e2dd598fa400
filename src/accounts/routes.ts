import { Elysia } from 'elysia'
import type { Clock } from '../clock'
import { errorReplies } from '../http/error-reply'
import { Done } from '../http/fields'
import type { ClientAddress } from '../http/network/client-address'
import { type Auth, originOf } from './door/auth'
import { clearedCookie, sessionCookie } from './door/cookie'
import type { Door } from './door/door'
import { Confirmation, Confirmed, Credentials, Login, Me, PasswordChange, SignedIn } from './model'
import type { OwnAccount } from './own-account'
import type { Confirming } from './passwords/confirming'

type AccountRoutesOptions = {
  auth: Auth
  door: Pick<Door, 'isSignedIn'>
  ownAccount: OwnAccount
  confirming: Confirming
  clientAddress: ClientAddress
  clock: Clock
}

const tags = ['Accounts']
const security = [{ bearer: [] }]

/** Logging in and out, and one's own account. */
export const accountRoutes = ({
  auth,
  door,
  ownAccount,
  confirming,
  clientAddress,
  clock,
}: AccountRoutesOptions) =>
  new Elysia({ name: 'accounts.routes', prefix: '/api/auth' })
    .use(auth)
    .post(
      '/login',
      async ({ body, request, server, set }) => {
        const login = await ownAccount.logIn(body, originOf(request, server, clientAddress))
        set.headers['set-cookie'] = sessionCookie(login.token, login.expires_at, clock)
        return login
      },
      {
        public: true,
        body: Credentials,
        response: { 200: Login, ...errorReplies(400, 401, 413, 415, 429, 503) },
        detail: { summary: 'Log in: a token, and a cookie for browsers', tags },
      },
    )
    .get('/me', ({ identity }) => ownAccount.me(identity), {
      signedIn: { beforePasswordChange: true },
      response: { 200: Me, ...errorReplies(401) },
      detail: { summary: 'Who I am and what I may do', tags, security },
    })
    .get(
      '/signed-in',
      async ({ request, server }) => ({
        signed_in: await door.isSignedIn(request, server),
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
        ownAccount.logOut(identity, clientAddress(request, server))
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
      '/confirm',
      ({ identity, body, request, server }) =>
        confirming.confirm(identity, body, originOf(request, server, clientAddress)),
      {
        signedIn: { inPerson: true },
        body: Confirmation,
        response: { 200: Confirmed, ...errorReplies(400, 401, 403, 413, 415, 429) },
        detail: {
          summary: 'Confirm with my password what I do as an admin in the next 15 minutes',
          description: 'For when a request was refused with 403 `confirm_required`.',
          tags,
          security,
        },
      },
    )
    .post(
      '/password',
      async ({ identity, body, request, server, set }) => {
        const login = await ownAccount.changePassword(
          identity,
          body,
          originOf(request, server, clientAddress),
        )
        set.headers['set-cookie'] = sessionCookie(login.token, login.expires_at, clock)
        return login
      },
      {
        signedIn: { inPerson: true, beforePasswordChange: true },
        body: PasswordChange,
        response: { 200: Login, ...errorReplies(400, 401, 403, 413, 415, 429, 503) },
        detail: {
          summary: 'Change my password: ends all my sessions and starts a new one',
          tags,
          security,
        },
      },
    )
