import type { Random } from '../seeded-random'
import { type Caller, type Outcome, type Request, resultOf } from './mirror-caller'
import type { MirrorRoom, TlTrack } from './mirror-room'
import { type Known, mirroredReads, otherReads } from './mirrored-reads'

/** Where it differs from Mopidy, and what was done before. */
export class Discrepancy extends Error {
  override name = 'Discrepancy'
}

export const PLAYLISTS = ['m3u:drill-one.m3u8', 'm3u:drill-two.m3u8', 'm3u:drill-three.m3u8']

const LONGEST_TRACE = 120
/** Of a real Mopidy what it does by itself may be on its way. */
const PATIENCE_MS = 800
/** Asked just when a track starts it may give a wrong position, which is counted on for two seconds. */
const PATIENCE_POSITION_MS = 2_500
const MOST_APART_MS = 150
/** After a stop, a pause or a resume on each other's heels Mopidy may be wrong about its own sound. */
const MOST_APART_CONFUSED_MS = 2_000

export type Drill = ReturnType<typeof createDrill>

/** Calls and compares in a room, keeping count and a trace of what was done. */
export function createDrill(room: MirrorRoom, random: Random) {
  const { deterministic, clients, outsiders } = room
  const [outsider] = outsiders
  if (outsider === undefined) throw new Error('nobody is outside')
  const trace: string[] = []
  let steps = 0
  const { uris, latestSeekMs } = room
  let known: Known = { uris, latestSeekMs, tlids: [], playlists: PLAYLISTS }

  async function step(caller: Caller, request: Request): Promise<Outcome> {
    steps += 1
    note(`${caller.name}: ${request.method} ${short(request.params)}`)
    const outcome = await caller.call(request)
    note(`${caller.name}: ${request.method} → ${short(outcome)}`)
    return outcome
  }

  function note(line: string): void {
    trace.push(line)
    if (trace.length > LONGEST_TRACE) trace.shift()
  }

  /**
   * Fails when an answer does not show what was written, unless a real Mopidy itself has changed it: it
   * forgets a mute that comes while a track starts.
   */
  async function shows(found: Outcome, wanted: Outcome, read: Request, what: string) {
    if (Bun.deepEquals(found, wanted)) return
    if (!deterministic && Bun.deepEquals(found, await direct(read))) return
    throw discrepancy(`${read.method} ${what}`, found, wanted)
  }

  function discrepancy(what: string, found: unknown, wanted: unknown): Discrepancy {
    const lines = [`at step ${steps}, ${what}`, `is ${short(found, 2_000)}`]
    return new Discrepancy(
      [...lines, `should be ${short(wanted, 2_000)}`, 'after', ...trace].join('\n  '),
    )
  }

  const direct = (request: Request) => outsider.call(request)
  const directly = <Result>(method: string) => resultOf<Result>(outsider, { method })

  /** Asks both and compares; patience is for what a real Mopidy does by itself. */
  async function agree(client: Caller, request: Request): Promise<void> {
    const end = performance.now() + (deterministic ? 0 : PATIENCE_MS)
    for (;;) {
      const [found, wanted] = await Promise.all([client.call(request), direct(request)])
      if (Bun.deepEquals(found, wanted)) return
      const what = `${client.name}: ${request.method} ${short(request.params)}`
      if (performance.now() > end) throw discrepancy(what, found, wanted)
    }
  }

  /** The position of a playing track moves on between two questions. */
  async function agreeOnPosition(client: Caller): Promise<void> {
    const request = { method: 'playback.get_time_position' }
    const end = performance.now() + (deterministic ? 0 : PATIENCE_POSITION_MS)
    for (;;) {
      const found = await resultOf<number>(client, request)
      const wanted = await directly<number>(request.method)
      if (found === wanted || Math.abs(found - wanted) <= (await mostApart())) return
      if (performance.now() > end) throw discrepancy(`${client.name}: the position`, found, wanted)
    }
  }

  async function mostApart(): Promise<number> {
    const playing = (await directly('playback.get_state')) === 'playing'
    const before = await directly('playback.get_time_position')
    await room.moment()
    const moves = (await directly('playback.get_time_position')) !== before
    if (moves !== playing) return MOST_APART_CONFUSED_MS
    return playing ? MOST_APART_MS : 0
  }

  return {
    room,
    random,
    step,
    note,
    shows,
    direct,
    agree,
    agreeOnPosition,
    steps: () => steps,
    known: () => known,
    trackList: () => directly<TlTrack[]>('tracklist.get_tl_tracks'),

    /** A read of any sort, as somebody chooses it. */
    someRead(chooser: Random): Request {
      if (chooser.chance(0.15)) return chooser.pick(otherReads(known))
      if (chooser.chance(0.1)) return { method: 'playback.get_time_position' }
      return chooser.pick(mirroredReads(known))
    },

    /** Waits for quiet, and compares every read that is kept with Mopidy's own answer. */
    async compareAll(): Promise<void> {
      await room.quiet()
      note('quiet')
      await Promise.all(mirroredReads(known).map((request) => agree(random.pick(clients), request)))
      for (const client of clients) await agreeOnPosition(client)
      for (const caller of [...clients, ...outsiders]) caller.forget()
      const tlTracks = await directly<TlTrack[]>('tracklist.get_tl_tracks')
      known = { ...known, tlids: tlTracks.map(({ tlid }) => tlid) }
    },
  }
}

function short(value: unknown, most = 160): string {
  const text = JSON.stringify(value) ?? ''
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`
}
