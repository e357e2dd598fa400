import type { TlTrack, Track } from '../models/models'
import type { Tracklist } from '../tracklist/tracklist'
import type { Audio, AudioListener } from './audio'
import type { Player, State } from './player'

/** Changes from one track to another: a command begins one, a message of the audio finishes it. */
export function createTrackChanges(services: {
  audio: Audio
  tracklist: Tracklist
  player: Player
  reassertVolume(): void
  /** `core.playback.seek` and `pause`, by which a restored track gets its position and state. */
  seek(timePosition: number): boolean | null
  pause(): void
}) {
  const { audio, tracklist, player, reassertVolume, seek, pause } = services

  function load(track: Track): boolean {
    if (!player.playable(track)) return false
    audio.setTrack(track)
    reassertVolume()
    return true
  }

  /** Starts going to a track in the given state; false when it cannot be played. */
  function begin(to: TlTrack | null, as: State): boolean {
    player.pending = to
    if (to === null) {
      stop()
      onEndOfStream() // Mopidy acts as at the end of a stream here, so it announces `stopped` twice.
      return true
    }
    if (!player.playable(to.track)) return false
    player.lastPosition = player.position()
    audio.prepareChange()
    load(to.track)
    if (as === 'playing') return audio.play()
    if (as === 'paused') return audio.pause()
    player.current = to
    player.pending = null
    return true
  }

  function stop() {
    if (player.state === 'stopped') return
    player.lastPosition = player.position()
    if (!player.audible() || audio.stop()) player.setState('stopped')
  }

  function seekAudio(to: number): boolean {
    return player.audible() && audio.seek(to)
  }

  function onStreamChanged() {
    const ended = player.lastPosition ?? player.position()
    player.lastPosition = null
    if (player.pendingPosition === null) player.emitEnded(ended)
    player.streamTitle = null
    if (player.pending === null) return
    player.current = player.pending
    player.pending = null
    if (player.pendingPosition !== null) seekAudio(player.pendingPosition)
    player.setState('playing')
    player.emitStarted()
    restorePosition()
  }

  function restorePosition() {
    const at = player.startAt
    player.startAt = null
    if (at && seek(at)) return
    startPaused()
  }

  function startPaused() {
    if (!player.startPaused) return
    player.startPaused = false
    pause()
  }

  function onAboutToFinish() {
    // When the current track has been removed, Mopidy raises here, and playback ends with the list unplayed.
    if (player.state === 'stopped' || player.current === null) return
    player.lastPosition = player.current.track.length ?? null
    let after = tracklist.succession.atEnd(player.current)
    for (let left = tracklist.length() * 2; after && left > 0; left--) {
      if (load(after.track)) {
        player.pending = after
        return
      }
      tracklist.markUnplayable(after)
      after = tracklist.succession.atEnd(after)
    }
  }

  function onEndOfStream() {
    player.setState('stopped')
    player.emitEnded(player.position())
    player.current = null
  }

  const listener: AudioListener = {
    onStreamChanged,
    onAboutToFinish,
    onEndOfStream,
    onPositionChanged() {
      if (player.pendingPosition === null) return
      player.emitSeeked(player.pendingPosition)
      player.pendingPosition = null
      startPaused()
    },
    onPaused() {
      if (player.state === 'paused') return
      player.setState('paused')
      player.emitPosition('track_playback_paused')
    },
    onStreamTitle(title) {
      if (player.current && player.current.track.name !== title) player.emitStreamTitle(title)
    },
  }

  return { begin, stop, seekAudio, listener }
}
