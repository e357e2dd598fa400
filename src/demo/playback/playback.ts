import type { TlTrack } from '../models/models'
import { PythonError } from '../models/python'
import { checkChoice, checkInteger, checkModel, PLAYBACK_STATES } from '../models/validation'
import type { Tracklist } from '../tracklist/tracklist'
import type { Audio } from './audio'
import type { Player, State } from './player'
import { createTrackChanges } from './track-changes'

export type SavedPlayback = { tlid: number | null; position: number; state: State }

/** `core.playback.*`: a port of Mopidy's PlaybackController, with the order of its events. */
export function createPlayback(services: {
  audio: Audio
  tracklist: Tracklist
  player: Player
  reassertVolume(): void
}) {
  const { audio, tracklist, player } = services
  const { succession } = tracklist
  const changes = createTrackChanges({ ...services, seek, pause })

  function play(tlTrack: unknown, tlid: unknown) {
    if (tlTrack !== null && tlid !== null) {
      throw new PythonError('ValueError', 'At most one of "tl_track" and "tlid" may be set')
    }
    let wanted = tlTrack === null ? null : checkModel(tlTrack, 'TlTrack')
    if (tlid !== null) wanted = tracklist.byTlid(checkInteger(tlid, 1))
    if (wanted !== null && !tracklist.includes(wanted)) throw new PythonError('AssertionError', '')
    if (wanted === null && player.state === 'paused') return resume()

    // Mopidy takes a tlid that is not in the list for none, and starts the current track again.
    let to = wanted ?? player.pending ?? player.current ?? succession.after(null)
    for (let left = attempts(); to && left > 0; left--) {
      if (changes.begin(to, 'playing')) break
      tracklist.markUnplayable(to)
      to = succession.after(to)
    }
    return null
  }

  function next() {
    walk(succession.after)
    return null
  }

  function previous() {
    player.goingBack = true
    walk(succession.before)
    return null
  }

  /** Goes from track to track until one can be played; past the end of the list it stops. */
  function walk(step: (from: TlTrack) => TlTrack | null) {
    let from = player.pending ?? player.current
    for (let left = attempts(); from && left > 0; left--) {
      const to = step(from)
      if (changes.begin(to, player.state) || to === null) break
      tracklist.markUnplayable(to)
      from = to
    }
  }

  /** How many tracks to try: without a bound, a repeating list without a playable one never ends. */
  function attempts(): number {
    return Math.max(1, tracklist.length() * 2)
  }

  function pause() {
    if (player.audible() && !audio.pause()) return null
    player.setState('paused')
    player.emitPosition('track_playback_paused')
    return null
  }

  function resume() {
    if (player.state !== 'paused' || !player.audible() || !audio.play()) return null
    player.setState('playing')
    player.emitPosition('track_playback_resumed')
    return null
  }

  function seek(timePosition: unknown): boolean | null {
    const to = Math.max(0, checkInteger(timePosition))
    if (tracklist.length() === 0) return false
    if (player.state === 'stopped') play(null, null)
    const tlTrack = player.current ?? player.pending
    if (!tlTrack) {
      throw new PythonError('AttributeError', "'NoneType' object has no attribute 'track'")
    }
    const { length } = tlTrack.track
    if (length === undefined) return false
    if (to > length) {
      next()
      return true
    }
    player.pendingPosition = to
    if (player.current === null || player.pending === null) return changes.seekAudio(to)
    changes.begin(player.current, player.state)
    return null
  }

  return {
    listener: changes.listener,
    current: () => player.current,

    save: (): SavedPlayback => ({
      tlid: player.current?.tlid ?? null,
      position: player.position(),
      state: player.state,
    }),
    load({ tlid, position, state }: SavedPlayback) {
      if (tlid === null || state === 'stopped') return
      player.startPaused = state === 'paused'
      player.startAt = position
      play(null, tlid)
    },

    onTracklistChange() {
      if (tracklist.length() === 0) {
        changes.stop()
        player.current = null
      } else if (player.current && !tracklist.includes(player.current)) player.current = null
    },

    methods: {
      'core.playback.get_current_tl_track': () => player.current,
      'core.playback.get_current_tlid': () => player.current?.tlid ?? null,
      'core.playback.get_current_track': () => player.current?.track ?? null,
      'core.playback.get_state': () => player.state,
      'core.playback.get_stream_title': () => player.streamTitle,
      'core.playback.get_time_position': () => player.position(),
      'core.playback.next': next,
      'core.playback.pause': pause,
      'core.playback.play': play,
      'core.playback.previous': previous,
      'core.playback.resume': resume,
      'core.playback.seek': seek,
      'core.playback.set_state': (value: unknown) => {
        if (Array.isArray(value)) throw new PythonError('TypeError', "unhashable type: 'list'")
        player.setState(checkChoice(value, PLAYBACK_STATES))
        return null
      },
      'core.playback.stop': () => {
        changes.stop()
        return null
      },
    },
  }
}
