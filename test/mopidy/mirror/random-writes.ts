import type { Random } from '../seeded-random'
import type { Request } from './mirror-caller'
import type { Known } from './mirrored-reads'

export const SETTINGS = ['volume', 'mute', 'consume', 'random', 'repeat', 'single'] as const
export type Setting = (typeof SETTINGS)[number]

const MODES: readonly string[] = SETTINGS.slice(2)

/** What somebody presses at the player. */
export function playbackWrite(random: Random, { tlids, latestSeekMs }: Known): Request {
  const method = random.pick([
    ...['play', 'play', 'play', 'play a track', 'play a track', 'pause', 'pause', 'resume'],
    ...['stop', 'next', 'next', 'previous', 'seek', 'seek'],
  ])
  if (method === 'seek')
    return { method: 'playback.seek', params: { time_position: random.below(latestSeekMs) } }
  if (method !== 'play a track') return { method: `playback.${method}` }
  return { method: 'playback.play', params: { tlid: random.pick([...tlids, 1_000_000]) } }
}

/** Something done to the queue; some of it fails. */
export function queueWrite(random: Random, known: Known): Request {
  const kind = random.pick([
    'add',
    'add',
    'add',
    'add',
    'remove',
    'remove',
    'move',
    'more',
  ] as const)
  if (kind === 'add') return add(random, known)
  if (kind === 'remove') return { method: 'tracklist.remove', params: criteria(random, known) }
  const [start, end, to_position] = [random.below(8), random.below(9), random.below(12)]
  if (kind === 'move') return { method: 'tracklist.move', params: { start, end, to_position } }
  if (random.chance(0.3)) return { method: 'tracklist.clear' }
  return { method: 'tracklist.shuffle', params: random.chance(0.5) ? {} : { start, end } }
}

function add(random: Random, { uris }: Known): Request {
  // Above twenty it goes in chunks.
  const count = random.chance(0.15) ? 21 + random.below(24) : 1 + random.below(3)
  const at = random.chance(0.4) ? { at_position: random.below(10) } : {}
  const chosen = Array.from({ length: count }, () => random.pick(uris))
  return { method: 'tracklist.add', params: { uris: chosen, ...at } }
}

function criteria(random: Random, { uris, tlids }: Known): Record<string, unknown> {
  if (random.chance(0.2)) return { criteria: { uri: [random.pick(uris)] } }
  return { criteria: { tlid: [random.pick([...tlids, 1_000_000])] } }
}

/** A setting set anew, and the read that shows it. */
export function settingWrite(random: Random, setting: Setting) {
  const value = setting === 'volume' ? random.below(101) : random.chance(0.5)
  const mixer = !MODES.includes(setting)
  const controller = mixer ? 'mixer' : 'tracklist'
  return {
    value,
    write: {
      method: `${controller}.set_${setting}`,
      params: { [mixer ? setting : 'value']: value },
    },
    read: { method: `${controller}.get_${setting}` },
  }
}

/** Something done to a playlist, the read that shows it, and what that has to show. */
export function playlistWrite(random: Random, { uris, playlists }: Known) {
  const uri = random.pick(playlists)
  const name = uri.replace(/^m3u:(.*)\.m3u8$/, '$1')
  const kind = random.pick(['create', 'save', 'save', 'delete'] as const)
  if (kind === 'create') {
    const write = { method: 'playlists.create', params: { name } }
    return { write, read: { method: 'playlists.get_items', params: { uri } }, shown: [] }
  }
  if (kind === 'delete') {
    const write = { method: 'playlists.delete', params: { uri } }
    return { write, read: { method: 'playlists.lookup', params: { uri } }, shown: null }
  }
  const chosen = Array.from({ length: 1 + random.below(4) }, () => random.pick(uris))
  const tracks = chosen.map((uri) => ({ __model__: 'Track', uri, name: `track of ${uri}` }))
  const playlist = { __model__: 'Playlist', uri, name, tracks }
  return {
    write: { method: 'playlists.save', params: { playlist } },
    read: { method: 'playlists.get_items', params: { uri } },
    shown: tracks.map(({ uri, name }) => ({ __model__: 'Ref', uri, name, type: 'track' })),
  }
}

export const REFRESHES: readonly Request[] = [
  { method: 'playlists.refresh' },
  { method: 'library.refresh' },
]
