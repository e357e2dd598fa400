import { Type as t } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { type Auth, CHECKS_ITSELF, PUBLIC } from '../../accounts/door/auth'
import { errorReplies } from '../../http/error-reply'
import { CLIENTS_ENTRY, LOGIN_PAGE } from '../../http/page-addresses'
import type { ClientsEntry } from '../origin/clients-entry'
import type { ClientsOrigin } from '../origin/clients-origin'
import type { PagePort } from '../origin/page-port'
import { isNavigation } from './page-origin'
import { mustLogIn, type ReverseProxy } from './reverse-proxy'
import { WebClientList } from './web-clients'

type WebClientRoutesOptions = {
  auth: Auth
  proxy: ReverseProxy
  clientsOrigin: ClientsOrigin
  entry: ClientsEntry
}

const tags = ['Web clients']
const security = [{ bearer: [] }]
const hidden = { ...CHECKS_ITSELF, hide: true }

/** The list of web clients, and tickets to their host. */
export const webClientRoutes = ({ auth, proxy, clientsOrigin, entry }: WebClientRoutesOptions) =>
  new Elysia({ name: 'web-clients.routes', prefix: '/api' })
    .use(auth)
    .get(
      '/clients',
      async ({ request, server }) => {
        const origin = clientsOrigin.forBrowser(request, server)
        // On another host the browser needs a ticket, which the page's own address of the client gives it.
        const before = clientsOrigin.isOtherHost(request) ? '' : origin
        const problem = clientsOrigin.problem()
        const clients = await proxy.webClients()
        return {
          origin,
          clients: clients.map((client) => ({ ...client, url: before + client.path })),
          ...(problem !== undefined && { problem }),
        }
      },
      {
        signedIn: true,
        response: { 200: WebClientList, ...errorReplies(401, 503) },
        detail: { summary: 'The web clients that this Mopidy offers', tags, security },
      },
    )
    .post(
      '/clients/ticket',
      ({ body, request, server, status }) =>
        status(201, { url: entry.ticketFor(request, server, body.path) }),
      {
        signedIn: { inPerson: true },
        body: t.Object({
          path: t.String({ maxLength: 2_000, description: 'As in `/api/clients`' }),
        }),
        response: {
          201: t.Object({ url: t.String({ description: 'Holds once, and for 30 seconds' }) }),
          ...errorReplies(400, 401, 403),
        },
        detail: { summary: 'A way to a web client on another host, signed in', tags, security },
      },
    )

/** Answers every address of the page's port that no other route does: pictures, redirections, or 404. */
export const pagePortRoutes = (pagePort: PagePort) =>
  new Elysia({ name: 'page-port.routes' }).all(
    '/*',
    ({ request, server, set }) => passing(set, () => pagePort(request, server)),
    // Bodies pass to Mopidy unread.
    { parse: 'none', detail: hidden },
  )

type ProxyRoutesOptions = {
  proxy: ReverseProxy
  clientsOrigin: ClientsOrigin
  allowedOrigins: readonly string[]
  idleS: number
}

/** Answers every address of the web clients' port that no other route does: their pages, or 404. */
export const proxyRoutes = ({ proxy, clientsOrigin, allowedOrigins, idleS }: ProxyRoutesOptions) =>
  new Elysia({ name: 'proxy.routes' }).all(
    '/*',
    ({ request, server, set }) =>
      passing(set, () => {
        const loginOrigin = clientsOrigin.pageFor(request, server)
        return proxy.handle(request, server, { allowedOrigins, idleS, loginOrigin })
      }),
    { parse: 'none', detail: hidden },
  )

/** The way in with a ticket, on the web clients' port. */
export const entryRoutes = (entry: ClientsEntry, clientsOrigin: ClientsOrigin) =>
  new Elysia({ name: 'clients-entry.routes' }).get(
    CLIENTS_ENTRY,
    async ({ query, request, server, set }) => {
      set.headers['cache-control'] = 'no-store'
      set.headers['referrer-policy'] = 'no-referrer'
      try {
        const { cookie, location } = await entry.enter(query.ticket, query.next)
        set.headers['set-cookie'] = cookie
        set.headers.location = location
      } catch (error) {
        if (!mustLogIn(error) || !isNavigation(request)) throw error
        const next = encodeURIComponent(query.next)
        set.headers.location = `${clientsOrigin.pageFor(request, server)}${LOGIN_PAGE}?next=${next}`
      }
      set.status = 303
      return ''
    },
    {
      query: t.Object({
        ticket: t.String({ maxLength: 100 }),
        next: t.String({ maxLength: 2_000 }),
      }),
      detail: { ...PUBLIC, hide: true },
    },
  )

type Set = { headers: Record<string, string | number | string[] | undefined> }

async function passing(
  set: Set,
  work: () => Promise<Response | undefined>,
): Promise<Response | undefined> {
  try {
    const response = await work()
    const { vary } = set.headers
    // The Response's own header would replace the one in `set`.
    if (response !== undefined && vary !== undefined) response.headers.append('vary', String(vary))
    return response
  } catch (error) {
    // Otherwise the service worker of a web client may keep the error.
    set.headers['cache-control'] = 'no-store'
    throw error
  }
}
