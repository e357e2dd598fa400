import type { DemoClock } from '../clock'
import { toWire } from '../core/wire'
import type { Front } from './front'
import type { Server } from './server'

/** A name, or a part of one, or an expression; `core.tracklist` is every method of it. */
export type MethodPattern = string | RegExp

/** What can go wrong with a neighbour, to be switched by a test; all of it starts switched off. */
export type DemoFaults = {
  /** Stops listening and drops every socket; off listens on the same port again. */
  refuse(on: boolean): void
  /** Takes new connections and never says a word on them. Needs `faulty`. */
  hangHandshake(on: boolean): void
  /** Holds the bytes of every connection, both ways, until switched off. Needs `faulty`. */
  freeze(on: boolean): void
  /** Carries matching calls out, and answers them, that much later; 0 ends it. */
  delay(ms: number, pattern?: MethodPattern): void
  /** Swallows matching calls: neither carried out nor answered; null ends it. */
  mute(pattern: MethodPattern | null): void
  /** Sends this to every socket now, as a text or a binary frame. */
  garbage(payload: string | Uint8Array): void
  /** Sends every socket a text frame that is not UTF-8. Needs `faulty`. */
  invalidUtf8(): void
  /** Answers under an id that nobody asked with. */
  wrongId(on: boolean): void
  /** Resets every TCP connection. Needs `faulty`. */
  drop(): void
}

const UNASKED = 987_654_321
const INVALID_UTF8 = Uint8Array.of(0x81, 2, 0xc3, 0x28)

/** The switches, and what they do to a call on its way. */
export function createFaults(services: { clock: DemoClock; server: Server; front: Front | null }) {
  const { clock, server, front } = services
  const late = new Set<unknown>()
  let delay: { ms: number; pattern: MethodPattern } | null = null
  let muted: MethodPattern | null = null
  let misaddress = false
  let refusing = false

  function needFront(name: string): Front {
    if (front) return front
    throw new Error(`faults.${name} needs startDemoMopidy({ faulty: true })`)
  }

  const switches: DemoFaults = {
    refuse(on) {
      if (on === refusing) return
      refusing = on
      if (front) front.refuse(on)
      else if (on) void server.close()
      else server.listen()
    },
    hangHandshake: (on) => needFront('hangHandshake').hang(on),
    freeze: (on) => needFront('freeze').freeze(on),
    delay(ms, pattern = '') {
      delay = ms > 0 ? { ms, pattern } : null
    },
    mute(pattern) {
      muted = pattern
    },
    garbage: (payload) => server.broadcast(payload),
    invalidUtf8: () => needFront('invalidUtf8').inject(INVALID_UTF8),
    wrongId(on) {
      misaddress = on
    },
    drop: () => needFront('drop').dropAll(),
  }

  return {
    switches,
    /** Without a relay it is the server itself that refuses, a restart included. */
    closesServer: () => refusing && front === null,

    /** Lets a call through, later or never. */
    treat(text: string, proceed: () => void) {
      if (muted !== null && calls(text, muted)) return
      if (delay === null || !calls(text, delay.pattern)) return proceed()
      const timer = clock.setTimeout(() => {
        late.delete(timer)
        proceed()
      }, delay.ms)
      late.add(timer)
    },

    readdress(reply: string): string {
      if (!misaddress) return reply
      return toWire({ ...JSON.parse(reply), id: UNASKED })
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
