import { isRecord } from '../../json'

/** Finds the addresses that the parameters of a call name; what is no text among them is none. */
export type Addresses = (params: Readonly<Record<string, unknown>>) => readonly unknown[]

export const uriOf: Addresses = ({ uri }) => [uri]

export const urisOf: Addresses = ({ uris }) => listOf(uris)

/** The tracks of a playlist that is to be saved. */
export const tracksOfPlaylist: Addresses = ({ playlist }) =>
  isRecord(playlist)
    ? listOf(playlist.tracks).map((track) => (isRecord(track) ? track.uri : undefined))
    : []

/** The playlist that is to be saved, and its tracks. */
export const playlistAndTracks: Addresses = (params) => {
  const { playlist } = params
  return isRecord(playlist) ? [playlist.uri, ...tracksOfPlaylist(params)] : []
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
