import type { Clock } from '../clock'
import type { MopidyEvent } from './events'
import { createMixerMemory } from './mixer-memory'
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
  /** How long ago Mopidy told the volume and the mute, in milliseconds. */
  mixerAgeMs: number
}>

const MIXER_READS = ['core.mixer.get_volume', 'core.mixer.get_mute'] as const

export type Player = ReturnType<typeof createPlayer>

/**
 * What plays, followed by Mopidy's events, with a clock for the position. Events tell everything but
 * a track chosen while nothing plays and one that leaves the tracklist; then Mopidy is asked.
 */
export function createPlayer({ mopidy, clock }: { mopidy: Mopidy; clock: Clock }) {
  let state: PlaybackState = 'stopped'
  let current: TlTrack | null = null
  const mixer = createMixerMemory(clock)
  let asking: Promise<void> | undefined
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
    for (const method of MIXER_READS) learn(method, (result) => mixer.learn(method, result))
  }

  mopidy.onEvent(hear)
  mopidy.onEvent(mixer.hear)
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
      volume: mixer.volume(),
      mute: mixer.mute(),
      mixerAgeMs: mixer.ageMs(),
    }),

    mixer,

    /** Asks Mopidy for the volume and the mute; resolves when it has told them, or cannot. */
    async askMixer(): Promise<void> {
      asking ??= Promise.all(
        MIXER_READS.map(async (method) => {
          const answer = await mopidy.call(method)
          if ('result' in answer) mixer.learn(method, answer.result)
        }),
      ).then(() => {
        asking = undefined
      })
      await asking
    },

    /** To be called after a write that may have chosen a track without an event. */
    refresh(): void {
      if (state !== 'playing') learnTrack()
    },
  }
}

/** Reads Mopidy's name of a state; undefined when it is none. */
export const readState = (value: unknown): PlaybackState | undefined =>
  value === 'playing' || value === 'paused' || value === 'stopped' ? value : undefined
