import type { EventName, MopidyEvent } from '../../mopidy/events'
import type { Answer } from '../../mopidy/jsonrpc'
import { type MethodName, methods } from '../../mopidy/methods'
import type { Mirror } from '../../mopidy/mirror'
import type { Connections } from './connections'

const OPTIONS = [
  'core.tracklist.get_consume',
  'core.tracklist.get_random',
  'core.tracklist.get_repeat',
  'core.tracklist.get_single',
] as const
const READS = [
  'core.playback.get_state',
  'core.playback.get_current_tl_track',
  'core.playback.get_time_position',
  'core.mixer.get_volume',
  'core.mixer.get_mute',
  ...OPTIONS,
  'core.playlists.as_list',
  'core.tracklist.get_tl_tracks',
] as const satisfies readonly MethodName[]

/** Mopidy tells by itself what plays. */
const OF_PLAYER: ReadonlySet<EventName> = new Set<EventName>([
  'track_playback_started',
  'track_playback_paused',
  'track_playback_resumed',
  'playback_state_changed',
])

type CatchUpOptions = {
  connections: Pick<Connections, 'count'>
  mirror: Pick<Mirror, 'ask' | 'wasBefore'>
  /** Sends an event to every client. */
  announce: (event: MopidyEvent) => void
}

/**
 * Tells clients, by Mopidy's own events, what is no longer as it was before Mopidy was away. Clients made
 * for Mopidy keep what they know while their socket is open, and Mopidy's return means nothing to them.
 */
export function createCatchUp({ connections, mirror, announce }: CatchUpOptions) {
  /** Counts the times that Mopidy came or went. */
  let times = 0
  /** The events that Mopidy has sent since it is back, while it is being asked. */
  let heard: Set<EventName> | undefined

  const read = (name: (typeof READS)[number]): Promise<Answer> =>
    new Promise((resolve) => mirror.ask({ name, method: methods[name], params: {} }, resolve))

  async function catchUp(asked: number): Promise<void> {
    const told = new Set<EventName>()
    heard = told
    const answers = new Map<MethodName, Answer>()
    await Promise.all(READS.map(async (name) => answers.set(name, await read(name))))
    if (asked !== times) return
    heard = undefined
    for (const event of eventsOf(answers, mirror.wasBefore)) {
      const isNewer = told.has(event.name) || (OF_PLAYER.has(event.name) && overlaps(told))
      if (!isNewer) announce(event)
    }
  }

  return {
    /** Takes note of an event that clients have got. */
    hear: ({ name }: MopidyEvent): void => void heard?.add(name),

    /** Mopidy is away. */
    lose(): void {
      times += 1
      heard = undefined
    },

    /** Mopidy is back. */
    find(): void {
      times += 1
      if (connections.count() > 0) void catchUp(times)
    },
  }
}

const overlaps = (told: ReadonlySet<EventName>) => [...OF_PLAYER].some((name) => told.has(name))

/** The events that tell of the answers that are not as they were, in the order of Mopidy's own. */
function eventsOf(
  answers: ReadonlyMap<MethodName, Answer>,
  wasBefore: Mirror['wasBefore'],
): MopidyEvent[] {
  const events: MopidyEvent[] = []
  const tell = (name: EventName, data: Record<string, unknown> = {}) =>
    void events.push({ name, data, text: JSON.stringify({ event: name, ...data }) })
  const result = (name: MethodName) => {
    const answer = answers.get(name)
    return answer !== undefined && 'result' in answer ? answer.result : undefined
  }
  const differs = (name: MethodName) => {
    const answer = answers.get(name)
    return answer !== undefined && 'result' in answer && !wasBefore(name, answer.resultText)
  }

  if (differs('core.tracklist.get_tl_tracks')) tell('tracklist_changed')
  if (OPTIONS.some(differs)) tell('options_changed')
  if (differs('core.playlists.as_list')) tell('playlists_loaded')
  const volume = result('core.mixer.get_volume')
  if (differs('core.mixer.get_volume') && typeof volume === 'number')
    tell('volume_changed', { volume })
  const mute = result('core.mixer.get_mute')
  if (differs('core.mixer.get_mute') && typeof mute === 'boolean') tell('mute_changed', { mute })

  const state = result('core.playback.get_state')
  const isOtherState = differs('core.playback.get_state')
  if (isOtherState)
    tell('playback_state_changed', {
      old_state:
        STATES.find((one) => wasBefore('core.playback.get_state', `"${one}"`)) ?? 'stopped',
      new_state: state,
    })
  const tl_track = result('core.playback.get_current_tl_track')
  const time_position = result('core.playback.get_time_position')
  if (tl_track === null || tl_track === undefined || state === 'stopped') return events
  const isOther = isOtherState || differs('core.playback.get_current_tl_track')
  if (isOther && state === 'playing') tell('track_playback_started', { tl_track })
  if (isOther && state === 'paused') tell('track_playback_paused', { tl_track, time_position })
  // A client reckons the position by its own clock, which ran on while Mopidy was away.
  if (typeof time_position === 'number') tell('seeked', { time_position })
  return events
}

const STATES = ['playing', 'paused', 'stopped'] as const
