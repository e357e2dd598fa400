import { STREAM } from '../../../src/demo/library/catalogue'
import type { Random } from '../../mopidy/seeded-random'
import { library, type Room } from './room'
import type { Truth } from './truth'

type Params = Record<string, unknown>
export type Moves = ReturnType<typeof createMoves>

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY
const OPTIONS = ['consume', 'random', 'repeat', 'single']
const MOST_QUEUED = 12
// Outsiders queue tracks of their own. The same tracks in the same places, before anything was played,
// would look like those of the Mopidy before its restart, and nothing could tell the two apart.
const OURS = library.tracks.slice(0, 40).map(({ uri }) => uri)
const OUTSIDE = library.tracks.slice(40, 80).map(({ uri }) => uri)

/** Everything that people and time do, at random. */
export function createMoves(options: {
  room: Room
  truth: Truth
  random: Random
  users: number
  log: (line: string) => void
}) {
  const { room, truth, random, users, log } = options
  const tlids = () =>
    (room.read('core.tracklist.get_tl_tracks') as { tlid: number }[]).map(({ tlid }) => tlid)
  const state = () => String(room.read('core.playback.get_state'))

  function call(userId: number | null, name: string, params: Params = {}): unknown {
    log(`${userId === null ? 'outsider' : `user ${userId}`}: ${name} ${JSON.stringify(params)}`)
    return room.call(userId, `core.${name}`, params)
  }

  /** One of the users, or null, an outsider. */
  const somebody = () => (random.chance(0.25) ? null : ours())
  const ours = () => 1 + random.below(users)
  const tlid = () => random.pick(tlids())

  function add(who = somebody()): void {
    const uris = Array.from({ length: 1 + random.below(4) }, () =>
      random.chance(0.05) ? STREAM.uri : random.pick(who === null ? OUTSIDE : OURS),
    )
    const place = random.chance(0.3) ? { at_position: random.below(tlids().length + 1) } : {}
    const added = call(who, 'tracklist.add', { uris, ...place }) as { tlid: number }[]
    truth.queued(
      who,
      added.map((one) => one.tlid),
    )
  }

  function seek(who = somebody()): void {
    const lengthMs = (room.read('core.playback.get_current_track') as { length?: number })?.length
    const to = random.chance(0.2) ? (lengthMs ?? 0) + 1 : 1_000 + random.below(lengthMs ?? 60_000)
    // While Mopidy is stopped, a skip chooses a track without an event, so which one cannot be known.
    if (state() === 'stopped' && (lengthMs === undefined || to > lengthMs)) return
    call(who, 'playback.seek', { time_position: Math.min(to, (lengthMs ?? to) + 1) })
  }

  function remove(who = somebody()): void {
    const current = room.read('core.playback.get_current_tlid') as number | null
    const all = tlids()
    const some = all.filter(() => random.chance(0.3))
    const gone = random.chance(0.1) ? all : random.chance(0.4) && current ? [current] : some
    if (gone.length > 0) call(who, 'tracklist.remove', { criteria: { tlid: gone } })
  }

  function move(): void {
    const last = tlids().length
    if (last === 0) return
    const start = random.below(last)
    const params = { start, end: start + 1, to_position: random.below(last) }
    call(somebody(), 'tracklist.move', params)
  }

  // A pause while Mopidy is stopped loads the track in silence. With delay its end comes after the resume,
  // and cannot be told from the end of the track that is heard.
  const pause = (who = somebody()) => {
    if (state() === 'stopped' && !random.chance(0.1)) return
    // After a seek, Mopidy does not tell that the track is heard from its beginning.
    const isSought = room.read('core.playback.get_time_position') !== 0
    if (state() !== 'stopped' || !isSought) call(who, 'playback.pause')
  }

  const playSomething = (who = somebody()) => {
    const choice = random.next()
    if (choice < 0.5 && tlids().length > 0) call(who, 'playback.play', { tlid: tlid() })
    else if (choice < 0.6) call(who, 'playback.play', { tlid: 99_999 })
    else if (!findsNothing()) call(who, 'playback.play')
  }

  // Without a current track, Mopidy never takes the only track of a list that repeats and consumes as the
  // next one: a play does nothing, and what somebody else does soon after looks like its effect.
  const findsNothing = () =>
    room.read('core.playback.get_current_tlid') === null && tlids().length === 1

  /** Time goes by: a moment, a while, to about the end of the track, or overnight. */
  function wait(): void {
    const sound = room.core().sound()
    const track = room.read('core.playback.get_current_track') as { length?: number } | null
    const leftMs = (track?.length ?? 0) - sound.positionMs
    const choice = random.next()
    let ms = 100 + random.below(5 * SECOND)
    if (choice < 0.3) ms = 5 * SECOND + random.below(2 * MINUTE)
    else if (choice < 0.5) ms = MINUTE + random.below(15 * MINUTE)
    else if (choice < 0.53) ms = HOUR + random.below(12 * HOUR)
    else if (choice < 0.6 && leftMs > 3_000) ms = leftMs - 100 - random.below(2_500)
    else if (choice < 0.65 && leftMs > 0) ms = leftMs
    log(`${ms} ms go by`)
    room.clock.advance(ms)
  }

  function setWallClock(): void {
    const by = random.pick([DAY, -DAY, 10 * YEAR, -10 * YEAR, HOUR, -HOUR, -room.clock.now()])
    log(`the clock is set by ${by} ms`)
    truth.clockSet(by)
    room.clock.set(by)
  }

  const ANYTHING: [weight: number, move: () => void][] = [
    [12, () => (tlids().length < MOST_QUEUED ? add() : remove())],
    [10, playSomething],
    [10, () => call(somebody(), 'playback.next')],
    [4, () => call(somebody(), 'playback.previous')],
    [6, pause],
    [6, () => call(somebody(), 'playback.resume')],
    [4, () => call(somebody(), 'playback.stop')],
    [6, seek],
    [1, () => call(somebody(), 'tracklist.clear')],
    [4, remove],
    [2, move],
    [1, () => call(somebody(), 'tracklist.shuffle')],
    [
      4,
      () =>
        call(somebody(), `tracklist.set_${random.pick(OPTIONS)}`, { value: random.chance(0.4) }),
    ],
  ]

  /** What outsiders do that Musakone can make sense of afterwards; not: to seek. */
  const MEANWHILE: [weight: number, move: () => void][] = [
    [4, () => add(null)],
    [4, () => playSomething(null)],
    [4, () => call(null, 'playback.next')],
    [2, () => state() !== 'stopped' && call(null, 'playback.pause')],
    [3, () => call(null, 'playback.resume')],
    [2, () => call(null, 'playback.stop')],
    [1, () => remove(null)],
  ]

  /** Commands that may be given before the last command has had its effect. */
  const quickly = (who: number | null): [weight: number, move: () => void][] => [
    [3, () => tlids().length < MOST_QUEUED && add(who)],
    [6, () => tlids().length > 0 && call(who, 'playback.play', { tlid: tlid() })],
    [8, () => call(who, 'playback.next')],
    [3, () => call(who, 'playback.previous')],
    [2, () => call(who, 'playback.stop')],
  ]
  // The demo sends the event of a pause after that of a resume that follows it at once.
  const calmly = (who: number | null): [weight: number, move: () => void][] => [
    ...quickly(who),
    [6, () => state() === 'playing' && call(who, 'playback.pause')],
    [6, () => call(who, 'playback.resume')],
    [6, () => state() !== 'stopped' && seek(who)],
  ]

  function choose(moves: [weight: number, move: () => void][]): void {
    let left = random.next() * moves.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, move] of moves) {
      left -= weight
      if (left < 0) return move()
    }
  }

  return {
    wait,
    setWallClock,
    anything: () => choose(ANYTHING),

    calmly: () => choose(calmly(somebody())),
    quickly: () => choose(quickly(ours())),
    seek: () => state() !== 'stopped' && seek(ours()),
    meanwhile: () => choose(MEANWHILE),
    add,

    /** Several changes of track, with the replies to all before the events of any. */
    overtaken(): void {
      const current = room.read('core.playback.get_current_tlid') as number | null
      const modes = OPTIONS.some((name) => room.read(`core.tracklist.get_${name}`))
      const rest = tlids().slice(tlids().indexOf(current ?? -1) + 1)
      // Otherwise a track may follow itself, and its two starts cannot be told apart.
      if (state() !== 'playing' || modes || current === null || rest.length < 3) return
      log('overtaken:')
      room.hold()
      for (const next of rest.slice(0, 3))
        if (random.chance(0.5)) call(somebody(), 'playback.next')
        else call(somebody(), 'playback.play', { tlid: next })
      room.releaseLate()
    },

    /** Several calls at the same moment; Musakone hears of them when all of them are done. */
    atOnce(): void {
      log('at once:')
      room.hold()
      for (let count = 2 + random.below(4); count > 0; count -= 1) choose(ANYTHING)
      room.release()
    },
  }
}
