import { type MethodName, methods } from '../../../src/mopidy/methods'
import type { Request } from './mirror-caller'

/** What the parameters of calls are taken from. */
export type Known = Readonly<{
  latestSeekMs: number
  uris: readonly string[]
  tlids: readonly number[]
  playlists: readonly string[]
}>

/** Not the position: it does not stand still. */
const MOVING: MethodName = 'core.playback.get_time_position'
const NOTHING = 'm3u:nothing-of-this-name.m3u8'

/** Every read that the mirror keeps, those with parameters in several ways. */
export function mirroredReads(known: Known): Request[] {
  const given = parametersOf(known)
  return (Object.keys(methods) as MethodName[])
    .filter((name) => methods[name].keptWith !== undefined && name !== MOVING)
    .flatMap((name) => {
      const method = name.slice('core.'.length)
      if (Object.keys(methods[name].parameters).length === 0) return [{ method }]
      const ways = given[method]
      if (ways === undefined) throw new Error(`nobody knows how to ask ${name}`)
      return ways.map((params) => ({ method, params }))
    })
}

/** Reads that Mopidy is asked each time. */
export function otherReads({ uris }: Known): Request[] {
  return [
    { method: 'tracklist.get_next_tlid' },
    { method: 'tracklist.get_eot_tlid' },
    { method: 'playback.get_time_position' },
    { method: 'library.browse', params: { uri: null } },
    { method: 'library.search', params: { query: { uri: uris.slice(0, 1) } } },
  ]
}

function parametersOf({ uris, tlids, playlists }: Known): Record<string, Request['params'][]> {
  const [tlid = 1, ...others] = tlids
  const playlistUris = [...playlists, NOTHING].map((uri) => ({ uri }))
  return {
    'library.get_images': [{ uris: uris.slice(0, 2) }, { uris: uris.slice(1, 2) }, { uris: [] }],
    'library.lookup': [{ uris: uris.slice(0, 3) }, { uris: uris.slice(2, 3) }],
    'playlists.get_items': playlistUris,
    'playlists.lookup': playlistUris,
    'tracklist.filter': [
      { criteria: {} },
      { criteria: { tlid: [tlid, ...others.slice(0, 2)] } },
      { criteria: { uri: uris.slice(0, 2) } },
      { criteria: { uri: uris.slice(0, 4), tlid: [tlid] } },
    ],
    'tracklist.index': [{}, { tlid }, { tlid: others.at(-1) ?? 2 }, { tlid: 1_000_000 }],
    'tracklist.slice': [
      { start: 0, end: 3 },
      { start: 2, end: null },
      { start: null, end: 1 },
      { start: 5, end: 2 },
    ],
  }
}
