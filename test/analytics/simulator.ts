import { createRandom } from '../mopidy/seeded-random'
import { createMoves } from './simulator-moves'
import { type Cause, openSimulatorRoom, type Room } from './simulator-room'
import { createTruth, type TruePlay } from './simulator-truth'

type Row = {
  tlid: number
  track_uri: string
  queued_by: number | null
  started_by: number | null
  started_at_ms: number
  listened_ms: number
  end_reason: string | null
  ended_by: number | null
}

export type SimulationOptions = {
  seed: number
  moves?: number
  /** GStreamer's: the sound of a track begins that much after the reply. */
  audioDelayMs?: number
  /** Compares after each move, to find the one that went wrong. */
  closely?: boolean
}

const USERS = 3

/**
 * Lets people and time do anything for some days, and compares what was recorded with what was heard.
 * The number of plays and the days; throws with the story when they differ.
 */
export async function simulate(options: SimulationOptions) {
  const { seed, moves: count = 150, audioDelayMs = 0, closely = false } = options
  const random = createRandom(seed)
  const story: string[] = []
  const startMs = Date.UTC(2026, random.below(12), 1 + random.below(28), random.below(24))
  let room: Room | undefined
  const truth = createTruth(() => room as Room)
  const observe = (cause: Cause) => room !== undefined && truth.observe(cause)
  room = openSimulatorRoom({ random: random.fork(), users: USERS, startMs, audioDelayMs, observe })
  const here = room
  const log = (line: string) => void story.push(line)
  const moves = createMoves({ room, truth, random, users: USERS, log })
  const elapsedMs = () => here.clock.elapsed() - startMs
  const slackMs = audioDelayMs * 10

  try {
    here.connect()
    await here.settle()
    moves.add()
    moves.add()
    for (let index = 0; index < count; index += 1) {
      const choice = random.next()
      if (choice < 0.03) await away()
      else if (choice < 0.05) moves.setWallClock()
      else if (choice < 0.1) moves.atOnce()
      else if (choice < 0.45) moves.wait()
      else moves.anything()
      if (random.chance(0.3)) here.save()
      if (!closely) continue
      const { stream, running, positionMs } = here.core().sound()
      const current = here.read('core.playback.get_current_tlid')
      const state = here.read('core.playback.get_state')
      log(
        `    ${state}, current ${current}, stream ${stream}${running ? '' : ' halted'} ${positionMs}`,
      )
      await here.settle()
      here.save()
      compare(truth.all())
    }
    await here.settle()
    here.save()
    const plays = truth.all()
    compare(plays)
    return { plays: plays.length, days: elapsedMs() / 86_400_000 }
  } catch (error) {
    const told = story.slice(-(Number(process.env.LINES) || 60)).join('\n')
    throw new Error(`seed ${seed}, ${audioDelayMs} ms: ${(error as Error).message}\n${told}`)
  } finally {
    here.close()
  }

  /** Musakone does not hear Mopidy for a while: one of them is restarted, or both, or the line is cut. */
  async function away(): Promise<void> {
    const what = random.pick([
      'cut',
      'musakone',
      'killed',
      'mopidy',
      'restored',
      'both',
      'both restored',
    ])
    // What was chosen while paused and then sought in was never heard: a Musakone that comes new could
    // not tell.
    const isUnheard = truth.listenedMs() === 0 && here.core().sound().positionMs > 0
    const isNew = what === 'killed' || what === 'musakone' || what.startsWith('both')
    if (isUnheard && isNew) return
    log(`away: ${what}`)
    if (what === 'killed') {
      here.save()
      truth.saved()
      moves.wait()
    }
    truth.leave(what === 'killed')
    if (isNew) truth.forgotten()
    if (what === 'killed') here.stopMusakone(true)
    else if (what === 'musakone' || what.startsWith('both')) here.stopMusakone(false)
    else here.disconnect()
    const isRestart = what.includes('mopidy') || what.includes('both') || what === 'restored'
    const restores = what.includes('restored')
    if (isRestart) {
      here.restartMopidy(restores)
      truth.restarted(restores)
    }
    here.clock.advance(100)
    // What a restored Mopidy plays may go on or begin anew after more has happened: nobody could tell.
    for (let left = restores ? 0 : random.below(5); left > 0; left -= 1)
      if (random.chance(0.5)) moves.wait()
      else moves.meanwhile()
    if (isNew) here.startMusakone()
    here.connect()
    await here.settle()
    truth.back()
    log('back')
    // A tracklist of version 1 may have been restored or not: nobody could tell at the next restart.
    if (restores) moves.add()
  }

  function compare(plays: readonly TruePlay[]): void {
    const rows = here.database.sqlite
      .query<Row, []>(
        `SELECT tlid, track_uri, queued_by, started_by, started_at_ms, listened_ms, end_reason,
                ended_by
           FROM plays ORDER BY id`,
      )
      .all()
    let at = 0
    for (const play of plays) {
      const row = rows[at]
      const wrong = row === undefined ? ['there is no row'] : differences(play, row, slackMs)
      if (wrong.length === 0) at += 1
      // So short a play may have left no row.
      else if (play.listenedMs[0] > slackMs)
        throw new Error(
          `play ${at}: ${wrong.join(', ')}\ntrue:     ${JSON.stringify(play)}\nrecorded: ${JSON.stringify(row)}\nbefore: ${JSON.stringify(rows[at - 1])}`,
        )
    }
    const extra = rows
      .slice(at)
      .filter((row) => row.listened_ms > slackMs || row.end_reason === null)
    if (extra.length > 0 && !(extra.length === 1 && extra[0]?.listened_ms === 0))
      throw new Error(`recorded, but never heard: ${JSON.stringify(extra)}`)
  }
}

function differences(play: TruePlay, row: Row, slackMs: number): string[] {
  const within = ([least, most]: [number, number], value: number) =>
    value >= least - slackMs && value <= most + slackMs
  const is: Record<string, boolean> = {
    tlid: row.tlid === play.tlid,
    track: row.track_uri === play.uri,
    queued_by: row.queued_by === play.queuedBy,
    started_by: play.startedBy.includes(row.started_by),
    started_at_ms: within(play.startedAtMs, row.started_at_ms),
    listened_ms: within(play.listenedMs, row.listened_ms),
    end_reason: play.reasons.includes(row.end_reason as never),
    ended_by: row.ended_by === play.endedBy,
  }
  return Object.keys(is).filter((name) => !is[name])
}
