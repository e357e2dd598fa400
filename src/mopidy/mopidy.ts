import { type Clock, secondsOf } from '../clock'
import { guarded } from '../guard'
import type { Log } from '../log'
import { CONNECTION_LIMITS, type ConnectionLimits, connect } from './connection/connection'
import { createCorrelator } from './connection/correlator'
import { isEventName, type MopidyEvent } from './events'
import { type Answer, busy, fromMopidy, offline, toMopidy } from './jsonrpc'
import { asksLibrary } from './methods'

/** Whether Mopidy answers, as a value. */
export type Status = Readonly<{
  online: boolean
  /** Mopidy's version, once it has been heard. */
  version?: string
  /** Since when it is so, in Unix seconds. */
  since?: number
}>

export type MopidyLimits = ConnectionLimits &
  Readonly<{
    callMs: number
    libraryCallMs: number
    /** For how long a part of the library that did not answer in time is left alone. */
    libraryRestMs: number
    mostPending: number
  }>

export const MOPIDY_LIMITS: MopidyLimits = {
  ...CONNECTION_LIMITS,
  callMs: 10_000,
  libraryCallMs: 30_000,
  libraryRestMs: 60_000,
  mostPending: 10_000,
}

type MopidyOptions = {
  url: string
  clock: Clock
  log: Log
  limits?: MopidyLimits
  /** Hears how many seconds an answer took: that of each library call, and of one other call in four. */
  onAnswered?: (seconds: number, isLibrary: boolean) => void
}

export type Mopidy = ReturnType<typeof createMopidy>

const COMPLAINT_EVERY_MS = 60_000
// Reading the clock twice for every call would cost more than all other counting.
const TIMED_CALLS = 4

/** The one connection to Mopidy that all clients share. */
export function createMopidy({
  url,
  clock,
  log,
  limits = MOPIDY_LIMITS,
  onAnswered = () => {},
}: MopidyOptions) {
  const correlator = createCorrelator({ log })
  const statusListeners = new Set<(status: Status) => void>()
  const eventListeners = new Set<(event: MopidyEvent) => void>()
  let status: Status = { online: false, since: secondsOf(clock) }
  const changing = { what: 'take note of whether mopidy answers', log }
  const hearing = { what: 'take note of an event of mopidy', log }
  let unresponsive = false
  let calls = 0
  let complainedAt = Number.NEGATIVE_INFINITY

  const connection = connect({
    url,
    log,
    limits,
    onOpen: greet,
    onText: receive,
    onPong: revive,
    onGone() {
      unresponsive = false
      setOnline(false)
      correlator.failAll(offline)
    },
    onSilent() {
      // A library call may rightly hold Mopidy's only thread for longer than a heartbeat: then Mopidy
      // counts as offline, but the connection stays open until that call's own deadline.
      setOnline(false)
      unresponsive = correlator.pendingSlow()
      return !unresponsive
    },
  })

  /** Mopidy is online once it has answered a call: any other server, too, may open a socket. */
  function greet(): void {
    send('core.get_version', {}, limits.dialMs, (answer) => {
      if ('error' in answer) return connection.restart('no answer to the first call')
      setOnline(true, String(answer.result))
    })
  }

  function setOnline(online: boolean, version = status.version): void {
    if (online === status.online && version === status.version) return
    status = { online, since: secondsOf(clock), ...(version !== undefined && { version }) }
    if (online) log.info({ version }, 'mopidy is online')
    else log.warn('mopidy is offline')
    for (const listener of statusListeners) guarded(changing, () => listener(status))
  }

  /** Mopidy has sent something: if it was only unresponsive, it is online again. */
  function revive(): void {
    if (!unresponsive) return
    unresponsive = false
    setOnline(true)
  }

  function receive(text: string): void {
    revive()
    const message = fromMopidy(text, status.version?.startsWith('4.'))
    if (message?.kind === 'reply') {
      if (!correlator.settle(message.id, message.answer)) complain()
    } else if (message !== undefined && isEventName(message.name)) {
      const { name, data, text } = message
      for (const listener of eventListeners) guarded(hearing, () => listener({ name, data, text }))
    } else complain()
  }

  // Garbage may come in floods: a line a minute says enough.
  function complain(): void {
    if (performance.now() - complainedAt < COMPLAINT_EVERY_MS) return
    complainedAt = performance.now()
    log.warn('mopidy sent something that is neither a known event nor an awaited reply; ignored')
  }

  function send(
    method: string,
    params: Readonly<Record<string, unknown>>,
    deadlineMs: number,
    onAnswer: (answer: Answer) => void,
  ): void {
    if (correlator.pending() >= limits.mostPending) return onAnswer({ error: busy })
    const id = correlator.expect(deadlineMs, asksLibrary(method), onAnswer)
    if (!connection.send(toMopidy(id, method, params)))
      correlator.settle(id, { error: status.online ? busy : offline })
  }

  const api = {
    status: (): Status => status,

    /**
     * Sends a call; `onAnswer` is called exactly once, before the events that the call causes:
     * with the result, Mopidy's error, or one of the gateway's own (offline, timed out).
     */
    send(
      method: string,
      params: Readonly<Record<string, unknown>>,
      onAnswer: (answer: Answer) => void,
    ): void {
      if (!status.online) return onAnswer({ error: offline })
      const isLibrary = asksLibrary(method)
      const deadlineMs = isLibrary ? limits.libraryCallMs : limits.callMs
      calls += 1
      if (!isLibrary && calls % TIMED_CALLS !== 0) return send(method, params, deadlineMs, onAnswer)
      const startedAt = performance.now()
      send(method, params, deadlineMs, (answer) => {
        onAnswered((performance.now() - startedAt) / 1_000, isLibrary)
        onAnswer(answer)
      })
    },

    /** The same as a promise, which never rejects. */
    call: (method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
      new Promise((resolve) => api.send(method, params, resolve)),

    onStatus: (listener: (status: Status) => void) => void statusListeners.add(listener),
    onEvent: (listener: (event: MopidyEvent) => void) => void eventListeners.add(listener),

    /** How long ago Mopidy gave its last sign of life, in milliseconds; 0 as long as none is overdue. */
    silentMs: connection.silentMs,

    /** Resolves when no call is without an answer. */
    idle: (): Promise<void> => correlator.idle(),

    close(): void {
      connection.close()
      correlator.failAll(offline)
    },
  }
  return api
}
