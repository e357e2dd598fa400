import type { Group } from '../events'
import type { Parameter } from '../parameters'
import type { Addresses } from './addresses'

/** What a role needs to call a method; `nobody` is denied to everyone. */
type Need =
  | 'see'
  | 'browse'
  | 'playback'
  | 'volume'
  | 'options'
  | 'queue.add'
  | 'queue.edit'
  | 'playlists'
  | 'playlists.save'
  | 'library.refresh'
  | 'nobody'

/** What a call is logged as when Mopidy says that it worked. */
export const ACTION_TYPES = [
  'play',
  'pause',
  'stop',
  'skip',
  'previous',
  'search',
  'queue_add',
  'queue_remove',
  'volume_changed',
  'seek',
  'queue_move',
  'queue_shuffle',
  'queue_clear',
  'options_changed',
  'mute_changed',
  'playlist_saved',
  'playlist_deleted',
] as const

export type ActionType = (typeof ACTION_TYPES)[number]

/** All that the program knows about a method of Mopidy's. */
export type Method = Readonly<{
  /** Whether it changes anything. */
  kind: 'read' | 'write'
  need: Need
  /** In Mopidy's order, which is that of positional parameters. */
  parameters: Readonly<Record<string, Parameter>>
  /** Completes "A guest may not …"; a read is refused in the words of its permission. */
  does?: string
  action?: ActionType
  /** Of a read whose answer is kept: what makes it stale. */
  keptWith?: readonly Group[]
  /** The kept answer is a position, which grows by itself while a track plays. */
  growsWhilePlaying?: true
  /** Answered while Mopidy is away, too: with the last answer, or that of Mopidy 3.4. */
  answeredOffline?: true
  /** Of a write: what it may make stale, before any event tells. */
  touches?: readonly Group[]
  /** Whether it reads or changes the tracklist: such calls of one client keep their order. */
  queue?: 'read' | 'write'
  /** Many `uris` go to Mopidy in chunks, with other people's calls in between. */
  inChunks?: true
  /** The addresses that its parameters name: not everybody may use any. */
  addresses?: Addresses
  limits?: LimitedBy
  /** What is asked of Mopidy right before it is sent, because its reply no longer tells. */
  before?: readonly BeforeFact[]
  changesTrack?: TrackChange
  /** Of an action `options_changed`: the option. */
  option?: string
  /** It may have to ask a music service: it gets a long deadline. */
  asksLibrary?: true
  /** Not to be sent to Mopidy 3, whatever the role. */
  breaksMopidy3?: true
}>

/** The limits of a role that a method is held to, and the part of a call that each looks at. */
type LimitedBy = Readonly<{
  /** By `volume_ceiling`: the volume that is to be set. */
  volume?: (params: Readonly<Record<string, unknown>>) => number
  /** By `uri_schemes`: the tracks, and the verb of the refusal. */
  tracks?: Readonly<{ addresses: Addresses; verb: 'add' | 'save' }>
  /** By `max_queued`, `adds_per_minute` and `longest_track_ms`, for which the library is asked first. */
  adds?: true
}>

/** A fact about the moment before a call: the player's state, the tlid of its track, and so on. */
export type BeforeFact =
  | 'state'
  | 'tlid'
  | 'length'
  | 'index'
  | 'tracks'
  | 'playlistName'
  | 'volume'

/** What has to be known of the player to tell which track a command has ended or started. */
export const PLAYER: readonly BeforeFact[] = ['state', 'tlid', 'length']

/** What a method may do to the track that plays. */
type TrackChange = Readonly<{
  /** Why the play of that track ends. */
  ends?: 'replaced' | 'skipped' | 'stopped'
  /** It starts another one. */
  starts?: true
  /** A paused track goes on. */
  resumes?: true
  /** While nothing plays it chooses a track, and no event tells. */
  choosesSilently?: true
}>

type ReadFact =
  | 'parameters'
  | 'action'
  | 'keptWith'
  | 'growsWhilePlaying'
  | 'answeredOffline'
  | 'queue'
  | 'addresses'
  | 'asksLibrary'
  | 'breaksMopidy3'
type WriteFact =
  | 'parameters'
  | 'action'
  | 'touches'
  | 'queue'
  | 'inChunks'
  | 'addresses'
  | 'limits'
  | 'before'
  | 'changesTrack'
  | 'option'
  | 'asksLibrary'

/** A method that changes nothing. */
export function read(need: 'see' | 'browse', facts: Partial<Pick<Method, ReadFact>> = {}): Method {
  return { kind: 'read', need, parameters: {}, ...facts }
}

/** A method that changes something; `does` completes "A guest may not …". */
export function write(
  need: Exclude<Need, 'see' | 'browse' | 'nobody'>,
  does: string,
  facts: Partial<Pick<Method, WriteFact>>,
): Method {
  return { kind: 'write', need, does, parameters: {}, ...facts }
}

/** A method that nobody may call. */
export function denied(kind: Method['kind'], parameters: Method['parameters']): Method {
  return { kind, need: 'nobody', parameters }
}
