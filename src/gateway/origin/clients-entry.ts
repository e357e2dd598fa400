import { sessionCookie } from '../../accounts/door/cookie'
import type { Door } from '../../accounts/door/door'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import type { RequestServer } from '../../http/network/client-address'
import { CLIENTS_ENTRY } from '../../http/page-addresses'
import { nothingHere } from '../proxy/mopidy-site'
import { proxiedPath } from '../proxy/proxied-path'
import type { ClientsOrigin } from './clients-origin'
import type { Tickets } from './tickets'

export type ClientsEntry = ReturnType<typeof createClientsEntry>
type ClientsEntryOptions = {
  door: Door
  clientsOrigin: ClientsOrigin
  tickets: Tickets
  clock: Clock
}

/**
 * The way from the page to the web clients. A browser sends the session's cookie to every port of a host;
 * to another host, or where a proxy logs people in, a ticket takes the session along.
 */
export function createClientsEntry({ door, clientsOrigin, tickets, clock }: ClientsEntryOptions) {
  function withTicket(origin: string, token: string, next: string): string {
    const query = new URLSearchParams({ ticket: tickets.issue(token), next })
    return `${origin}${CLIENTS_ENTRY}?${query}`
  }

  return {
    /** The address of a web client's page, for the browser that asked the page's port for it. */
    async addressFor(
      request: Request,
      server: RequestServer | null,
      next: string,
    ): Promise<string> {
      const origin = clientsOrigin.forBrowser(request, server)
      const presented = door.presented(request, server)
      const needsTicket = clientsOrigin.isOtherHost(request) || presented?.by === 'proxy'
      if (!needsTicket || presented === undefined) return origin + next
      // Who is not signed in is sent to the login page from there.
      if (!(await door.isSignedIn(request, server))) return origin + next
      return withTicket(origin, presented.token, next)
    },

    /**
     * The address of a web client's page with a ticket for the caller's session.
     * @throws {AppError} `invalid_request` when `next` is no web client's page.
     */
    ticketFor(request: Request, server: RequestServer | null, next: string): string {
      const path = pathIn(next)
      const token = door.presented(request, server)?.token
      if (path === undefined || token === undefined)
        throw new AppError('invalid_request', 'path must be that of a web client.')
      return withTicket(clientsOrigin.forBrowser(request, server), token, path)
    },

    /**
     * Takes a ticket, on the web clients' origin: the cookie to set, and where to go on.
     * @throws {AppError} `unauthorized` when the ticket holds no more, `not_found` when `next` leads elsewhere.
     */
    async enter(ticket: string, next: string): Promise<{ cookie: string; location: string }> {
      const location = pathIn(next)
      if (location === undefined) throw nothingHere()
      const token = tickets.redeem(ticket)
      if (token === undefined)
        throw new AppError(
          'unauthorized',
          'This way in held once and for half a minute: open the web client from Musakone again.',
        )
      const { expiresAt } = await door.identify(token)
      return { cookie: sessionCookie(token, expiresAt, clock), location }
    },
  }
}

/** The path and query, without Musakone's own `token`, if they can be those of a web client's page. */
function pathIn(next: string): string | undefined {
  const path = next.startsWith('/') ? proxiedPath(`http://clients${next}`) : undefined
  return path === undefined ? undefined : path.path + path.query
}
