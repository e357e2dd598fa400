import { type Database, openDatabase } from '../../../src/database/database'
import { type Core, createCore, type SavedState } from '../../../src/demo/core/core'
import { createPlaylistFolder } from '../../../src/demo/core/playlists'
import { createLibrary } from '../../../src/demo/library/library'
import type { DemoEvent } from '../../../src/demo/models/events'
import { handleJson } from '../../../src/demo/server/jsonrpc'
import { rebuildCall } from '../../../src/mopidy/call'
import type { EventName, MopidyEvent } from '../../../src/mopidy/events'
import { type Answer, offline } from '../../../src/mopidy/jsonrpc'
import { createFakeClock } from '../../demo/fake-clock'
import type { Random } from '../../mopidy/seeded-random'
import { createSimulatedMusakone, type SimulatedMusakone, VERSION } from './musakone'
import type { Step } from './simulator'

/** What made something happen: somebody's call, an outsider's when there is no user, or time. */
export type Cause = Readonly<{
  method: string | null
  userId: number | null
  /** Of a seek: to a place in the track. */
  within?: boolean
}>
export type Room = ReturnType<typeof openSimulatorRoom>
type Params = Record<string, unknown>

export const library = createLibrary({ version: VERSION })
const folder = createPlaylistFolder(library)
const TIME: Cause = { method: null, userId: null }

/**
 * The core of the demo Mopidy and what keeps the plays, in one process and under one clock, coupled
 * without sockets: replies and events arrive in Mopidy's order, at once or when `release` is called.
 */
export function openSimulatorRoom(options: {
  random: Random
  users: number
  startMs: number
  audioDelayMs: number
  /** Called whenever something may have changed the sound. */
  observe(cause: Cause): void
  /** Called with all that has to be done again to hear the same. */
  onStep?(step: Step): void
}) {
  const { random, observe, onStep = () => {} } = options
  const clock = createFakeClock(options.startMs)
  let notedAt = clock.elapsed()
  const database = openUsers(options.users)
  /** What is on its way from Mopidy to Musakone. */
  const underway: { run: () => void; isReply: boolean }[] = []
  let held = false
  let delivering = false
  let outbox: DemoEvent[] | null = null
  let connected = false
  let core = startCore()
  let musakone = startMusakone()

  /** Notes the time that has gone by since the last step. */
  function passTime(): void {
    const at = clock.elapsed()
    if (at > notedAt) onStep({ advanceMs: at - notedAt })
    notedAt = at
  }

  function startCore(saved?: SavedState): Core {
    const started = createCore({
      library,
      folder,
      clock: {
        ...clock,
        setTimeout: (run, ms) =>
          clock.setTimeout(() => {
            passTime()
            run()
            observe(TIME)
            endPretence()
            deliver()
          }, ms),
      },
      emit: (event) => (outbox === null ? announce(event) : void outbox.push(event)),
      random: random.next,
      maxTracklistLength: 10_000,
      audioDelayMs: options.audioDelayMs,
      version: VERSION,
    })
    if (saved !== undefined) started.restore(saved)
    return started
  }

  // A track that is started anew as the last one of a list in consume mode: Mopidy stops the sound and
  // says that it plays. Nobody could tell; it is stopped before time goes by.
  function endPretence(): void {
    const read = (name: string) => core.methods.get(`core.playback.${name}`)?.()
    if (read('get_state') !== 'playing' || core.sound().stream !== null) return
    onStep({ userId: null, method: 'core.playback.stop', params: {} })
    carryOut('core.playback.stop', {})
  }

  function announce({ event, ...data }: DemoEvent): void {
    if (!connected) return
    const heard: MopidyEvent = { name: event as EventName, data, text: '' }
    const { hear } = musakone
    underway.push({ run: () => hear(heard), isReply: false })
  }

  /** Lets Mopidy carry a request out: the reply goes out before the events that it causes. */
  function carryOut(method: string, params: Params, onAnswer?: (answer: Answer) => void): unknown {
    const events: DemoEvent[] = []
    outbox = events
    const text = handleJson(core, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
    outbox = null
    const reply = JSON.parse(text ?? '{}')
    if (onAnswer !== undefined) underway.push({ run: () => onAnswer(reply), isReply: true })
    for (const event of events) announce(event)
    return reply.result
  }

  function deliver(): void {
    if (held || delivering) return
    delivering = true
    for (let next = underway.shift(); next !== undefined; next = underway.shift()) next.run()
    delivering = false
  }

  function startMusakone(): SimulatedMusakone {
    return createSimulatedMusakone({
      database,
      clock,
      send(method, params, onAnswer) {
        if (!connected) return onAnswer({ error: offline })
        carryOut(method, params, onAnswer)
        deliver()
      },
    })
  }

  function isWithin(ms: number): boolean {
    const read = (name: string) => core.methods.get(`core.playback.${name}`)?.()
    const track = read('get_current_track') as { length?: number } | null
    return read('get_state') !== 'stopped' && ms <= (track?.length ?? 0)
  }

  function disconnect(): void {
    if (!connected) return
    connected = false
    underway.length = 0
    musakone.setOnline(false)
  }

  return {
    database,
    clock,
    passTime,
    core: () => core,
    online: () => connected,
    snapshot: () => musakone.player.snapshot(),
    save: () => musakone.plays.save(),

    /** Asks the demo itself, on no connection. */
    read: (method: string, params: Params = {}): unknown =>
      core.methods.get(method)?.(...Object.values(params)),

    /** A call of one of the users, or of an outsider on a connection of their own. */
    call(userId: number | null, method: string, params: Params = {}): unknown {
      observe(TIME)
      passTime()
      onStep({ userId, method, params })
      const within = method.endsWith('.seek') && isWithin(Number(params.time_position))
      let result: unknown
      if (userId === null) result = carryOut(method, params)
      else {
        const call = rebuildCall(method, params)
        if ('error' in call) throw new Error(call.error.message)
        const answered = musakone.actions.begin(userId, call)
        result = carryOut(call.name, call.params, answered)
      }
      observe({ method, userId, within })
      endPretence()
      deliver()
      return result
    },

    /** Keeps what Mopidy says on its way, until `release`. */
    hold(): void {
      held = true
    },
    release(): void {
      held = false
      deliver()
    },
    /** The same, but the events, which go through another thread of Mopidy's, come behind all replies. */
    releaseLate(): void {
      underway.sort((a, b) => Number(b.isReply) - Number(a.isReply))
      held = false
      deliver()
    },

    disconnect,
    /** Lets Musakone find Mopidy again; `settle` has to be awaited before it has asked everything. */
    connect(): void {
      connected = true
      musakone.setOnline(true)
      deliver()
    },
    async settle(): Promise<void> {
      for (let turn = 0; turn < 60; turn += 1) await Promise.resolve()
    },

    stopMusakone(kill: boolean): void {
      if (kill) {
        connected = false
        underway.length = 0
      } else disconnect()
      musakone.stop(kill)
    },
    startMusakone(): void {
      musakone = startMusakone()
    },

    /** Ends Mopidy and starts it again, with or without the state that it had. */
    restartMopidy(restoreState: boolean): void {
      disconnect()
      const saved = restoreState ? core.save() : undefined
      core.close()
      core = startCore(saved)
    },

    close(): void {
      connected = false
      underway.length = 0
      musakone.stop(false)
      core.close()
      database.close()
    },
  }
}

function openUsers(count: number): Database {
  const database = openDatabase(':memory:')
  for (let id = 1; id <= count; id += 1)
    database.sqlite.run(
      `INSERT INTO users (id, username, password_hash, role, created_at)
       VALUES (${id}, 'user${id}', '', 'member', 0)`,
    )
  return database
}
