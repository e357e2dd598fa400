import { pythonJson } from './python-json'

// Mopidy's models as it sends them: the fields in Mopidy's order, empty ones left out.
type Model<Name extends string, Fields> = { readonly __model__: Name } & {
  readonly [Field in keyof Fields]?: Fields[Field]
}

export type Ref = Model<'Ref', { uri: string; name: string; type: string }>
export type Image = Model<'Image', { uri: string; width: number; height: number }>
export type Artist = Model<
  'Artist',
  { uri: string; name: string; sortname: string; musicbrainz_id: string }
>
export type Album = Model<
  'Album',
  {
    uri: string
    name: string
    artists: Artist[]
    num_tracks: number
    num_discs: number
    date: string
    musicbrainz_id: string
  }
>
export type Track = Model<
  'Track',
  {
    uri: string
    name: string
    artists: Artist[]
    album: Album
    composers: Artist[]
    performers: Artist[]
    genre: string
    track_no: number
    disc_no: number
    date: string
    length: number
    bitrate: number
    comment: string
    musicbrainz_id: string
    last_modified: number
  }
>
export type TlTrack = { readonly __model__: 'TlTrack' } & {
  readonly tlid: number
  readonly track: Track
}
export type Playlist = Model<
  'Playlist',
  { uri: string; name: string; tracks: Track[]; last_modified: number }
>
export type SearchResult = Model<
  'SearchResult',
  { uri: string; tracks: Track[]; artists: Artist[]; albums: Album[] }
>

export type Models = {
  Ref: Ref
  Image: Image
  Artist: Artist
  Album: Album
  Track: Track
  TlTrack: TlTrack
  Playlist: Playlist
  SearchResult: SearchResult
}
export type ModelName = keyof Models

/** The kind of every field: text, a whole number from 0, a model, or a list of models (`[]`). */
export const FIELDS: Record<ModelName, Record<string, string>> = {
  Ref: { uri: 'text', name: 'text', type: 'text' },
  Image: { uri: 'text', width: 'number', height: 'number' },
  Artist: { uri: 'text', name: 'text', sortname: 'text', musicbrainz_id: 'text' },
  Album: {
    uri: 'text',
    name: 'text',
    artists: 'Artist[]',
    num_tracks: 'number',
    num_discs: 'number',
    date: 'text',
    musicbrainz_id: 'text',
  },
  Track: {
    uri: 'text',
    name: 'text',
    artists: 'Artist[]',
    album: 'Album',
    composers: 'Artist[]',
    performers: 'Artist[]',
    genre: 'text',
    track_no: 'number',
    disc_no: 'number',
    date: 'text',
    length: 'number',
    bitrate: 'number',
    comment: 'text',
    musicbrainz_id: 'text',
    last_modified: 'number',
  },
  TlTrack: { tlid: 'number', track: 'Track' },
  Playlist: { uri: 'text', name: 'text', tracks: 'Track[]', last_modified: 'number' },
  SearchResult: { uri: 'text', tracks: 'Track[]', artists: 'Artist[]', albums: 'Album[]' },
}

/** Builds a model with its fields in Mopidy's order, leaving out what is unset or empty. */
export function model<Name extends ModelName>(
  name: Name,
  fields: { [Field in Exclude<keyof Models[Name], '__model__'>]?: Models[Name][Field] | undefined },
): Models[Name] {
  const built: Record<string, unknown> = { __model__: name }
  for (const field of Object.keys(FIELDS[name])) {
    const value = (fields as Record<string, unknown>)[field]
    if (value === undefined || value === null) continue
    if (Array.isArray(value) && value.length === 0) continue
    built[field] = value
  }
  return built as Models[Name]
}

export function isModel<Name extends ModelName>(value: unknown, name: Name): value is Models[Name] {
  return typeof value === 'object' && value !== null && '__model__' in value
    ? value.__model__ === name
    : false
}

/** Whether two are equal by value, as in Python: a client may send back a TlTrack that it got. */
export function sameTlTrack(a: TlTrack | null, b: TlTrack | null): boolean {
  if (a === b) return true
  if (a === null || b === null || a.tlid !== b.tlid) return false
  return pythonJson(a.track) === pythonJson(b.track)
}
