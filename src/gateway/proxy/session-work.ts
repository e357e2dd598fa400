import type { Identity, StillSignedIn } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import { every } from '../../guard'
import type { Log } from '../../log'
import { Close } from '../sockets/close'

/** Ends a request or a socket; the code is a WebSocket close code. */
export type End = (code: number, reason: string) => void

type Kind = 'request' | 'socket'
type Work = Readonly<{ identity: Identity; kind: Kind; end: End }>

export type SessionWork = ReturnType<typeof createSessionWork>
type SessionWorkOptions = {
  clock: Clock
  log: Log
  sweepMs: number
  /** How many requests, and how many sockets, a session may have open at once. */
  most: Readonly<Record<Kind, number>>
}

/** The requests and sockets that are open on behalf of sessions: they end when their session does. */
export function createSessionWork({ clock, log, sweepMs, most }: SessionWorkOptions) {
  const open = new Set<Work>()
  const stopSweeping = every(sweepMs, { what: 'look after proxied requests', log }, sweep)

  function sweep(): void {
    for (const work of open)
      if (work.identity.expiresAt * 1000 <= clock.now())
        finish(work, Close.notSignedIn, 'Session expired')
  }

  function finish(work: Work, code: number, reason: string): void {
    if (open.delete(work)) work.end(code, reason)
  }

  return {
    /**
     * Notes that a request or socket is open; the function that it gives back notes that it has closed.
     * @throws {AppError} `too_many_requests` when the session has too many open.
     */
    begin(identity: Identity, kind: Kind, end: End): () => void {
      const mine = [...open].filter(
        (work) => work.kind === kind && work.identity.sessionId === identity.sessionId,
      )
      if (mine.length >= most[kind])
        throw new AppError('too_many_requests', 'Too much is open at once.', 1)
      const work = { identity, kind, end }
      open.add(work)
      return () => void open.delete(work)
    },

    /** Ends what is open for sessions that have ended. */
    endSessions(stillSignedIn: StillSignedIn): void {
      for (const work of open)
        if (!stillSignedIn(work.identity)) finish(work, Close.notSignedIn, 'Session ended')
    },

    size: (): number => open.size,

    close(): void {
      stopSweeping()
      for (const work of open) finish(work, Close.goingAway, 'Musakone is stopping')
    },
  }
}
