/** Facts that change together: an event, or a write, makes the kept answers of whole groups stale. */
export type Group =
  | 'state'
  | 'current'
  | 'position'
  | 'mixer'
  | 'options'
  | 'tracklist'
  | 'history'
  | 'playlists'
  | 'library'
  /** Facts that stay the same as long as Mopidy runs. */
  | 'constant'

/**
 * Mopidy's events, all 14, the same in 3.4 and 4.0 (mopidy/core/listener.py), and what each makes
 * stale. A track that leaves the tracklist is no longer current, without an event of its own; without
 * a current track the position is 0.
 */
const table = {
  track_playback_started: ['state', 'current', 'position', 'history'],
  track_playback_paused: ['state', 'current', 'position'],
  track_playback_resumed: ['state', 'current', 'position'],
  track_playback_ended: ['state', 'current', 'position'],
  playback_state_changed: ['state', 'current', 'position'],
  tracklist_changed: ['tracklist', 'current', 'position'],
  options_changed: ['options'],
  playlists_loaded: ['playlists'],
  playlist_changed: ['playlists'],
  playlist_deleted: ['playlists'],
  volume_changed: ['mixer'],
  mute_changed: ['mixer'],
  seeked: ['position'],
  stream_title_changed: ['current'],
} as const satisfies Record<string, readonly Group[]>

export type EventName = keyof typeof table

/** The groups that each event makes stale. */
export const staleBy: Readonly<Record<EventName, readonly Group[]>> = table

export const EVENTS = Object.keys(table) as readonly EventName[]

export type MopidyEvent = Readonly<{
  name: EventName
  data: Readonly<Record<string, unknown>>
  /** The frame as Mopidy sent it. */
  text: string
}>

/** Whether Mopidy has an event of that name; others are not passed on. */
export function isEventName(name: string): name is EventName {
  return Object.hasOwn(table, name)
}
