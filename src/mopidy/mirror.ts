import type { Clock } from '../clock'
import type { Call } from './call'
import describe from './describe.json' with { type: 'json' }
import { type Group, staleBy } from './events'
import { type Answer, resultAnswer } from './jsonrpc'
import { type Asker, FREELY, HOUSE, type Line, MOPIDY_BUSY, type Sending } from './line/line'
import { MIXER_OLD_MS } from './mixer-memory'
import type { Mopidy } from './mopidy'
import type { Player } from './player'

type OnAnswer = (answer: Answer) => void
type Groups = readonly Group[]

type Result = Extract<Answer, { resultText: string }>
type Kept = { answer: Result; groups: Groups; at: number }
/** A read that is made for all who wait for its answer; it takes its turn when the first of them has it. */
type InFlight = { waiting: Set<OnAnswer>; isSent: boolean; generation: number }

export type Mirror = ReturnType<typeof createMirror>
type MirrorOptions = {
  mopidy: Mopidy
  line: Line
  player: Player
  clock: Clock
  /** Hears of each read whether its answer came from memory. */
  onRead?: (inMemory: boolean) => void
}

// Mopidy's events tell of nearly every change. These bounds are for the few that they do not tell of:
// a track that an outsider chooses while nothing plays, an `add` that fails half way.
const MOST_AGE_MS = 30_000
const MOST_AGE_STOPPED_MS = 1_000
/** For so long the position is reckoned by the clock before Mopidy is asked again. */
const MOST_AGE_POSITION_MS = 2_000
/** No event tells when a music service changes its catalogue. */
const MOST_AGE_LIBRARY_MS = 5_000
const MOST_KEPT = 500
/** Characters of all kept answers together: that of a long tracklist alone has millions. */
const MOST_KEPT_LENGTH = 16 * 1024 * 1024

/**
 * What Mopidy last said, kept for as long as nothing can have changed it. A write makes stale what it
 * may touch when it is sent and again when it is answered, so that a client always reads its own write;
 * and an answer is kept only if nothing made it stale between asking and hearing it.
 */
export function createMirror({ mopidy, line, player, clock, onRead = () => {} }: MirrorOptions) {
  const kept = new Map<string, Kept>()
  let keptLength = 0
  const inFlight = new Map<string, InFlight>()
  const generations = new Map<Group, number>()
  // Mopidy's own list of methods, or that of 3.4.1 until Mopidy has given its own.
  let description: Answer = resultAnswer(describe)

  mopidy.onEvent(({ name }) => makeStale(staleBy[name]))
  /** The answers that were kept when Mopidy went away, by their methods. */
  let before = new Map<string, string>()
  mopidy.onStatus(({ online }) => {
    if (!online)
      before = new Map([...kept].map(([key, { answer }]) => [key, gist(answer.resultText)]))
    for (const key of kept.keys()) drop(key)
    inFlight.clear()
  })

  function makeStale(groups: Groups): void {
    for (const group of groups) generations.set(group, (generations.get(group) ?? 0) + 1)
    for (const [key, entry] of kept)
      if (entry.groups.some((group) => groups.includes(group))) drop(key)
  }

  /** Grows whenever one of the groups becomes stale. */
  function generationOf(groups: Groups): number {
    let sum = 0
    for (const group of groups) sum += generations.get(group) ?? 0
    return sum
  }

  function write(call: Call, onAnswer: OnAnswer, asker: Asker, sending: Sending): void {
    const { touches = [] } = call.method
    line.take({
      asker,
      call,
      sending,
      start(leave) {
        sending.onSend?.()
        makeStale(touches)
        const confirm = player.mixer.writing(call)
        mopidy.send(call.name, call.params, (answer) => {
          makeStale(touches)
          leave(answer)
          confirm(answer)
          onAnswer(answer)
        })
      },
      onRefused: (error) => onAnswer({ error }),
    })
  }

  function read(call: Call, onAnswer: OnAnswer, asker: Asker, sending: Sending): void {
    if (call.method.keptWith === undefined || !line.holds(asker, call))
      return readNow(call, onAnswer, asker, sending)
    // What is in memory does not show the asker's own writes that are still to be sent.
    line.take({
      asker,
      call,
      sending,
      start(leave) {
        leave()
        readNow(call, onAnswer, asker, sending)
      },
      onRefused: (error) => onAnswer({ error }),
    })
  }

  function readNow(call: Call, onAnswer: OnAnswer, asker: Asker, sending: Sending): void {
    const key = keyOf(call)
    const entry = kept.get(key)
    const inMemory = entry !== undefined && fresh(entry)
    onRead(inMemory)
    if (inMemory) return onAnswer(current(call, entry))
    const groups = call.method.keptWith ?? sharedWith(call)
    if (groups === undefined) return ask(call, onAnswer, asker, sending)
    const same = inFlight.get(key)
    const isShared =
      same !== undefined && (!same.isSent || same.generation === generationOf(groups))
    const asked = isShared ? same : { waiting: new Set<OnAnswer>(), isSent: false, generation: 0 }
    asked.waiting.add(onAnswer)
    inFlight.set(key, asked)
    // While it is not sent, each who waits has a place in the line: nobody waits for another's turn.
    if (!asked.isSent) takePlace(call, key, groups, asked, onAnswer, asker, sending)
  }

  function takePlace(
    call: Call,
    key: string,
    groups: Groups,
    asked: InFlight,
    onAnswer: OnAnswer,
    asker: Asker,
    sending: Sending,
  ): void {
    line.take({
      asker,
      call,
      sending,
      start(leave) {
        if (asked.isSent) return leave()
        asked.isSent = true
        asked.generation = generationOf(groups)
        mopidy.send(call.name, call.params, (answer) => {
          leave(answer)
          settle(call, key, groups, asked, answer)
        })
      },
      onRefused(error) {
        if (asked.isSent && error === MOPIDY_BUSY) return
        if (!asked.waiting.delete(onAnswer)) return
        if (asked.waiting.size === 0 && inFlight.get(key) === asked) inFlight.delete(key)
        onAnswer({ error })
      },
    })
  }

  function settle(call: Call, key: string, groups: Groups, asked: InFlight, answer: Answer): void {
    if (inFlight.get(key) === asked) inFlight.delete(key)
    const stillTrue = generationOf(groups) === asked.generation && mopidy.status().online
    // Those who wait get the answer that is kept: an answer that several wait for is in memory once.
    let told = answer
    if ('result' in answer && call.method.keptWith !== undefined && stillTrue) {
      told = asText(answer)
      keep(key, { answer: told, groups, at: clock.elapsed() })
    }
    if ('result' in answer && stillTrue && groups.includes('mixer'))
      player.mixer.learn(call.name, answer.result)
    if ('result' in answer && call.method.answeredOffline) description = answer
    const { waiting } = asked
    asked.waiting = new Set()
    for (const tell of waiting) tell(told)
  }

  /** Asks Mopidy for one asker alone. */
  function ask(call: Call, onAnswer: OnAnswer, asker: Asker, sending: Sending): void {
    line.take({
      asker,
      call,
      sending,
      start: (leave) =>
        mopidy.send(call.name, call.params, (answer) => {
          leave(answer)
          onAnswer(answer)
        }),
      onRefused: (error) => onAnswer({ error }),
    })
  }

  function keep(key: string, entry: Kept): void {
    drop(key)
    kept.set(key, entry)
    keptLength += entry.answer.resultText.length
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT && keptLength <= MOST_KEPT_LENGTH) return
      drop(oldest)
    }
  }

  function drop(key: string): void {
    keptLength -= kept.get(key)?.answer.resultText.length ?? 0
    kept.delete(key)
  }

  function fresh({ groups, at }: Kept): boolean {
    const age = clock.elapsed() - at
    // The age is below 0 after the clock was set back.
    return age >= 0 && age < mostAge(groups)
  }

  function mostAge(groups: Groups): number {
    if (groups.includes('position')) return MOST_AGE_POSITION_MS
    if (groups.includes('mixer')) return MIXER_OLD_MS
    if (groups.includes('library')) return MOST_AGE_LIBRARY_MS
    if (groups.includes('constant')) return Number.POSITIVE_INFINITY
    const silent = groups.includes('current') && player.snapshot().state === 'stopped'
    return silent ? MOST_AGE_STOPPED_MS : MOST_AGE_MS
  }

  /** The kept answer; a position has grown since then if a track plays. */
  function current({ method }: Call, { answer, at }: Kept): Answer {
    if (!method.growsWhilePlaying) return answer
    const { state, current } = player.snapshot()
    // After the playing track has left the tracklist Mopidy still says that it plays, at position 0.
    if (state !== 'playing' || current === null) return answer
    const lengthMs = current.track.lengthMs ?? Number.POSITIVE_INFINITY
    const position = Number(answer.result) + clock.elapsed() - at
    return resultAnswer(Math.round(Math.min(position, lengthMs)))
  }

  return {
    /** Whether the method, without parameters, was known to have this answer when Mopidy went away. */
    wasBefore: (name: string, resultText: string): boolean => before.get(name) === gist(resultText),

    /**
     * Answers a call once: reads from memory where that can be, else by Mopidy, once it is the asker's
     * turn.
     */
    ask(call: Call, onAnswer: OnAnswer, asker: Asker = HOUSE, sending: Sending = FREELY): void {
      if (call.method.kind === 'write') write(call, onAnswer, asker, sending)
      else if (call.method.answeredOffline && !mopidy.status().online) onAnswer(description)
      else read(call, onAnswer, asker, sending)
    },
  }
}

/** Long answers are not held: two of them are the same if their hashes are. */
function gist(text: string): string {
  return text.length < 1_000 ? text : String(Bun.hash(text))
}

function keyOf({ name, params }: Call): string {
  for (const _ in params) return `${name} ${JSON.stringify(params)}`
  return name
}

// A parsed result takes several times the memory of its text, and few readers need it parsed.
function asText({ resultText }: Result): Result {
  return {
    resultText,
    get result() {
      return JSON.parse(resultText)
    },
  }
}

// Browsing and searching may have to ask a music service: their answers are not kept, but clients that
// ask for the same at the same time share one call.
function sharedWith({ method }: Call): Groups | undefined {
  return method.asksLibrary ? ['library'] : undefined
}
