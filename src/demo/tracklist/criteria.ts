import type { TlTrack } from '../models/models'
import { PythonError, typeName } from '../models/python'
import { checkIntegers, checkQuery, isDict, TRACKLIST_FIELDS } from '../models/validation'

/**
 * The tracks that fit every criterion: `{ tlid: [1, 2], name: ['…'] }`. Without criteria the result is
 * `list` itself, not a copy. Fails in Python's words for criteria that Mopidy refuses.
 */
export function matching(list: TlTrack[], criteria: unknown): TlTrack[] {
  if (!isDict(criteria)) throw unpoppable(criteria)
  const { tlid = [], ...rest } = criteria
  const query = checkQuery(rest, TRACKLIST_FIELDS)
  const tlids = checkIntegers(tlid)
  let matches = list
  for (const [key, values] of Object.entries(query)) {
    const field = key as 'uri' | 'name' | 'genre' | 'date' | 'comment' | 'musicbrainz_id'
    matches = matches.filter(({ track }) => values.includes(track[field] ?? MISSING))
  }
  return tlids.length > 0 ? matches.filter((item) => tlids.includes(item.tlid)) : matches
}

/** No client asks for this value, so a field that a track lacks fits nothing. */
const MISSING = '\0'

/** Mopidy takes `tlid` out of the criteria with `pop()`, which other types lack or have otherwise. */
function unpoppable(criteria: unknown): PythonError {
  if (Array.isArray(criteria)) {
    return new PythonError('TypeError', 'pop expected at most 1 argument, got 2')
  }
  const message = `'${typeName(criteria)}' object has no attribute 'pop'`
  return new PythonError('AttributeError', message)
}
