import { effect } from '@preact/signals'
import { may } from '../connection/session'
import { coverOf } from '../library/covers'
import { playback, playerCommands, positionNow } from './player'

/**
 * Connects the media keys of keyboards, headsets and lock screens, for roles that have the player's
 * controls.
 */
export function listenToMediaKeys(): void {
  const session = navigator.mediaSession
  window.addEventListener('keydown', ({ key }) => {
    if (!may('playback')) return
    if (key === 'MediaPlayPause') playerCommands.toggle()
    else if (key === 'MediaTrackNext') playerCommands.next()
    else if (key === 'MediaTrackPrevious') playerCommands.previous()
    else if (key === 'MediaStop') playerCommands.stop()
  })
  if (session === undefined) return
  effect(() => {
    const { track = null, state = 'stopped' } = playback.value ?? {}
    const cover = track && coverOf(track.uri).value
    session.metadata =
      track &&
      new MediaMetadata({
        title: track.name ?? '',
        artist: track.artist ?? '',
        album: track.album ?? '',
        ...(cover && { artwork: [{ src: cover }] }),
      })
    session.playbackState = state === 'stopped' ? 'none' : state
    const length = track?.length_ms
    if (length)
      session.setPositionState?.({
        duration: length / 1000,
        position: Math.min(positionNow(), length) / 1000,
      })
  })
  effect(() => {
    const handlers: [MediaSessionAction, (details: MediaSessionActionDetails) => void][] = [
      ['play', () => playerCommands.toggle()],
      ['pause', () => playerCommands.toggle()],
      ['nexttrack', () => playerCommands.next()],
      ['previoustrack', () => playerCommands.previous()],
      ['stop', () => playerCommands.stop()],
      ['seekto', ({ seekTime = 0 }) => playerCommands.seek(seekTime * 1000)],
    ]
    for (const [action, handle] of handlers)
      session.setActionHandler(action, may('playback') ? handle : null)
  })
}
