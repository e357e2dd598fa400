import type { RequestServer } from '../../http/network/client-address'
import type { LinkOrigin } from '../../http/network/link-origin'

export type ClientsOrigin = ReturnType<typeof createClientsOrigin>
type ClientsOriginOptions = {
  /** `https://…` or `http://…` of the web clients; without it they are at a port of the page's own host. */
  origin: string | undefined
  /** The page's origin, which `origin` comes with. */
  publicOrigin: string | undefined
  linkOrigin: LinkOrigin
}

/**
 * Where Mopidy's web clients are. They are strangers' code, so they have an origin of their own, from
 * which a browser lets no script read the page, the API or the service worker's cache.
 */
export function createClientsOrigin({ origin, publicOrigin, linkOrigin }: ClientsOriginOptions) {
  let ports: Readonly<{ page: number; clients: number }> | undefined
  let problem: string | undefined

  function atPort(
    request: Request,
    server: RequestServer | null,
    port: number | undefined,
  ): string {
    const url = new URL(linkOrigin(request, server))
    if (port !== undefined) url.port = String(port)
    return url.origin
  }

  return {
    /** Called when both ports are open. */
    opened(at: Readonly<{ page: number; clients: number }>): void {
      ports = at
    },

    /** Called when the web clients' port could not be opened, with a sentence for people. */
    failed(sentence: string): void {
      problem = sentence
    },

    /** Why the web clients cannot be reached; undefined when their port is open. */
    problem: (): string | undefined => problem,

    /** The web clients' origin for the browser that made the request. */
    forBrowser: (request: Request, server: RequestServer | null): string =>
      origin ?? atPort(request, server, ports?.clients),

    /** The page's origin for the browser that made the request to the web clients' port. */
    pageFor: (request: Request, server: RequestServer | null): string =>
      publicOrigin ?? atPort(request, server, ports?.page),

    /** Whether the browser shares no cookie between the page and the web clients: their hosts differ. */
    isOtherHost: (request: Request): boolean =>
      origin !== undefined && new URL(origin).hostname !== hostnameOf(request),

    /** Whether a page of a web client made the request. */
    made(request: Request): boolean {
      const said = request.headers.get('origin')
      if (said === null || !URL.canParse(said)) return false
      if (said === origin) return true
      const url = new URL(said)
      return (
        ports !== undefined && url.hostname === hostnameOf(request) && portOf(url) === ports.clients
      )
    },
  }
}

function hostnameOf(request: Request): string | undefined {
  const host = request.headers.get('host')
  return host === null ? undefined : URL.parse(`http://${host}`)?.hostname
}

const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
