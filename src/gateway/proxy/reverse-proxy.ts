import { isAmbient, isUpgrade, type PresentedToken } from '../../accounts/door/credentials'
import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import { type ClientAddress, placeOf } from '../../http/network/client-address'
import { LOGIN_PAGE } from '../../http/page-addresses'
import type { Log } from '../../log'
import type { Mopidy } from '../../mopidy/mopidy'
import { createFloodGuard, FLOOD_BOUNDS, type FloodBounds } from '../sockets/flood-guard'
import { PULSE_TIMES, type PulseTimes } from '../sockets/pulse'
import type { Seats } from '../sockets/seats'
import type { SocketHandlers } from '../sockets/socket'
import { hasNeed, isArt, needOf, socketRules } from './endpoint-rules'
import { createMopidySite, nothingHere } from './mopidy-site'
import { askedByOwnPage, isNavigation } from './page-origin'
import { type ProxiedPath, proxiedPath } from './proxied-path'
import { passOn } from './proxied-request'
import { createSessionWork } from './session-work'
import { createSocketUpgrade } from './socket-upgrade'
import { createWebClients } from './web-clients'

export type ProxyLimits = Readonly<{
  /** From sending Mopidy a request to the headers of its answer; the same for a handshake. */
  headersMs: number
  /** How long the list of web clients is kept, and how long Mopidy may take to give it. */
  webClientsKeptMs: number
  webClientsAskMs: number
  /** Between two looks for sessions that have expired. */
  sweepMs: number
  mostRequestsPerSession: number
  mostSocketsPerSession: number
  pulse: PulseTimes
  messages: FloodBounds
}>

export const PROXY_LIMITS: ProxyLimits = {
  headersMs: 10_000,
  webClientsKeptMs: 60_000,
  webClientsAskMs: 5_000,
  sweepMs: 1_000,
  mostRequestsPerSession: 32,
  mostSocketsPerSession: 16,
  pulse: PULSE_TIMES,
  messages: FLOOD_BOUNDS,
}

export type ReverseProxy = ReturnType<typeof createReverseProxy>
type ReverseProxyOptions = {
  door: Door
  mopidy: Mopidy
  /** `ws://…`; requests are sent to no other host and port. */
  mopidyUrl: string
  clock: Clock
  log: Log
  limits?: ProxyLimits
  /** Counts open sockets, those of the gateway and these together. */
  seats: Seats
  clientAddress: ClientAddress
  /** The header in which a trusted proxy names the user, in lower case: Mopidy does not get it. */
  authHeader: string | undefined
}

type ProxyRequestOptions = Readonly<{
  /** Pages that may use a session, besides those of the same origin. */
  allowedOrigins: readonly string[]
  /** Seconds that a connection of the server may wait for its next request. */
  idleS: number
  /** The origin of the login page; empty on the page's own origin. */
  loginOrigin: string
  /** Only pictures pass, for the page's own origin. */
  onlyPictures?: boolean
}>

/** What is used of the server that a request came to. */
type Server = {
  upgrade(request: Request, options: { data: SocketHandlers; headers: Headers }): boolean
  requestIP(request: Request): { address: string } | null
  timeout(request: Request, seconds: number): void
}

/** Passes requests and sockets of signed-in people on to Mopidy's web clients and their art. */
export function createReverseProxy({
  door,
  mopidy,
  mopidyUrl,
  clock,
  log,
  limits = PROXY_LIMITS,
  seats,
  clientAddress,
  authHeader,
}: ReverseProxyOptions) {
  const site = createMopidySite(mopidyUrl, authHeader)
  const webClients = createWebClients({
    mopidy,
    keptMs: limits.webClientsKeptMs,
    askMs: limits.webClientsAskMs,
    fetchPage: site.fetchPage,
  })
  const work = createSessionWork({
    clock,
    log,
    sweepMs: limits.sweepMs,
    most: { request: limits.mostRequestsPerSession, socket: limits.mostSocketsPerSession },
  })

  const upgrade = createSocketUpgrade({
    door,
    mopidy,
    seats,
    work,
    floodGuard: createFloodGuard(limits.messages),
    pulseTimes: limits.pulse,
    log,
    dialMs: limits.headersMs,
  })

  function identify(presented: PresentedToken | undefined): Promise<Identity> {
    if (presented === undefined) throw new AppError('unauthorized', 'Log in first.')
    return door.identify(presented.token)
  }

  async function answer(
    request: Request,
    server: Server | null,
    path: ProxiedPath,
    { allowedOrigins, idleS, onlyPictures = false }: ProxyRequestOptions,
  ): Promise<Response | undefined> {
    const known = isArt(path.client) || path.client === 'mopidy'
    const offered = known || (await webClients.offers(path.client))
    if (offered === false) throw nothingHere()
    const isSocket = isUpgrade(request)
    const presented = door.presented(request, server, { inQuery: isSocket })
    const identity = await identify(presented)
    if (offered === undefined) throw new AppError('mopidy_offline', 'Mopidy is offline.')
    const need = needOf(request.method, path)
    const onlyReads = need === 'see' && !isSocket
    // A browser adds the cookie to requests of any page; only our own pages may act with it.
    const byItself = presented !== undefined && isAmbient(presented)
    if (!onlyReads && byItself && !askedByOwnPage(request, allowedOrigins))
      throw new AppError('foreign_origin', 'This page may not use your session.')
    const from = clientAddress(request, server)
    const headers = site.headersFor(request, from)
    if (isSocket) {
      const rules = socketRules(identity.role, path)
      if (rules === 'nothing') throw notAllowed(identity)
      const url = site.socketUrl(path)
      return upgrade({ request, server, identity, address: placeOf(from), url, headers, rules })
    }
    if (!hasNeed(door.roles, identity.role, need)) throw notAllowed(identity)
    const response = await passOn({
      request,
      url: site.pageUrl(path),
      headers,
      headersMs: limits.headersMs,
      isAway: () => !mopidy.status().online,
      begin(end) {
        const noted = work.begin(identity, 'request', end)
        // `passOn` has a deadline for the headers. A body may then pause for any length of time.
        server?.timeout(request, 0)
        return () => {
          noted()
          server?.timeout(request, idleS)
        }
      },
    })
    return onlyPictures ? site.pictureForClient(response) : site.forClient(response)
  }

  return {
    /** The web clients that Mopidy offers. */
    webClients: webClients.list,

    /** Whether Mopidy offers a web client of that name; undefined when it has never given a list. */
    offers: webClients.offers,

    /**
     * Answers a request for one of Mopidy's pages; undefined when the request has become a socket.
     * @throws {AppError} `not_found` when the address is no page of Mopidy's, `unauthorized`, `forbidden`,
     * `mopidy_offline` and the like.
     */
    async handle(
      request: Request,
      server: Server | null,
      options: ProxyRequestOptions,
    ): Promise<Response | undefined> {
      const path = proxiedPath(request.url)
      if (path === undefined) throw nothingHere()
      try {
        return await answer(request, server, path, options)
      } catch (error) {
        if (!mustLogIn(error) || !isNavigation(request)) throw error
        const location = `${options.loginOrigin}${LOGIN_PAGE}?next=${encodeURIComponent(path.path + path.query)}`
        const headers = { location, 'cache-control': 'no-store' }
        return new Response(null, { status: 302, headers })
      }
    },

    /** Ends the requests and sockets of sessions that have ended. */
    closeEnded: work.endSessions,

    /** How many requests and sockets are open. */
    open: (): number => work.size(),

    close: (): void => work.close(),
  }
}

/** Whether the error is one that a login mends. */
export function mustLogIn(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === 'unauthorized' || error.code === 'password_change_required')
  )
}

const notAllowed = ({ role }: Identity) => new AppError('forbidden', `A ${role} may not do this.`)
