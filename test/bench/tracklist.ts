import type { Load } from './load'
import type { Stage } from './stage'

/** So many URIs of the library, its own ones again and again. */
export function urisOf({ mopidy }: Stage, count: number): string[] {
  const { tracks } = mopidy
  return Array.from({ length: count }, (_, index) => tracks[index % tracks.length]?.uri ?? '')
}

/** Makes Mopidy's tracklist so long, over the open socket of that name. */
export async function setTracklist(
  { load, name }: { load: Load; name: string },
  uris: readonly string[],
): Promise<void> {
  await load.ask('result', name, { call: { method: 'core.tracklist.clear' } })
  if (uris.length === 0) return
  const call = { method: 'core.tracklist.add', params: { uris } }
  const added = await load.ask('result', name, { call })
  if (!Array.isArray(added) || added.length !== uris.length)
    throw new Error(`Mopidy did not add ${uris.length} tracks`)
}
