/** Mopidy's events, all 14, the same in 3.4 and 4.0 (mopidy/core/listener.py). */
export const EVENTS = [
  'track_playback_started',
  'track_playback_paused',
  'track_playback_resumed',
  'track_playback_ended',
  'playback_state_changed',
  'tracklist_changed',
  'options_changed',
  'playlists_loaded',
  'playlist_changed',
  'playlist_deleted',
  'volume_changed',
  'mute_changed',
  'seeked',
  'stream_title_changed',
] as const

export type EventName = (typeof EVENTS)[number]

export type MopidyEvent = Readonly<{
  name: EventName
  data: Readonly<Record<string, unknown>>
  /** The frame as Mopidy sent it. */
  text: string
}>

const names: ReadonlySet<string> = new Set(EVENTS)

/** Whether Mopidy has an event of that name; others are not passed on. */
export function isEventName(name: string): name is EventName {
  return names.has(name)
}
