import type { Log } from '../../log'
import { createBackOff } from './back-off'

export type ConnectionLimits = Readonly<{
  /** From dialling to the open socket. */
  dialMs: number
  heartbeatMs: number
  /** Silence after which the other side counts as frozen. */
  silenceMs: number
  backOffFirstMs: number
  backOffMostMs: number
  /** Bytes that may wait in the socket's send buffer. */
  mostBuffered: number
}>

export const CONNECTION_LIMITS: ConnectionLimits = {
  dialMs: 5_000,
  heartbeatMs: 2_000,
  silenceMs: 12_000,
  backOffFirstMs: 500,
  backOffMostMs: 10_000,
  mostBuffered: 16 * 1024 * 1024,
}

type ConnectionOptions = {
  url: string
  log: Log
  limits: ConnectionLimits
  onOpen(): void
  onText(text: string): void
  /** The socket that was open, or was being dialled, is gone. */
  onGone(): void
  /** A heartbeat was answered. */
  onPong(): void
  /** Nothing was heard for `silenceMs`; false keeps the connection until the next heartbeat. */
  onSilent(): boolean
}

/**
 * One WebSocket to `url`, dialled again for ever with back-off. Bun's client notices neither a frozen
 * peer nor an unanswered handshake, so dialling has its own timer and the open socket a heartbeat.
 */
export function connect(options: ConnectionOptions) {
  const { url, log, limits, onOpen, onText, onPong, onGone, onSilent } = options
  const backOff = createBackOff({ firstMs: limits.backOffFirstMs, mostMs: limits.backOffMostMs })
  let socket: WebSocket | undefined
  let abandon = (_reason: string) => {}
  let timer: Timer | undefined
  let closed = false
  /** When anything was last heard, by `performance.now()`. */
  let heardAt = performance.now()

  function dial(): void {
    const dialled = new WebSocket(url)
    socket = dialled
    heardAt = performance.now()
    // Every way a connection ends leads here, once.
    const gone = (reason: string) => {
      if (socket !== dialled) return
      socket = undefined
      clearTimeout(timer)
      dialled.terminate()
      log.debug({ reason }, 'mopidy connection gone')
      onGone()
      if (!closed) timer = setTimeout(dial, backOff.next())
    }
    abandon = gone
    const beat = () => {
      // A socket that lives until its first beat is a success: when it fails later, the next try is soon.
      backOff.reset()
      if (performance.now() - heardAt >= limits.silenceMs && onSilent()) return gone('silent')
      dialled.ping()
      timer = setTimeout(beat, limits.heartbeatMs)
    }
    timer = setTimeout(() => gone('no handshake'), limits.dialMs)
    dialled.onopen = () => {
      if (socket !== dialled) return
      clearTimeout(timer)
      heardAt = performance.now()
      timer = setTimeout(beat, limits.heartbeatMs)
      onOpen()
    }
    dialled.onmessage = ({ data }) => {
      if (socket !== dialled) return
      heardAt = performance.now()
      // Mopidy sends no binary frames; the empty text is garbage as well.
      onText(typeof data === 'string' ? data : '')
    }
    dialled.addEventListener('pong', () => {
      if (socket !== dialled) return
      heardAt = performance.now()
      onPong()
    })
    dialled.onclose = ({ code }) => gone(`closed with ${code}`)
    dialled.onerror = () => gone('error')
  }

  dial()

  return {
    /** Sends a text; false when there is no open socket or its buffer is full. */
    send(text: string): boolean {
      if (socket?.readyState !== WebSocket.OPEN) return false
      if (socket.bufferedAmount > limits.mostBuffered) return false
      socket.send(text)
      return true
    },

    /** How long nothing was heard; 0 while no heartbeat is overdue. */
    silentMs(): number {
      const silent = performance.now() - heardAt
      return silent < 2 * limits.heartbeatMs ? 0 : silent
    },

    /** Gives the socket up and dials again. */
    restart: (reason: string): void => abandon(reason),

    close(): void {
      closed = true
      clearTimeout(timer)
      socket?.terminate()
      socket = undefined
    },
  }
}
