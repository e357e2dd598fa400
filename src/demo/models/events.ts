import type { Playlist, TlTrack } from './models'

type State = 'playing' | 'paused' | 'stopped'
type AtPosition = 'track_playback_paused' | 'track_playback_resumed' | 'track_playback_ended'

/** Mopidy's 14 events, with the members in the order in which Mopidy sends them. */
export type DemoEvent =
  | { tl_track: TlTrack; event: 'track_playback_started' }
  | { tl_track: TlTrack; time_position: number; event: AtPosition }
  | { old_state: State; new_state: State; event: 'playback_state_changed' }
  | { event: 'tracklist_changed' | 'options_changed' | 'playlists_loaded' }
  | { playlist: Playlist; event: 'playlist_changed' }
  | { uri: string; event: 'playlist_deleted' }
  | { volume: number; event: 'volume_changed' }
  | { mute: boolean; event: 'mute_changed' }
  | { time_position: number; event: 'seeked' }
  | { title: string; event: 'stream_title_changed' }
