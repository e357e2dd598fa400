import { reasonOf } from '../../errors'
import { isRecord } from '../../json'
import type { Log } from '../../log'
import type { MopidyEvent } from '../../mopidy/events'
import type { Answer } from '../../mopidy/jsonrpc'
import type { Mopidy } from '../../mopidy/mopidy'
import { readState } from '../../mopidy/player'
import { readTlTrack, readTlTracks } from '../../mopidy/track'
import type { Plays } from './plays'
import type { RestartDetector } from './restart-detector'

/** The events that plays are made of. */
const OF_PLAYER: ReadonlySet<string> = new Set([
  'track_playback_started',
  'track_playback_paused',
  'track_playback_resumed',
  'track_playback_ended',
  'playback_state_changed',
  'seeked',
])

/** Mopidy may answer nothing for a while, as when it scans a large library; asked again after this. */
const AGAIN_MS = 5_000

/** A start of a track in Mopidy's history. */
type Start = Readonly<{ atMs: number; uri: unknown }>

type FollowerOptions = {
  mopidy: Mopidy
  plays: Plays
  restarts: RestartDetector
  log: Log
}

/**
 * Hands Mopidy's events to the plays. Each time that Mopidy comes online, it is asked first whether it was
 * restarted and what it plays; if an event comes meanwhile, it is asked again.
 */
export function followMopidy({ mopidy, plays, restarts, log }: FollowerOptions) {
  /** The events that have come while Mopidy is being asked. */
  let meanwhile: MopidyEvent[] | undefined
  /** Counts the times that Mopidy came or went: an answer from before the last one is dropped. */
  let asking = 0

  mopidy.onStatus(({ online }) => {
    asking += 1
    meanwhile = undefined
    if (online) void look(asking)
    else plays.lose(mopidy.silentMs())
  })
  mopidy.onEvent((event) => {
    const isOfPlayer = OF_PLAYER.has(event.name)
    if (!isOfPlayer && event.name !== 'tracklist_changed') return
    if (meanwhile !== undefined) meanwhile.push(event)
    else if (isOfPlayer) hear(event)
    else restarts.noteTracklistChange()
  })

  function hear(event: MopidyEvent): void {
    plays.hear(event)
    if (event.name === 'track_playback_started' && restarts.needsHistory()) void readHistory()
  }

  async function look(asked: number): Promise<void> {
    restarts.hold()
    const starts: number[] = []
    meanwhile = []
    try {
      let found = await askAll()
      // The answers may or may not show what these events tell.
      while (asked === asking && meanwhile.length > 0) {
        starts.push(...meanwhile.flatMap(startedTlid))
        meanwhile = []
        found = await askAll()
      }
      if (asked !== asking) return
      const { current, ...rest } = found
      const startHeard = current !== null && starts.includes(current.tlid)
      plays.find({ ...rest, ...restarts.examine(found), current, startHeard })
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'cannot find out what mopidy plays')
      const again = () => asked === asking && look(asked)
      if (asked === asking) setTimeout(again, AGAIN_MS).unref()
    } finally {
      if (asked === asking) {
        const waiting = meanwhile
        meanwhile = undefined
        waiting.forEach(hear)
      }
    }
  }

  async function askAll() {
    const [version, tlTracks, history, tlTrack, state, position] = await Promise.all([
      ask('core.tracklist.get_version'),
      ask('core.tracklist.get_tl_tracks'),
      ask('core.history.get_history'),
      ask('core.playback.get_current_tl_track'),
      ask('core.playback.get_state'),
      ask('core.playback.get_time_position'),
    ])
    const current = readTlTrack(tlTrack) ?? null
    const starts = readStarts(history)
    return {
      tracklistVersion: Number(version),
      tlTracks: readTlTracks(tlTracks),
      startsMs: starts.map(({ atMs }) => atMs),
      current,
      state: readState(state) ?? 'stopped',
      positionMs: Number(position),
      startedAtMs: starts[0]?.uri === current?.track.uri ? starts[0]?.atMs : undefined,
    }
  }

  async function readHistory(): Promise<void> {
    const asked = asking
    try {
      const starts = readStarts(await ask('core.history.get_history'))
      if (asked === asking) restarts.noteHistory(starts.map(({ atMs }) => atMs))
    } catch {
      // Mopidy has gone away again; the next start makes this be tried again.
    }
  }

  async function ask(method: string): Promise<unknown> {
    const answer: Answer = await mopidy.call(method)
    if ('error' in answer) throw new Error(answer.error.message)
    return answer.result
  }
}

function startedTlid({ name, data }: MopidyEvent): number[] {
  const started = name === 'track_playback_started' ? readTlTrack(data.tl_track) : undefined
  return started === undefined ? [] : [started.tlid]
}

/** The answer to `core.history.get_history`, newest first. */
function readStarts(history: unknown): Start[] {
  if (!Array.isArray(history)) return []
  return history.flatMap((entry) => {
    if (!Array.isArray(entry) || typeof entry[0] !== 'number' || !isRecord(entry[1])) return []
    return [{ atMs: entry[0], uri: entry[1].uri }]
  })
}
