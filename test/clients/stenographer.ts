import type { Entry, Event, Expectation, Failure, Transcript } from './transcript'

/** What is used of mopidy.js: an event emitter that gets its methods from `core.describe`. */
export type MopidyJs = {
  on(name: string, listener: (...heard: unknown[]) => void): unknown
  off(name?: string, listener?: (...heard: unknown[]) => void): unknown
  close(): unknown
  [member: string]: unknown
}

type ApiMethod = ((...given: unknown[]) => Promise<unknown>) & {
  description?: string
  params?: unknown
}

export type Surroundings = {
  /** Events to wait for. */
  awaits?: string[]
  expectation?: Expectation
}

export type Stenographer = ReturnType<typeof createStenographer>

const DEADLINE_MS = 10_000
/** When these come depends on the thread of the sound; they are looked at apart from the others. */
const APART = ['volumeChanged', 'streamTitleChanged']
/** Comes of itself with what `act` does to know that all events have come. */
const MARK = 'playlistsLoaded'

/** Calls mopidy.js and writes down what comes of it. Runs in Bun, in Node and in a browser. */
export function createStenographer(mopidy: MopidyJs) {
  const entries: Entry[] = []
  const states: Transcript['states'] = []
  const volumes: unknown[] = []
  const apart = new Set([MARK, ...APART])
  const watchers = new Set<() => void>()
  let events: Event[] = []

  mopidy.on('event', (name, data) => {
    const event = { name: String(name).replace('event:', ''), data }
    events.push(event)
    const { volume } = data as { volume?: unknown }
    if (event.name === 'volumeChanged' && volumes.at(-1) !== volume) volumes.push(volume)
    for (const watcher of watchers) watcher()
  })
  mopidy.on('state', (name, data) => {
    states.push([String(name), data])
    for (const watcher of watchers) watcher()
  })

  function until(holds: () => boolean, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        watchers.delete(look)
        clearTimeout(timer)
        settle()
      }
      const look = () => holds() && finish(resolve)
      const heard = () => JSON.stringify({ states, events: events.map(({ name }) => name) })
      const timer = setTimeout(
        () => finish(() => reject(new Error(`waited in vain for ${name}: ${heard()}`))),
        DEADLINE_MS,
      )
      watchers.add(look)
      look()
    })
  }

  const has = (name: string, data: Record<string, unknown> = {}) =>
    events.some(
      (event) =>
        event.name === name &&
        Object.entries(data).every(([key, value]) => memberOf(event.data, key) === value),
    )

  async function outcomeOf(call: string, given: unknown[]): Promise<Partial<Entry>> {
    try {
      return { result: await methodOf(mopidy, call)(...given) }
    } catch (error) {
      return { error: failureOf(error) }
    }
  }

  async function ask<Result>(call: string, ...given: unknown[]): Promise<Result> {
    // Written down when it is asked: the answers to calls in flight together may come in any order.
    const entry: Entry = { call, given }
    entries.push(entry)
    Object.assign(entry, await outcomeOf(call, given))
    return entry.result as Result
  }

  return {
    /** A call that changes nothing; its result, which is undefined where it failed. */
    ask,

    /**
     * A call, and the events that it causes: those awaited by name and what comes beside them. The
     * last is playlists_loaded, which nothing else causes.
     */
    async act<Result>(
      call: string,
      given: unknown,
      { awaits = [], expectation }: Surroundings = {},
    ): Promise<Result> {
      events = []
      const outcome = await outcomeOf(call, given === undefined ? [] : [given])
      if (outcome.error === undefined)
        for (const name of awaits) await until(() => has(name), `${name} after ${call}`)
      await methodOf(mopidy, 'playlists.refresh')()
      await until(() => has(MARK), MARK)
      const caused = events.filter(({ name }) => !apart.has(name))
      const expected = expectation === undefined ? {} : { expectation }
      entries.push({ call, given, ...expected, ...outcome, events: caused })
      return outcome.result as Result
    },

    /** Resolves when an event with these members has come since the last call of `act`. */
    heard: (name: string, data: Record<string, unknown>): Promise<void> =>
      until(() => has(name, data), `${name} ${JSON.stringify(data)}`),

    /** Resolves when mopidy.js has been in that state that often. */
    inState: (state: string, times = 1): Promise<void> =>
      until(() => states.filter(([name]) => name === state).length >= times, state),

    /** From now on events of that name are not written down. */
    overlook: (name: string): void => void apart.add(name),

    /** Writes something down that is no call. */
    note: (call: string, result: unknown): void => void entries.push({ call, result }),

    transcript: (): Transcript => ({ api: apiOf(mopidy), entries, states, volumes }),
  }
}

/** `playback.play` as a function. */
function methodOf(mopidy: MopidyJs, call: string): ApiMethod {
  const path = call.split('.')
  const found = path.reduce<unknown>((object, name) => memberOf(object, name), mopidy)
  if (typeof found !== 'function') throw new Error(`mopidy.js has no ${call}`)
  return found as ApiMethod
}

/** All that mopidy.js has made of `core.describe`: its functions that carry a description. */
function apiOf(mopidy: MopidyJs): Record<string, unknown> {
  const api: Record<string, unknown> = {}
  const visit = (object: object, prefix: string, depth: number) => {
    for (const [name, member] of Object.entries(object)) {
      if (typeof member === 'function' && 'description' in member) {
        const { description, params } = member as ApiMethod
        api[prefix + name] = { description, params }
      } else if (depth === 0 && typeof member === 'object' && member !== null && name[0] !== '_')
        visit(member, `${name}.`, 1)
    }
  }
  visit(mopidy, '', 0)
  return api
}

function failureOf(error: unknown): Failure {
  const { name, message, code, data } = error as Failure
  return { name, message, code, data }
}

function memberOf(object: unknown, name: string): unknown {
  return (object as Record<string, unknown> | undefined)?.[name]
}
