import { every } from '../../guard'
import type { Log } from '../../log'
import type { Call } from '../../mopidy/call'
import type { Answer } from '../../mopidy/jsonrpc'
import type { Asker, Sending } from '../../mopidy/line/line'
import type { Mirror } from '../../mopidy/mirror'
import { createDurations, type Durations, FAST, SLOW } from './durations'

/** A request that was answered: its route, status and duration. */
type HttpAnswer = Readonly<{
  method: string
  /** The pattern of the route: paths are unbounded, and each would be a metric of its own. */
  route: string | undefined
  status: number
  seconds: number
}>

type LoginOutcome = 'ok' | 'failed' | 'locked'
export type Measures = ReturnType<typeof createMeasures>

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const LOGIN = '/api/auth/login'
/** One read from memory in this many is timed, since timing takes longer than the read. */
const TIMED_READS = 64
const LAG_EVERY_MS = 1_000

/**
 * Counts requests, logins, reads and durations in plain numbers, which cost nanoseconds. They become
 * metrics only when `/metrics` is read.
 */
export function createMeasures({ log }: { log: Log }) {
  const requests = new Map<string, { labels: RequestLabels; count: number }>()
  const requestTimes = new Map<string, Durations>()
  const logins: Record<LoginOutcome, number> = { ok: 0, failed: 0, locked: 0 }
  const callTimes = {
    memory: createDurations(FAST),
    relayed: createDurations([...FAST.slice(2), ...SLOW]),
    library: createDurations([...FAST.slice(5), ...SLOW]),
  }
  const lag = createDurations([...FAST.slice(5), ...SLOW])
  let fromMemory = 0
  let fromMopidy = 0
  let sent = 0

  let expectedAt = performance.now() + LAG_EVERY_MS
  const stopWatching = every(LAG_EVERY_MS, { what: 'measure the event loop', log }, () => {
    const now = performance.now()
    lag.note(Math.max(0, now - expectedAt) / 1_000)
    expectedAt = now + LAG_EVERY_MS
  })

  return {
    requests,
    requestTimes,
    logins,
    callTimes,
    lag,

    reads: () => ({ memory: fromMemory, mopidy: fromMopidy }),

    /** Counts an HTTP request. */
    noteRequest({ method, route = 'none', status, seconds }: HttpAnswer): void {
      const known = METHODS.includes(method) ? method : 'other'
      const labels = { method: known, route, status: `${Math.floor(status / 100)}xx` }
      const key = `${known} ${route} ${labels.status}`
      const counted = requests.get(key)
      if (counted === undefined) requests.set(key, { labels, count: 1 })
      else counted.count += 1
      let times = requestTimes.get(route)
      if (times === undefined) {
        times = createDurations([...FAST.slice(4, 6), FAST[7] ?? 0, ...SLOW])
        requestTimes.set(route, times)
      }
      times.note(seconds)
      if (route === LOGIN && method === 'POST') noteLogin(logins, status)
    },

    /** Counts a read, which was answered from memory or sent to Mopidy. */
    noteRead(inMemory: boolean): void {
      if (inMemory) fromMemory += 1
      else fromMopidy += 1
    },

    /** Counts a timed call once Mopidy has answered it or its deadline has passed. */
    noteCall(seconds: number, isLibrary: boolean): void {
      if (isLibrary) callTimes.library.note(seconds)
      else callTimes.relayed.note(seconds)
    },

    /** The mirror with one of 64 reads timed. */
    timing: (mirror: Mirror): Mirror => ({
      ...mirror,
      ask(call: Call, onAnswer: (answer: Answer) => void, asker?: Asker, sending?: Sending): void {
        sent += 1
        if (sent % TIMED_READS !== 0) return mirror.ask(call, onAnswer, asker, sending)
        const before = fromMemory
        const startedAt = performance.now()
        mirror.ask(call, onAnswer, asker, sending)
        if (fromMemory > before) callTimes.memory.note((performance.now() - startedAt) / 1_000)
      },
    }),

    close: stopWatching,
  }
}

type RequestLabels = { method: string; route: string; status: string }

function noteLogin(logins: Record<LoginOutcome, number>, status: number): void {
  if (status === 200) logins.ok += 1
  else if (status === 401) logins.failed += 1
  else if (status === 429) logins.locked += 1
}
