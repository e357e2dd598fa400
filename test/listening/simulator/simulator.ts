import type { Random } from '../../mopidy/seeded-random'
import { createRandom } from '../../mopidy/seeded-random'
import { createMoves, type Moves } from './moves'
import { openSimulatorRoom, type Room } from './room'
import { compare } from './rows'
import { createTruth, type Truth } from './truth'

export type SimulationOptions = {
  seed: number
  moves?: number
  /**
   * How many milliseconds after the reply the sound of a track begins, as with GStreamer: people then
   * sometimes give the next command before the last one is heard.
   */
  audioDelayMs?: number
  /** Takes the steps, for a replay through sockets; then there are no restarts, cuts and set clocks. */
  script?: Step[] | undefined
  /** Compares after each move, to find the one that went wrong. */
  closely?: boolean
}

type Stage = { room: Room; truth: Truth; moves: Moves; random: Random; log: (line: string) => void }

/** A step that a replay repeats: a call by somebody, or time that goes by. */
export type Step =
  | Readonly<{ userId: number | null; method: string; params: Record<string, unknown> }>
  | Readonly<{ advanceMs: number }>

export const USERS = 3
const LINES_TOLD = Number(process.env.LINES ?? 60)
const DAY_MS = 86_400_000

/**
 * Lets people and time do anything for some hours or days, and compares what was recorded with what was
 * heard. Returns the plays and the number of days; throws with the seed and the story when they differ.
 */
export async function simulate(options: SimulationOptions) {
  const { seed, moves: count = 150, audioDelayMs = 0, closely = false, script } = options
  const story: string[] = []
  const log = (line: string) => void story.push(line)
  const stage = setStage({ seed, audioDelayMs, log, script })
  const { room, truth, moves } = stage
  const startMs = room.clock.elapsed()
  // Waits until all commands have had their effect, and Mopidy has told of it.
  const settle = async () => {
    room.clock.advance(2 * audioDelayMs)
    while (!isTold(room)) room.clock.advance(audioDelayMs)
    await room.settle()
    room.save()
    compare(room.database, truth.all(), { slackMs: 10 * audioDelayMs })
  }
  try {
    room.connect()
    await room.settle()
    moves.add()
    moves.add()
    for (let index = 0; index < count; index += 1) {
      if (audioDelayMs > 0) moveQuickly(stage, audioDelayMs)
      else await move(stage, script !== undefined)
      if (!closely) continue
      await settle()
      story.push(stateOf(room))
    }
    await settle()
    room.passTime()
    return { plays: truth.all(), days: (room.clock.elapsed() - startMs) / DAY_MS }
  } catch (error) {
    const { message } = error as Error
    const told = [...story.slice(-LINES_TOLD), stateOf(room)].join('\n')
    throw new Error(`seed ${seed}, audioDelayMs ${audioDelayMs}: ${message}\n${told}`)
  } finally {
    room.close()
  }
}

/** The beginning of a seed: when it is, and by which choices Mopidy shuffles. */
export function beginningOf(seed: number) {
  const random = createRandom(seed)
  const startMs = Date.UTC(2026, random.below(12), 1 + random.below(28), random.below(24))
  return { random, startMs, shuffling: random.fork() }
}

function setStage({
  seed,
  audioDelayMs,
  log,
  script,
}: Pick<SimulationOptions, 'script'> & {
  seed: number
  audioDelayMs: number
  log: Stage['log']
}): Stage {
  const { random, startMs, shuffling } = beginningOf(seed)
  const truth = createTruth(() => room)
  const { observe } = truth
  const room = openSimulatorRoom({
    random: shuffling,
    users: USERS,
    startMs,
    audioDelayMs,
    observe,
    ...(script && { onStep: (step: Step) => script.push(step) }),
  })
  return {
    room,
    truth,
    random,
    log,
    moves: createMoves({ room, truth, random, users: USERS, log }),
  }
}

async function move(stage: Stage, isScript: boolean): Promise<void> {
  const { room, moves, random } = stage
  const choice = random.next()
  if (choice < 0.05 && isScript) moves.wait()
  else if (choice < 0.03) await goAway(stage)
  else if (choice < 0.05) moves.setWallClock()
  else if (choice < 0.1) moves.atOnce()
  else if (choice < 0.12) moves.overtaken()
  else if (choice < 0.45) moves.wait()
  else moves.anything()
  if (random.chance(0.3)) room.save()
}

// A command of an outsider just before or after one of a user, while the sound is still on its way, cannot
// be told from the user's; nor can a skip be told from the end of the track in the same moment. A track
// that starts just after a seek starts at the place of that seek, without an end of the one before.
function moveQuickly({ room, moves, random }: Stage, audioDelayMs: number): void {
  while (!isTold(room) || room.core().sound().leftMs < 20 * audioDelayMs)
    room.clock.advance(20 * audioDelayMs)
  if (random.chance(0.25)) moves.wait()
  else if (random.chance(0.5)) moves.calmly()
  else
    for (let count = 1 + random.below(4); count > 0; count -= 1) {
      moves.quickly()
      room.clock.advance(random.below(audioDelayMs))
      if (count === 1 && random.chance(0.3)) moves.seek()
    }
  room.clock.advance(10 * audioDelayMs)
}

const LEAVES = ['cut', 'musakone', 'killed', 'mopidy', 'restored', 'both', 'both restored'] as const

/** Musakone does not hear Mopidy for a while: one of them is restarted, or both, or the line is cut. */
async function goAway({ room, truth, moves, random, log }: Stage): Promise<void> {
  const what = random.pick(LEAVES)
  const isKilled = what === 'killed'
  const isNew = isKilled || what === 'musakone' || what.startsWith('both')
  const restores = what.includes('restored')
  // A track that was chosen while paused and then sought in was not heard, though Mopidy says that it is
  // far into it: a new process of Musakone cannot know.
  if (truth.listenedMs() === 0 && room.core().sound().positionMs > 0) return
  // In place of a track that has left the tracklist Mopidy restores another one, at the same position.
  const current = room.read('core.playback.get_current_tlid')
  const isListed = room.read('core.tracklist.index', { tl_track: null, tlid: current }) !== null
  if (restores && current !== null && !isListed) return
  log(`away: ${what}`)
  await room.settle()
  if (isKilled) {
    room.save()
    truth.saved()
    moves.wait()
  }
  truth.leave(isKilled)
  if (isNew) {
    truth.forgotten()
    room.stopMusakone(isKilled)
  } else room.disconnect()
  if (restores || what === 'mopidy' || what === 'both') {
    room.restartMopidy(restores)
    truth.restarted(restores)
  }
  room.clock.advance(100)
  // After more has happened, a restored Mopidy's track may have gone on or begun anew: that is unknown.
  for (let left = restores ? 0 : random.below(5); left > 0; left -= 1)
    if (random.chance(0.5)) moves.wait()
    else moves.meanwhile()
  if (isNew) room.startMusakone()
  room.connect()
  await room.settle()
  truth.back()
  log('back')
  // Musakone waits so long for a restored Mopidy to play again.
  if (restores) room.clock.advance(6_000)
  // A tracklist of version 1 may have been restored or not, which nothing tells at the next restart.
  if (restores) moves.add()
}

/** Whether Mopidy has sent all events of the sound that is heard. */
function isTold({ core }: Room): boolean {
  const { stream, announced } = core().sound()
  return stream === null || announced
}

function stateOf({ core, read }: Room): string {
  const { stream, running, positionMs } = core().sound()
  const list = read('core.tracklist.get_tl_tracks') as { tlid: number }[]
  return [
    `    ${read('core.playback.get_state')} ${read('core.playback.get_current_tlid')}`,
    `stream ${stream}${running ? '' : ' halted'} at ${positionMs}`,
    `list ${list.map(({ tlid }) => tlid)}`,
  ].join(', ')
}
