import type { DemoClock } from '../clock'
import { pythonJson } from '../models/python-json'
import type { Server } from './server'
import type { TcpProxy } from './tcp-proxy'

/** A method's name, a part of it, or an expression; `core.tracklist` fits every method of it. */
type MethodPattern = string | RegExp

/** Faults of a Mopidy that a test switches on; all are off at first. */
export type DemoFaults = {
  /** Stops listening and drops every socket; off listens on the same port again. */
  refuse(on: boolean): void
  /** Accepts new connections and never answers on them. Needs `faulty`. */
  hangHandshake(on: boolean): void
  /** Holds back the bytes of every connection, both ways, until switched off. Needs `faulty`. */
  freeze(on: boolean): void
  /** Carries out and answers matching calls this many milliseconds later; 0 ends it. */
  delay(ms: number, pattern?: MethodPattern): void
  /**
   * Matching calls take this many milliseconds, and meanwhile all others wait, as in Mopidy, which has one
   * thread; 0 ends it.
   */
  occupy(ms: number, pattern?: MethodPattern): void
  /** Neither carries out nor answers matching calls; null ends it. */
  mute(pattern: MethodPattern | null): void
  /** Sends this to every socket now, as a text or a binary frame. */
  garbage(payload: string | Uint8Array): void
  /** Sends every socket a text frame that is not UTF-8. Needs `faulty`. */
  invalidUtf8(): void
  /** Answers with an id that no request had. */
  wrongId(on: boolean): void
  /** Resets every TCP connection. Needs `faulty`. */
  drop(): void
}

const UNASKED = 987_654_321
const INVALID_UTF8 = Uint8Array.of(0x81, 2, 0xc3, 0x28)

/** The switches, and what they do to calls and replies. */
export function createFaults(services: {
  clock: DemoClock
  server: Server
  proxy: TcpProxy | null
}) {
  const { clock, server, proxy } = services
  const late = new Set<unknown>()
  let delay: { ms: number; pattern: MethodPattern } | null = null
  let occupied: { ms: number; pattern: MethodPattern } | null = null
  /** Calls that wait until the one that takes long is done. */
  const line: { text: string; proceed: () => void }[] = []
  let isBusy = false
  let muted: MethodPattern | null = null
  let misaddress = false
  let refusing = false

  function needProxy(name: string): TcpProxy {
    if (proxy) return proxy
    throw new Error(`faults.${name} needs startDemoMopidy({ faulty: true })`)
  }

  const switches: DemoFaults = {
    refuse(on) {
      if (on === refusing) return
      refusing = on
      if (proxy) proxy.refuse(on)
      else if (on) void server.close()
      else server.listen()
    },
    hangHandshake: (on) => needProxy('hangHandshake').hang(on),
    freeze: (on) => needProxy('freeze').freeze(on),
    delay(ms, pattern = '') {
      delay = ms > 0 ? { ms, pattern } : null
    },
    occupy(ms, pattern = '') {
      occupied = ms > 0 ? { ms, pattern } : null
    },
    mute(pattern) {
      muted = pattern
    },
    garbage: (payload) => server.broadcast(payload),
    invalidUtf8: () => needProxy('invalidUtf8').inject(INVALID_UTF8),
    wrongId(on) {
      misaddress = on
    },
    drop: () => needProxy('drop').dropAll(),
  }

  /** Carries out the calls that wait, up to one that takes long. */
  function workOff(): void {
    while (!isBusy) {
      const next = line.shift()
      if (next === undefined) return
      if (occupied === null || !calls(next.text, occupied.pattern)) {
        next.proceed()
        continue
      }
      isBusy = true
      const timer = clock.setTimeout(() => {
        late.delete(timer)
        isBusy = false
        next.proceed()
        workOff()
      }, occupied.ms)
      late.add(timer)
    }
  }

  return {
    switches,
    /** Whether the server itself refuses connections, also after a restart; else the proxy does. */
    closesServer: () => refusing && proxy === null,

    /** Runs `proceed` now, later or never. */
    treat(text: string, proceed: () => void) {
      if (muted !== null && calls(text, muted)) return
      if (occupied !== null || isBusy) {
        line.push({ text, proceed })
        return workOff()
      }
      if (delay === null || !calls(text, delay.pattern)) return proceed()
      const timer = clock.setTimeout(() => {
        late.delete(timer)
        proceed()
      }, delay.ms)
      late.add(timer)
    },

    /** The reply, with another id while that fault is on. */
    readdress(reply: string): string {
      if (!misaddress) return reply
      return pythonJson({ ...JSON.parse(reply), id: UNASKED })
    },

    close() {
      for (const timer of late) clock.clearTimeout(timer)
    },
  }
}

function calls(text: string, pattern: MethodPattern): boolean {
  if (pattern === '') return true
  return methodsIn(text).some((method) => {
    return typeof pattern === 'string' ? method.includes(pattern) : pattern.test(method)
  })
}

function methodsIn(text: string): string[] {
  return [...text.matchAll(/"method"\s*:\s*"([^"]*)"/g)].map((match) => match[1] ?? '')
}
