import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import { AppError } from '../../errors'
import type { Log } from '../../log'
import type { Mopidy } from '../../mopidy/mopidy'
import { Close } from '../sockets/close'
import type { FloodGuard } from '../sockets/flood-guard'
import type { PulseTimes } from '../sockets/pulse'
import type { Seats } from '../sockets/seats'
import type { SocketHandlers } from '../sockets/socket'
import type { SocketRules } from './endpoint-rules'
import { dial, joinSockets, leave } from './proxied-socket'
import type { End, SessionWork } from './session-work'
import { createSocketFilter } from './socket-filter'

type SocketUpgradeOptions = {
  door: Door
  mopidy: Mopidy
  seats: Seats
  work: SessionWork
  floodGuard: FloodGuard
  pulseTimes: PulseTimes
  log: Log
  /** From the client's handshake to the end of Mopidy's. */
  dialMs: number
}

type UpgradeRequest = Readonly<{
  request: Request
  server: UpgradingServer | null
  identity: Identity
  /** The client's address, as seats are counted. */
  address: string
  /** The socket's address at Mopidy, and the headers of the handshake there. */
  url: URL
  headers: Headers
  rules: 'everything' | SocketRules
}>

type UpgradingServer = {
  upgrade(request: Request, options: { data: SocketHandlers; headers: Headers }): boolean
}

/**
 * Turns a request into a socket that is joined to one of Mopidy's and ends with its session.
 * @throws {AppError} `mopidy_offline`, `mopidy_timeout`, `not_found` when Mopidy refuses it, and
 * `too_many_requests` or `unavailable` when too many sockets are open.
 */
export function createSocketUpgrade(options: SocketUpgradeOptions) {
  const { door, mopidy, seats, work, floodGuard, pulseTimes, log, dialMs } = options

  return async (upgrade: UpgradeRequest): Promise<undefined> => {
    const { request, server, identity, address, url, headers, rules } = upgrade
    // When the session ends before the socket is open there is nothing to close yet.
    let end: End = () => {
      end = ENDED
    }
    seats.check(address, identity)
    const noted = work.begin(identity, 'socket', (code, reason) => end(code, reason))
    try {
      const protocols = protocolsOf(request)
      const upstream = await dial(url, headers, { protocols, dialMs })
      const { roles } = door
      const filter =
        rules === 'everything' ? undefined : createSocketFilter(rules, identity.role, roles)
      const data = joinSockets({
        upstream,
        filter,
        pulseTimes,
        log,
        floodGuard,
        sit() {
          const seat = seats.take(address)
          seats.give(seat, identity)
          return () => seats.leave(seat)
        },
        isAlive: () => end !== ENDED && door.stillSignedIn(identity),
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
}

function protocolsOf(request: Request): string[] {
  const header = request.headers.get('sec-websocket-protocol') ?? ''
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Stands for the end of a socket whose session ended before it was open. */
const ENDED: End = () => {}
