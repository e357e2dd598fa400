import { isRecord } from '../json'
import type { Call } from '../mopidy/call'
import type { ActionType } from '../mopidy/methods/method'
import type { Snapshot } from '../mopidy/player'
import { readTlTrack, readTlTracks, type Track } from '../mopidy/track'
import type { Before } from './before'

/** What somebody did, as it is recorded. */
export type Action = Readonly<{
  type: ActionType
  track: Track | null
  positionMs: number | null
  metadata: Readonly<Record<string, unknown>> | null
}>

/** The actions that a call with that result is recorded as; none when Mopidy did nothing. */
export function classify(call: Call, result: unknown, before: Before): Action[] {
  const { action: type } = call.method
  if (type === undefined || result === false) return []
  const action = (metadata: Action['metadata'] = null, track: Track | null = null): Action[] => [
    { type, track, positionMs: null, metadata },
  ]
  const { player } = before
  const { params } = call

  switch (type) {
    case 'play':
    case 'pause':
    case 'stop':
    case 'skip':
    case 'previous':
      return [onCurrent(type, player)]
    case 'seek':
      return [
        {
          type,
          track: player.current?.track ?? null,
          positionMs: params.time_position as number,
          metadata: { from_ms: player.positionMs },
        },
      ]
    case 'search':
      return action({ query: params.query, results: resultsIn(result) })
    case 'queue_add':
    case 'queue_remove':
      return readTlTracks(result).map(({ tlid, track }) => ({
        type,
        track,
        positionMs: null,
        metadata: { tlid },
      }))
    case 'queue_move': {
      const { tracks = [] } = before
      const metadata = { ...params, tlids: tracks.map(({ tlid }) => tlid) }
      return action(metadata, tracks[0]?.track ?? null)
    }
    case 'queue_shuffle':
      return action({ ...params })
    case 'queue_clear':
      return action({ tracks: before.length ?? null })
    case 'volume_changed':
      return action({
        volume: params.volume,
        from: before.volume === undefined ? player.volume : before.volume,
      })
    case 'mute_changed':
      return action({ mute: params.mute })
    case 'options_changed':
      return action({ option: call.method.option, value: params.value })
    case 'playlist_saved':
      return isRecord(result)
        ? action({ uri: result.uri, name: result.name, tracks: lengthOf(result.tracks) })
        : []
    case 'playlist_deleted':
      return action({ uri: params.uri, name: before.playlistName ?? null })
  }
}

/** A command to the player, with the track that was current when it was sent. */
function onCurrent(type: ActionType, { current, positionMs }: Snapshot): Action {
  if (current === null) return { type, track: null, positionMs: null, metadata: null }
  return { type, track: current.track, positionMs, metadata: { tlid: current.tlid } }
}

/** The start of the track that an event names; undefined when it names none. */
export function startOf(type: ActionType, model: unknown, positionMs: unknown): Action | undefined {
  const tlTrack = readTlTrack(model)
  if (tlTrack === undefined) return undefined
  const { tlid, track } = tlTrack
  const position = typeof positionMs === 'number' ? positionMs : 0
  return { type, track, positionMs: position, metadata: { tlid } }
}

/** The number of tracks, albums and artists found, by all backends together. */
function resultsIn(results: unknown): number {
  if (!Array.isArray(results)) return 0
  return results.filter(isRecord).reduce((sum, { tracks, albums, artists }) => {
    return sum + lengthOf(tracks) + lengthOf(albums) + lengthOf(artists)
  }, 0)
}

const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : 0)
