import { type MethodName, methods } from '../methods'

/** The lanes of Mopidy's line; calls of a lower number go first. */
export const Lane = { player: 0, queue: 1, library: 2 } as const
export type Lane = (typeof Lane)[keyof typeof Lane]

// Mopidy writes a long tracklist into the answers to these, during which it hears nobody.
const WHOLE_QUEUE: readonly string[] = [
  'core.tracklist.filter',
  'core.tracklist.get_tl_tracks',
  'core.tracklist.get_tracks',
  'core.tracklist.slice',
]

const lanes = new Map(Object.keys(methods).map((name) => [name as MethodName, laneFor(name)]))

/** The lane of a method's calls. */
export function laneOf(name: MethodName): Lane {
  return lanes.get(name) ?? Lane.library
}

function laneFor(name: string): Lane {
  const { asksLibrary, queue } = methods[name as MethodName]
  // A playlist may be one of a music service.
  if (asksLibrary || name.startsWith('core.playlists.')) return Lane.library
  return queue === 'write' || WHOLE_QUEUE.includes(name) ? Lane.queue : Lane.player
}
