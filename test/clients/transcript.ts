/** What a session with mopidy.js came to, in the order in which it asked. */
export type Transcript = {
  /** Every method that mopidy.js has made of `core.describe`, with its parameters. */
  api: Record<string, unknown>
  entries: Entry[]
  /** What mopidy.js said about its own connection. */
  states: [name: string, data: unknown][]
  /** The volumes that were announced, repetitions left out: each change of track brings one. */
  volumes: unknown[]
}

export type Entry = {
  call: string
  given?: unknown
  result?: unknown
  error?: Failure
  events?: Event[]
  expectation?: Expectation
}

export type Event = { name: string; data: unknown }

export type Failure = { name: string; message: string; code?: unknown; data?: unknown }

/**
 * Where Musakone is to differ: a method that Mopidy has not, one that is denied to all, a value that its
 * own check refuses, an add in chunks of which not all fit.
 */
export type Expectation = 'unknown' | 'denied' | 'checked' | 'half an add'

const NOT_ALLOWED = -32002
const INVALID_PARAMS = -32602

const TOLERANCE_POSITION_MS = 1_500
const TOLERANCE_TIME_MS = 120_000
const SOME_UNIX_MS = 1_600_000_000_000

/**
 * The transcript that Musakone should give, from that of a direct connection: the same but for the
 * differences that DESIGN.md names, and moments taken over from `through` where they are near enough.
 */
export function expectedThrough(direct: Transcript, through: Transcript): Transcript {
  const entries = direct.entries.map((entry, index) => expectedEntry(entry, through.entries[index]))
  return settle({ ...direct, entries }, through) as Transcript
}

function expectedEntry(direct: Entry, through: Entry | undefined): Entry {
  const { call, given, expectation } = direct
  const asked = { call, given, expectation } as Entry
  const { error } = direct
  switch (expectation) {
    case 'unknown':
      // Where it did not find the method is Mopidy's own affair.
      return { ...direct, ...(error && { error: { ...error, data: undefined } }) }
    case 'denied':
      return { ...asked, error: refusal(NOT_ALLOWED, through), events: [] }
    case 'checked':
      if (error === undefined)
        throw new Error(`Mopidy itself takes ${call} ${JSON.stringify(given)}`)
      return { ...asked, error: refusal(INVALID_PARAMS, through), events: [] }
    case 'half an add':
      return { ...withoutTraceback(direct), events: [{ name: 'tracklistChanged', data: {} }] }
    default:
      return withoutTraceback(direct)
  }
}

// The sentence is Musakone's own; that there is one is all that matters here.
function refusal(code: number, through: Entry | undefined): Failure {
  const message = through?.error?.message || 'a sentence that says why'
  return { name: 'ServerError', message, code, data: undefined }
}

function withoutTraceback(entry: Entry): Entry {
  const { error } = entry
  if (typeof error?.data !== 'object' || error.data === null) return entry
  const { traceback: _, ...data } = error.data as Record<string, unknown>
  return { ...entry, error: { ...error, data } }
}

/** A copy of `direct` with the moments of `through`, where the two differ by no more than time. */
function settle(direct: unknown, through: unknown, key = ''): unknown {
  if (typeof direct === 'number' && typeof through === 'number') {
    const isTime = direct > SOME_UNIX_MS
    const isPosition = key === 'time_position' || key === 'getTimePosition'
    const tolerance = isTime ? TOLERANCE_TIME_MS : isPosition ? TOLERANCE_POSITION_MS : 0
    return Math.abs(direct - through) <= tolerance ? through : direct
  }
  if (Array.isArray(direct) && Array.isArray(through))
    return direct.map((item, index) => settle(item, through[index]))
  if (!isRecord(direct) || !isRecord(through)) return direct
  const asksPosition = direct.call === 'playback.getTimePosition'
  return Object.fromEntries(
    Object.entries(direct).map(([name, value]) => [
      name,
      settle(value, through[name], asksPosition && name === 'result' ? 'getTimePosition' : name),
    ]),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
