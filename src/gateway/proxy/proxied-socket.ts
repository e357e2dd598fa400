import { AppError } from '../../errors'
import { every } from '../../guard'
import type { Log } from '../../log'
import { Close } from '../sockets/close'
import { type FloodGuard, newTally } from '../sockets/flood-guard'
import { beats, feel, newPulse, type PulseTimes } from '../sockets/pulse'
import type { Socket, SocketHandlers } from '../sockets/socket'
import type { End } from './session-work'
import type { SocketFilter } from './socket-filter'

type Frame = string | Buffer

/** Bytes that may wait for Mopidy to take them. */
const MOST_WAITING = 1024 * 1024
/** Milliseconds from our close frame to closing without Mopidy's. */
const CLOSE_MS = 2_000
/** How many times a heartbeat's time the pulse is looked at. */
const LOOKS_A_BEAT = 4

/** Mopidy's end of a socket, with the frames that came before it was joined to a client's. */
type Upstream = Readonly<{ socket: WebSocket; early: Frame[] }>

/**
 * Opens a socket of one of Mopidy's web clients.
 * @throws {AppError} `not_found` when Mopidy refuses it, `mopidy_timeout` when no answer comes in time.
 */
export function dial(
  url: URL,
  headers: Headers,
  { protocols, dialMs }: { protocols: string[]; dialMs: number },
): Promise<Upstream> {
  const { promise, resolve, reject } = Promise.withResolvers<Upstream>()
  const socket = new WebSocket(url, { headers, protocols })
  socket.binaryType = 'nodebuffer'
  const early: Frame[] = []
  const give = (error: AppError) => {
    clearTimeout(deadline)
    reject(error)
    socket.terminate()
  }
  const deadline = setTimeout(
    () => give(new AppError('mopidy_timeout', 'Mopidy did not answer in time.')),
    dialMs,
  )
  socket.onmessage = ({ data }) => early.push(data)
  socket.onclose = () => give(new AppError('not_found', 'There is no WebSocket at this address.'))
  socket.onopen = () => {
    clearTimeout(deadline)
    resolve({ socket, early })
  }
  return promise
}

type ProxiedSocketOptions = {
  upstream: Upstream
  /** Without a filter every frame passes. */
  filter: SocketFilter | undefined
  pulseTimes: PulseTimes
  log: Log
  floodGuard: FloodGuard
  /** Counts the socket as open; the function that it gives back counts it as closed. */
  sit: () => () => void
  /** Whether the socket's session has not ended. */
  isAlive: () => boolean
  /** Called when the socket is open, with the function that ends it. */
  onOpen: (end: End) => void
  onClosed: () => void
}

/** The handlers of a client's socket that is joined to one of Mopidy's: frames and closes pass. */
export function joinSockets(options: ProxiedSocketOptions): SocketHandlers {
  const { upstream, filter, pulseTimes, log, floodGuard, sit, isAlive, onOpen, onClosed } = options
  const mopidy = upstream.socket
  const pulse = newPulse()
  const tally = newTally()
  let stopLooking = () => {}
  let leaveSeat = () => {}

  function fromMopidy(client: Socket, frame: Frame): void {
    if (filter === undefined || (typeof frame === 'string' && filter.fromMopidy(frame)))
      client.send(frame)
  }

  /** Counts a frame or ping, which is a sign of life; false when the client has sent too many. */
  function heard(client: Socket): boolean {
    feel(pulse)
    // A frame cannot be refused here, for its protocol is the web client's own: up to `close` all pass.
    if (floodGuard.count(tally) !== 'close') return true
    end(client, Close.abuse, 'Too many messages')
    return false
  }

  function fromClient(client: Socket, frame: Frame): void {
    if (client.readyState !== WebSocket.OPEN || !heard(client)) return
    if (!isAlive()) return end(client, Close.notSignedIn, 'Session ended')
    if (filter === undefined) return toMopidy(client, frame)
    if (typeof frame !== 'string') return end(client, Close.abuse, 'Text frames only')
    const verdict = filter.fromClient(frame)
    if ('reply' in verdict) client.send(verdict.reply)
    else toMopidy(client, verdict.forward)
  }

  function toMopidy(client: Socket, frame: Frame): void {
    if (mopidy.readyState !== WebSocket.OPEN) return
    if (mopidy.bufferedAmount > MOST_WAITING) return end(client, Close.full, 'Mopidy is too slow')
    mopidy.send(frame)
  }

  function end(client: Socket, code: number, reason: string): void {
    leave(mopidy, Close.goingAway, '')
    client.close(code, reason)
  }

  return {
    open(client) {
      leaveSeat = sit()
      const looking = { what: 'look after a proxied socket', log }
      stopLooking = every(pulseTimes.heartbeatMs / LOOKS_A_BEAT, looking, () => {
        if (!beats(pulse, client, pulseTimes)) client.terminate()
      })
      mopidy.onmessage = ({ data }) => fromMopidy(client, data)
      mopidy.onclose = ({ code, reason }) => client.close(...closing(code, reason))
      for (const frame of upstream.early) fromMopidy(client, frame)
      onOpen((code, reason) => end(client, code, reason))
      // The session, or Mopidy's end, may have ended while the two sockets were being joined.
      if (!isAlive()) end(client, Close.notSignedIn, 'Session ended')
      else if (mopidy.readyState !== WebSocket.OPEN) end(client, Close.badGateway, 'Mopidy is gone')
    },
    message: fromClient,
    ping: heard,
    pong: heard,
    drain: () => feel(pulse),
    close(_, code, reason) {
      stopLooking()
      leaveSeat()
      onClosed()
      leave(mopidy, ...closing(code, reason))
    },
  }
}

/** Closes Mopidy's end of a socket, without its close frame when that does not come in time. */
export function leave(mopidy: WebSocket, code: number, reason: string): void {
  if (mopidy.readyState > WebSocket.OPEN) return
  mopidy.close(code, reason)
  const force = setTimeout(() => mopidy.terminate(), CLOSE_MS)
  mopidy.onclose = () => clearTimeout(force)
}

// RFC 6455, 7.4.1: 1005 (no code) and 1006 (no close frame) are reported locally and never sent.
function closing(code: number, reason: string): [number, string] {
  if (code === 1006) return [Close.badGateway, 'The other side is gone']
  const sendable = (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005) || code >= 3000
  return sendable ? [code, reason] : [Close.normal, reason]
}
