import type { DemoEvent } from '../models/events'
import type { TlTrack, Track } from '../models/models'
import type { PLAYBACK_STATES } from '../models/validation'
import type { Tracklist } from '../tracklist/tracklist'
import type { History } from './history'

export type State = (typeof PLAYBACK_STATES)[number]
export type Player = ReturnType<typeof createPlayer>

/** The state of the playback, and the events that announce it. */
export function createPlayer(services: {
  tracklist: Tracklist
  history: History
  playable(track: Track): boolean
  audioPosition(): number
  emit(event: DemoEvent): void
}) {
  const { tracklist, history, playable, audioPosition, emit } = services

  const player = {
    state: 'stopped' as State,
    current: null as TlTrack | null,
    /** The track that was asked for and that the audio has not started yet. */
    pending: null as TlTrack | null,
    pendingPosition: null as number | null,
    /** The position, in milliseconds, at which the previous track was left; null when it is unknown. */
    lastPosition: null as number | null,
    goingBack: false,
    /** After a restart: the position of the restored track, and whether it was paused. */
    startAt: null as number | null,
    startPaused: false,
    streamTitle: null as string | null,

    playable,

    audible(): boolean {
      return player.current !== null && playable(player.current.track)
    },
    position(): number {
      if (player.pendingPosition !== null) return player.pendingPosition
      return player.audible() ? audioPosition() : 0
    },

    setState(state: State) {
      const old_state = player.state
      player.state = state
      emit({ old_state, new_state: state, event: 'playback_state_changed' })
    },
    emitPosition(event: 'track_playback_paused' | 'track_playback_resumed') {
      const tl_track = player.current
      if (tl_track) emit({ tl_track, time_position: player.position(), event })
    },
    emitStarted() {
      const tl_track = player.current
      if (!tl_track) return
      tracklist.markPlaying(tl_track)
      history.add(tl_track.track)
      emit({ tl_track, event: 'track_playback_started' })
    },
    emitEnded(time_position: number) {
      const tl_track = player.current
      if (!tl_track) return
      // In consume mode this removes the track from the list and clears `current`.
      if (!player.goingBack) tracklist.markPlayed(tl_track)
      player.goingBack = false
      emit({ tl_track, time_position, event: 'track_playback_ended' })
    },
    emitSeeked(time_position: number) {
      emit({ time_position, event: 'seeked' })
    },
    emitStreamTitle(title: string) {
      player.streamTitle = title
      emit({ title, event: 'stream_title_changed' })
    },
  }

  return player
}
