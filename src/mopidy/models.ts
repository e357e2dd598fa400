import { isRecord } from '../json'
import {
  address,
  type Check,
  integer,
  line,
  listOf,
  nullable,
  objectOf,
  ParameterError,
  text,
  uri,
} from './parameters'

/** Models and queries that clients send, checked field by field and built anew. */

const TLID = integer(1)

// mopidy/internal/validation.py, TRACK_FIELDS_WITH_TYPES
const TRACK_FIELDS = [
  'uri',
  'track_name',
  'album',
  'artist',
  'albumartist',
  'composer',
  'performer',
  'track_no',
  'genre',
  'date',
  'comment',
  'disc_no',
  'musicbrainz_albumid',
  'musicbrainz_artistid',
  'musicbrainz_trackid',
] as const

/** The fields of `core.library.get_distinct`; `track` is an old name that 3.4 still takes. */
export const DISTINCT_FIELDS: readonly string[] = [...TRACK_FIELDS, 'track']

const eachField = (fields: readonly string[], check: Check) =>
  Object.fromEntries(fields.map((field) => [field, check]))

const texts = listOf(text)
// In a search, and only there, Mopidy takes a lone string for a list of one.
const textOrTexts: Check = (value, name) => texts(typeof value === 'string' ? [value] : value, name)

/** What to search for: field → list of strings. */
export const searchQuery = objectOf(eachField([...TRACK_FIELDS, 'any'], textOrTexts))

/** What to narrow a list of values to: field → list of strings. */
export const query = objectOf(eachField([...TRACK_FIELDS, 'any'], texts))

/** Rules that choose tracks of the tracklist: field → list of values. */
export const criteria = objectOf({
  tlid: listOf(TLID),
  // mopidy/internal/validation.py, TRACKLIST_FIELDS
  ...eachField(['uri', 'name', 'genre', 'date', 'comment', 'musicbrainz_id'], texts),
})

/** The tlid of a `TlTrack` model: Mopidy 4 takes only that, and it says all. */
export const tlidOfTlTrack: Check = (value, name) => {
  if (isRecord(value)) return TLID(value.tlid, `${name}.tlid`)
  throw new ParameterError(`${name} must be a TlTrack`)
}

/** A `TlTrack` model with what Mopidy compares it by. */
export const tlTrack: Check = (value, name) => {
  if (!isRecord(value)) throw new ParameterError(`${name} must be a TlTrack`)
  return {
    __model__: 'TlTrack',
    tlid: TLID(value.tlid, `${name}.tlid`),
    track: track(value.track, `${name}.track`),
  }
}

const modelName =
  (expected: string): Check =>
  (value, name) => {
    if (value === expected) return expected
    throw new ParameterError(`${name} must be ${expected}`)
  }

const model = (
  name: string,
  members: Readonly<Record<string, Check>>,
  mustHave: readonly string[] = [],
): Check => {
  const check = objectOf({ __model__: modelName(name), ...members })
  return (value, path) => {
    const clean = check(value, path) as object
    for (const member of mustHave)
      if (!Object.hasOwn(clean, member)) throw new ParameterError(`${path}.${member} is required`)
    return { __model__: name, ...clean }
  }
}

const count = nullable(integer(0))
const label = nullable(text)
// What a backend may write into a playlist's file.
const title = nullable(line)
const itsUri = nullable(address)
// Mopidy 4.0.0 and 4.0.1 close the connection over a date or an id of another form. Files are tagged
// with all sorts of them, and a playlist does not need them: those of another form are left out.
const orNothing =
  (pattern: RegExp): Check =>
  (value, name) =>
    value === null || pattern.test(String(text(value, name))) ? value : null
const date = orNothing(/^\d{4}(-\d{2}-\d{2})?$/)
const musicbrainzId = orNothing(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i)

const artists = listOf(
  model('Artist', { uri: itsUri, name: title, sortname: label, musicbrainz_id: musicbrainzId }),
)

const album = model('Album', {
  uri: itsUri,
  name: title,
  artists,
  num_tracks: count,
  num_discs: count,
  date,
  musicbrainz_id: musicbrainzId,
})

const track = model(
  'Track',
  {
    uri,
    name: title,
    artists,
    album: nullable(album),
    composers: artists,
    performers: artists,
    genre: label,
    track_no: count,
    disc_no: count,
    date,
    length: count,
    bitrate: count,
    comment: label,
    musicbrainz_id: musicbrainzId,
    // Unix milliseconds, which do not fit the bound of the others.
    last_modified: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
  },
  ['uri'],
)

/** A playlist to save. */
export const playlist = model(
  'Playlist',
  {
    uri,
    name: title,
    tracks: listOf(track),
    last_modified: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
  },
  ['uri'],
)
