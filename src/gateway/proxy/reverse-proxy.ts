import { isAmbient, isUpgrade, type PresentedToken } from '../../accounts/door/credentials'
import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import { type ClientAddress, placeOf } from '../../http/client-address'
import { LOGIN_PAGE } from '../../http/page-addresses'
import type { Mopidy } from '../../mopidy/mopidy'
import type { SocketHandlers } from '../sockets/client'
import { Close } from '../sockets/close'
import { createMessageRate, MESSAGE_LIMITS, type MessageLimits } from '../sockets/message-rate'
import { PULSE_LIMITS, type PulseLimits } from '../sockets/pulse'
import type { Seats } from '../sockets/seats'
import { hasNeed, isArt, needOf, socketRules } from './endpoint-rules'
import { askedByOwnPage, isNavigation } from './page-origin'
import { type ProxiedPath, proxiedPath } from './proxied-path'
import { fetchFromMopidy, passOn } from './proxied-request'
import { dial, joinSockets, leave } from './proxied-socket'
import { headersToClient, headersToMopidy } from './proxy-headers'
import { createSessionWork, type End } from './session-work'
import { createSocketFilter } from './socket-filter'
import { createWebClients } from './web-clients'

export type ProxyLimits = Readonly<{
  /** From a request to the headers of its answer, and from a handshake to its end. */
  headersMs: number
  /** How long the list of web clients is kept, and waited for. */
  clientsKeptMs: number
  clientsAskMs: number
  /** Between two looks for sessions that have expired. */
  sweepMs: number
  /** Seconds that a connection may wait for its next request. */
  idleS: number
  mostRequestsPerSession: number
  mostSocketsPerSession: number
  pulse: PulseLimits
  messages: MessageLimits
}>

export const PROXY_LIMITS: ProxyLimits = {
  headersMs: 10_000,
  clientsKeptMs: 60_000,
  clientsAskMs: 5_000,
  sweepMs: 1_000,
  // What Elysia sets for all others.
  idleS: 30,
  mostRequestsPerSession: 32,
  mostSocketsPerSession: 16,
  pulse: PULSE_LIMITS,
  messages: MESSAGE_LIMITS,
}

export type ReverseProxy = ReturnType<typeof createReverseProxy>
export type ReverseProxyOptions = {
  accounts: Door
  mopidy: Mopidy
  /** `ws://…`; its host and port are the only ones that are ever spoken to. */
  mopidyUrl: string
  clock: Clock
  limits?: ProxyLimits
  /** Where open sockets are counted, together with those of the gateway. */
  seats: Seats
  clientAddress: ClientAddress
}

/** What the server that a request came to can do for it. */
type Server = {
  upgrade(request: Request, options: { data: SocketHandlers; headers: Headers }): boolean
  requestIP(request: Request): { address: string } | null
  timeout(request: Request, seconds: number): void
}

/** Mopidy's web clients, and the art that they show, for who is signed in. */
export function createReverseProxy({
  accounts,
  mopidy,
  mopidyUrl,
  clock,
  limits = PROXY_LIMITS,
  seats,
  clientAddress,
}: ReverseProxyOptions) {
  const messageRate = createMessageRate(limits.messages)
  const target = new URL(mopidyUrl.replace(/^ws/, 'http'))
  const base = new URL(target.origin)
  const clients = createWebClients({
    mopidy,
    keptMs: limits.clientsKeptMs,
    askMs: limits.clientsAskMs,
    fetchPage: (path, signal) =>
      fetchFromMopidy(new URL(path, base), {
        signal,
        // A connection from before a restart of Mopidy would only fail.
        keepalive: false,
        headers: headersToMopidy(new Request(base.href), {
          mopidy: target,
          clientAddress: undefined,
        }),
      }),
  })
  const work = createSessionWork({
    clock,
    sweepMs: limits.sweepMs,
    most: { request: limits.mostRequestsPerSession, socket: limits.mostSocketsPerSession },
  })

  /** Where at Mopidy the path is. */
  function at({ path, query }: ProxiedPath): URL {
    const url = new URL(path + query, base)
    // Nothing is left that could change on the way; should that ever be wrong, it goes nowhere.
    if (url.origin !== base.origin || url.pathname !== path) throw nothingHere()
    return url
  }

  function identify(presented: PresentedToken | undefined): Promise<Identity> {
    if (presented === undefined) throw new AppError('unauthorized', 'Log in first.')
    return accounts.identify(presented.token)
  }

  async function answer(
    request: Request,
    server: Server | null,
    path: ProxiedPath,
    allowedOrigins: readonly string[],
  ): Promise<Response | undefined> {
    const known = isArt(path.client) || path.client === 'mopidy'
    const offered = known || (await clients.offers(path.client))
    if (offered === false) throw nothingHere()
    const isSocket = isUpgrade(request)
    const presented = accounts.presented(request, server, { inQuery: isSocket })
    const identity = await identify(presented)
    if (offered === undefined) throw new AppError('mopidy_offline', 'Mopidy is offline.')
    const need = needOf(request.method, path)
    const onlyReads = need === 'see' && !isSocket
    // A browser adds the cookie for any page that asks; only our own may act with it.
    const byItself = presented !== undefined && isAmbient(presented)
    if (!onlyReads && byItself && !askedByOwnPage(request, allowedOrigins))
      throw new AppError('foreign_origin', 'This page may not use your session.')
    const headers = headersToMopidy(request, {
      mopidy: target,
      clientAddress: clientAddress(request, server),
    })
    if (isSocket) return join(request, server, path, identity, headers)
    if (!hasNeed(accounts.roles, identity.role, need)) throw notAllowed(identity)
    const response = await passOn({
      request,
      url: at(path),
      headers,
      headersMs: limits.headersMs,
      isAway: () => !mopidy.status().online,
      begin(end) {
        const noted = work.begin(identity, 'request', end)
        // The deadline is kept here; then a body may pause for as long as it likes.
        server?.timeout(request, 0)
        return () => {
          noted()
          server?.timeout(request, limits.idleS)
        }
      },
    })
    const { status, body } = response
    return new Response(body, { status, headers: headersToClient(response, base) })
  }

  async function join(
    request: Request,
    server: Server | null,
    path: ProxiedPath,
    identity: Identity,
    headers: Headers,
  ): Promise<undefined> {
    const rules = socketRules(identity.role, path)
    if (rules === 'nothing') throw notAllowed(identity)
    const url = at(path)
    url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
    let end: End = () => {
      end = ENDED
    }
    const address = placeOf(clientAddress(request, server))
    seats.check(address, identity.userId)
    const noted = work.begin(identity, 'socket', (code, reason) => end(code, reason))
    try {
      const upstream = await dial(url, headers, {
        protocols: protocolsOf(request),
        dialMs: limits.headersMs,
      })
      const data = joinSockets({
        upstream,
        filter:
          rules === 'everything'
            ? undefined
            : createSocketFilter(rules, identity.role, accounts.roles),
        pulseLimits: limits.pulse,
        messageRate,
        sit() {
          const seat = seats.take(address)
          seats.give(seat, identity.userId)
          return () => seats.leave(seat)
        },
        isAlive: () => end !== ENDED && accounts.stillSignedIn(identity),
        onOpen(close) {
          if (end !== ENDED) end = close
        },
        onClosed: noted,
      })
      const { protocol } = upstream.socket
      const chosen = new Headers(protocol === '' ? {} : { 'sec-websocket-protocol': protocol })
      if (server?.upgrade(request, { data, headers: chosen })) return undefined
      leave(upstream.socket, Close.goingAway, '')
      throw new AppError('upgrade_required', 'This address takes WebSocket connections only.')
    } catch (error) {
      noted()
      throw mopidy.status().online ? error : new AppError('mopidy_offline', 'Mopidy is offline.')
    }
  }

  return {
    /** The web clients that Mopidy offers. */
    clients: () => clients.list(),

    /**
     * Answers a request for one of Mopidy's pages; undefined when it has become a socket.
     * @throws {AppError} `not_found` when the address is none of theirs.
     */
    async handle(
      request: Request,
      server: Server | null,
      allowedOrigins: readonly string[],
    ): Promise<Response | undefined> {
      const path = proxiedPath(request.url)
      if (path === undefined) throw nothingHere()
      try {
        return await answer(request, server, path, allowedOrigins)
      } catch (error) {
        if (!mustLogIn(error) || !isNavigation(request)) throw error
        const location = `${LOGIN_PAGE}?next=${encodeURIComponent(path.path + path.query)}`
        const headers = { location, 'cache-control': 'no-store' }
        return new Response(null, { status: 302, headers })
      }
    },

    /** Ends what is open for sessions that have ended. */
    closeEnded: (): void => work.endSessions(accounts.stillSignedIn),

    /** How many requests and sockets are open. */
    open: (): number => work.size(),

    close: (): void => work.close(),
  }
}

function protocolsOf(request: Request): string[] {
  const header = request.headers.get('sec-websocket-protocol') ?? ''
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function mustLogIn(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === 'unauthorized' || error.code === 'password_change_required')
  )
}

/** In place of what ends a socket, when it has ended before it was open. */
const ENDED: End = () => {}

const nothingHere = () => new AppError('not_found', 'There is nothing at this address.')
const notAllowed = ({ role }: Identity) => new AppError('forbidden', `A ${role} may not do this.`)
