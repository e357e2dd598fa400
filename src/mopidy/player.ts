import type { Clock } from '../clock'
import type { MopidyEvent } from './events'
import type { Mopidy } from './mopidy'
import { readTlTrack, type TlTrack } from './track'

export type PlaybackState = 'playing' | 'paused' | 'stopped'

/** What plays at one moment. */
export type Snapshot = Readonly<{
  state: PlaybackState
  current: TlTrack | null
  positionMs: number
  volume: number | null
  mute: boolean | null
}>

export type Player = ReturnType<typeof createPlayer>

/**
 * What plays, followed by Mopidy's events, with a clock for the position. Events tell everything but
 * a track chosen while nothing plays and one that leaves the tracklist; then Mopidy is asked.
 */
export function createPlayer({ mopidy, clock }: { mopidy: Mopidy; clock: Clock }) {
  let state: PlaybackState = 'stopped'
  let current: TlTrack | null = null
  let volume: number | null = null
  let mute: boolean | null = null
  let anchor = { positionMs: 0, at: clock.elapsed() }

  const position = () => {
    const elapsed = state === 'playing' ? Math.max(0, clock.elapsed() - anchor.at) : 0
    const most = current?.track.lengthMs ?? Number.POSITIVE_INFINITY
    return Math.min(anchor.positionMs + elapsed, Math.max(most, anchor.positionMs))
  }
  const moveTo = (positionMs: unknown) => {
    anchor = { positionMs: typeof positionMs === 'number' ? positionMs : 0, at: clock.elapsed() }
  }

  function hear({ name, data }: MopidyEvent): void {
    switch (name) {
      case 'track_playback_started':
        setCurrent(readTlTrack(data.tl_track) ?? null, 'playing', 0)
        break
      case 'track_playback_paused':
        setCurrent(readTlTrack(data.tl_track) ?? current, 'paused', data.time_position)
        break
      case 'track_playback_resumed':
        setCurrent(readTlTrack(data.tl_track) ?? current, 'playing', data.time_position)
        break
      case 'track_playback_ended':
        // While Mopidy plays, the start of the next track follows at once. Where none follows, the event
        // was stale: after two quick skips the sound goes on.
        if (state === 'stopped') setCurrent(null, state, 0)
        break
      case 'playback_state_changed':
        setState(data.new_state)
        break
      case 'seeked':
        moveTo(data.time_position)
        break
      case 'tracklist_changed':
        learnTrack()
        break
      case 'volume_changed':
        volume = readVolume(data.volume)
        break
      case 'mute_changed':
        mute = readMute(data.mute)
        break
    }
  }

  function setCurrent(tlTrack: TlTrack | null, newState: PlaybackState, positionMs: unknown): void {
    current = tlTrack
    state = newState
    moveTo(positionMs)
  }

  function setState(value: unknown): void {
    const newState = readState(value)
    if (newState === undefined) return
    moveTo(newState === 'stopped' ? 0 : position())
    state = newState
  }

  /** Asks one thing; an answer is at least as new as every event heard before it. */
  function learn(method: string, apply: (result: unknown) => void): void {
    mopidy.send(method, {}, (answer) => {
      if ('result' in answer) apply(answer.result)
    })
  }

  function learnTrack(): void {
    learn('core.playback.get_current_tl_track', (result) => {
      current = readTlTrack(result) ?? null
    })
    learn('core.playback.get_state', setState)
    learn('core.playback.get_time_position', moveTo)
  }

  function learnMixer(): void {
    learn('core.mixer.get_volume', (result) => {
      volume = readVolume(result)
    })
    learn('core.mixer.get_mute', (result) => {
      mute = readMute(result)
    })
  }

  mopidy.onEvent(hear)
  mopidy.onStatus(({ online }) => {
    if (!online) return
    learnTrack()
    learnMixer()
  })

  return {
    /** What plays now, as far as Mopidy has told. */
    snapshot: (): Snapshot => ({
      state,
      current,
      positionMs: Math.round(position()),
      volume,
      mute,
    }),

    /** To be called after a write that may have chosen a track without an event. */
    refresh(): void {
      if (state !== 'playing') learnTrack()
    },
  }
}

/** Reads Mopidy's name of a state; undefined when it is none. */
export const readState = (value: unknown): PlaybackState | undefined =>
  value === 'playing' || value === 'paused' || value === 'stopped' ? value : undefined

const readVolume = (value: unknown) => (typeof value === 'number' ? value : null)
const readMute = (value: unknown) => (typeof value === 'boolean' ? value : null)
