import { signal } from '@preact/signals'
import type { PlaybackState } from '../../../listening/model'
import { api } from '../connection/api'
import { call, mopidyOnline, onEvent, onOpen } from '../connection/socket'
import { whenCalm } from '../opening/calm'
import { complain } from '../shell/toasts'

export type OptionName = 'random' | 'repeat' | 'single' | 'consume'

const NOTHING: PlaybackState = {
  state: 'stopped',
  track: null,
  position_ms: 0,
  volume: null,
  mute: null,
  queued_by: null,
}

/** The state of the player; undefined until it is known. */
export const playback = signal<PlaybackState | undefined>(undefined)
/** The title that a stream announces. */
export const streamTitle = signal<string | null>(null)
export const options = signal<Readonly<Record<OptionName, boolean>>>({
  random: false,
  repeat: false,
  single: false,
  consume: false,
})

const OPTION_NAMES = ['random', 'repeat', 'single', 'consume'] as const
const SOON_MS = 40

/** When `position_ms` was right, by `performance.now()`. */
let positionAt = performance.now()
// Counts changes, the page's own and Mopidy's: an answer that was asked for before a change is dropped.
let generation = 0
let commands = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** The position in the track right now, in milliseconds. */
export function positionNow(): number {
  const { state, position_ms: position, track } = playback.value ?? NOTHING
  const moved = state === 'playing' ? performance.now() - positionAt : 0
  return Math.min(position + moved, track?.length_ms ?? Number.POSITIVE_INFINITY)
}

export const playerCommands = {
  play: (tlid?: number) =>
    command({ state: 'playing' }, 'core.playback.play', tlid === undefined ? {} : { tlid }),
  pause: () => command({ state: 'paused' }, 'core.playback.pause'),
  resume: () => command({ state: 'playing' }, 'core.playback.resume'),
  next: () => command({}, 'core.playback.next'),
  previous: () => command({}, 'core.playback.previous'),
  stop: () => command({ state: 'stopped', position_ms: 0 }, 'core.playback.stop'),
  seek: (ms: number) =>
    command({ position_ms: ms }, 'core.playback.seek', { time_position: Math.round(ms) }),
  setVolume: (volume: number) => command({ volume }, 'core.mixer.set_volume', { volume }),
  setMute: (mute: boolean) => command({ mute }, 'core.mixer.set_mute', { mute }),

  /** Pauses what plays, resumes what is paused, else plays. */
  toggle(): Promise<void> {
    const { state } = playback.value ?? NOTHING
    if (state === 'playing') return playerCommands.pause()
    return state === 'paused' ? playerCommands.resume() : playerCommands.play()
  },

  async setOption(name: OptionName, value: boolean): Promise<void> {
    const before = options.value
    options.value = { ...before, [name]: value }
    try {
      await call(`core.tracklist.set_${name}`, { value })
    } catch (error) {
      options.value = before
      complain(error)
    }
  },
}

/** Shows a change of the player at once, and takes it back when the call fails. */
async function command(change: Partial<PlaybackState>, method: string, params = {}): Promise<void> {
  const before = playback.value
  const beforeAt = positionAt
  show({ ...(before ?? NOTHING), position_ms: positionNow(), ...change })
  const mine = generation
  commands += 1
  try {
    await call(method, params)
  } catch (error) {
    if (generation === mine && before !== undefined) {
      playback.value = before
      positionAt = beforeAt
    }
    complain(error)
  }
  commands -= 1
  refreshSoon()
}

function show(state: PlaybackState): void {
  generation += 1
  positionAt = performance.now()
  playback.value = state
}

function refreshSoon(): void {
  clearTimeout(timer)
  timer = setTimeout(refreshPlayback, SOON_MS)
}

/** Fetches the state of the player. */
export async function refreshPlayback(): Promise<void> {
  clearTimeout(timer)
  const asked = generation
  try {
    const state = await api.playbackState()
    // After a change or during a command the answer is out of date; the command fetches again when it ends.
    if (asked === generation && commands === 0) show(state)
  } catch {
    // The screen shows by itself that there is no connection.
  }
}

async function refreshOptions(): Promise<void> {
  const values = await Promise.all(
    OPTION_NAMES.map((name) => call<boolean>(`core.tracklist.get_${name}`)),
  ).catch(() => undefined)
  if (values === undefined) return
  const [random = false, repeat = false, single = false, consume = false] = values
  options.value = { random, repeat, single, consume }
}

onOpen((isFirst) => {
  if (!mopidyOnline.value) return
  // The page has fetched the state at its start; it may have changed before the socket was open.
  if (isFirst) whenCalm(refreshPlayback)
  else refreshPlayback()
  refreshOptions()
  call<string | null>('core.playback.get_stream_title').then(
    (title) => {
      streamTitle.value = title
    },
    () => {},
  )
})

onEvent((name, data) => {
  const current = playback.value
  if (name === 'options_changed') refreshOptions()
  else if (name === 'stream_title_changed') streamTitle.value = String(data.title ?? '') || null
  else if (name === 'volume_changed' && current && commands === 0)
    playback.value = { ...current, volume: Number(data.volume) }
  else if (name === 'mute_changed' && current) playback.value = { ...current, mute: !!data.mute }
  else if (/^(track_playback|playback_state|seeked|tracklist|queue_attr)/.test(name)) {
    if (name === 'track_playback_started') streamTitle.value = null
    generation += 1
    refreshSoon()
  }
})
