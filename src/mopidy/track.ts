import { isRecord } from '../json'

/** What people call a track; `lengthMs` is null for a stream. */
export type Track = Readonly<{
  uri: string
  name: string | null
  artist: string | null
  album: string | null
  lengthMs: number | null
}>

export type TlTrack = Readonly<{ tlid: number; track: Track }>

/** Reads a `Track` model; undefined when it has no URI. */
export function readTrack(model: unknown): Track | undefined {
  if (!isRecord(model) || typeof model.uri !== 'string') return undefined
  const { uri, album, artists } = model
  return {
    uri,
    name: textOf(model.name),
    artist: namesOf(artists) ?? (isRecord(album) ? namesOf(album.artists) : null),
    album: isRecord(album) ? textOf(album.name) : null,
    lengthMs: typeof model.length === 'number' ? model.length : null,
  }
}

/** Reads a `TlTrack` model; undefined when it is none. */
export function readTlTrack(model: unknown): TlTrack | undefined {
  if (!isRecord(model) || typeof model.tlid !== 'number') return undefined
  const track = readTrack(model.track)
  return track === undefined ? undefined : { tlid: model.tlid, track }
}

/** Reads a list of `TlTrack` models, leaving out what is none. */
export function readTlTracks(models: unknown): TlTrack[] {
  if (!Array.isArray(models)) return []
  return models.map(readTlTrack).filter((tlTrack) => tlTrack !== undefined)
}

function namesOf(artists: unknown): string | null {
  if (!Array.isArray(artists)) return null
  const names = artists.map((artist) => (isRecord(artist) ? textOf(artist.name) : null))
  return names.filter((name) => name !== null).join(', ') || null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
