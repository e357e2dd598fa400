import type { EdgeAction, EdgePlay } from '../edge-rows'

/** How often an item occurs, and how long it was heard. */
export type Counted = { times: number; listenedMs: number }
export type NamedTrack = { track_uri: string; track_name: string | null; artist: string | null }

/** The id of a track or name in the roll-ups; its address or text when it is in none yet. */
export type Item = number | string
export type Counts = Map<Item, Counted>

export const LISTS = {
  tracksQueued: 1,
  artistsQueued: 2,
  tracksPlayed: 3,
  artistsPlayed: 4,
  albumsPlayed: 5,
  tracksSkipped: 6,
  searches: 7,
} as const
export type List = keyof typeof LISTS

/** Finds the ids of the roll-ups. */
type Known = Readonly<{
  track: (uri: string) => number | undefined
  name: (text: string) => number | undefined
}>

/** Stands in the roll-ups of days where a row has no track, artist or album. */
const NONE = 0

/** Adds up, for each list, the rows and days that its own roll-up does not cover. */
export function createExtraCounts(known: Known) {
  const counts: Readonly<Record<List, Counts>> = {
    tracksQueued: new Map(),
    artistsQueued: new Map(),
    tracksPlayed: new Map(),
    artistsPlayed: new Map(),
    albumsPlayed: new Map(),
    tracksSkipped: new Map(),
    searches: new Map(),
  }
  /** Tracks that are in no roll-up yet. */
  const unknown = new Map<Item, NamedTrack>()

  function trackOf(track: NamedTrack): Item {
    const id = known.track(track.track_uri)
    if (id === undefined) unknown.set(track.track_uri, track)
    return id ?? track.track_uri
  }
  const nameOf = (text: string | null) => (text === null ? NONE : (known.name(text) ?? text))

  function add(list: List, item: Item, times: number, listenedMs: number): void {
    if (item === NONE || (times === 0 && listenedMs === 0)) return
    increase(counts[list], item, times, listenedMs)
  }

  function addQueued(track: Item, artist: Item, times: number): void {
    add('tracksQueued', track, times, 0)
    add('artistsQueued', artist, times, 0)
  }

  function addPlayed(
    [track, artist, album]: readonly [Item, Item, Item],
    [times, listenedMs, skipped]: readonly [number, number, number],
  ): void {
    add('tracksPlayed', track, times, listenedMs)
    add('artistsPlayed', artist, times, listenedMs)
    add('albumsPlayed', album, times, listenedMs)
    add('tracksSkipped', track, skipped, 0)
  }

  return {
    counts,
    unknown: unknown as ReadonlyMap<Item, NamedTrack>,
    addQueued,
    addPlayed,

    addActions(actions: readonly EdgeAction[]): void {
      for (const { action_type, searched, count, track_uri, track_name, artist } of actions) {
        if (searched !== null) add('searches', searched, count, 0)
        if (action_type !== 'queue_add') continue
        const track = track_uri === null ? NONE : trackOf({ track_uri, track_name, artist })
        addQueued(track, nameOf(artist), count)
      }
    },

    addPlays(plays: readonly EdgePlay[]): void {
      for (const { sign, listened_ms, skipped, artist, album, track_uri, track_name } of plays) {
        const track = trackOf({ track_uri, track_name, artist })
        const counted = [sign, sign * listened_ms, sign * skipped] as const
        addPlayed([track, nameOf(artist), nameOf(album)], counted)
      }
    },
  }
}

export function increase(counts: Counts, item: Item, times: number, listenedMs: number): void {
  const counted = counts.get(item)
  if (counted === undefined) {
    counts.set(item, { times, listenedMs })
    return
  }
  counted.times += times
  counted.listenedMs += listenedMs
}
