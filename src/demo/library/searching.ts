import { model, type SearchResult, type Track } from '../models/models'
import type { Query } from '../models/validation'

const MAX_RESULTS = 100 // mopidy-local's default

/** The search and the distinct values of mopidy-local, over these tracks. */
export function createSearch(tracks: Track[]) {
  function matching(query: Query, exact: boolean): Track[] {
    const terms = Object.entries(query).flatMap(([field, values]) => {
      return values.map((value) => ({ field, value: exact ? value : value.toLowerCase() }))
    })
    return tracks.filter((track) => terms.every((term) => matches(track, term, exact)))
  }

  return {
    find(query: Query, roots: string[], exact: boolean): SearchResult {
      const filters = roots.map(rootFilter).filter((filter) => filter !== null)
      const found = matching(query, exact).filter((track) => {
        return filters.length === 0 || filters.some((filter) => filter(track))
      })
      const uri = `demo:search?${writeQuery(query)}`
      return model('SearchResult', { uri, tracks: found.slice(0, MAX_RESULTS) })
    },

    distinct(field: string, query: Query): (string | number)[] {
      const numeric = field === 'track_no' || field === 'disc_no'
      const values = matching(query, true).flatMap((track) => valuesOf(track, field))
      return [...new Set(values)].map((value) => (numeric ? Number(value) : value))
    },
  }
}

const ANY = ['uri', 'track_name', 'artist', 'album', 'albumartist', 'composer', 'genre', 'date']

function matches(track: Track, term: { field: string; value: string }, exact: boolean): boolean {
  const fields = term.field === 'any' ? ANY : [term.field]
  return fields.some((field) => {
    return valuesOf(track, field).some((value) => {
      return exact ? value === term.value : value.toLowerCase().includes(term.value)
    })
  })
}

function valuesOf(track: Track, field: string): string[] {
  return all(track, field).filter((value) => value !== undefined)
}

function all(track: Track, field: string): (string | undefined)[] {
  switch (field) {
    case 'uri':
      return [track.uri]
    case 'track_name':
      return [track.name]
    case 'album':
      return [track.album?.name]
    case 'artist':
      return names(track.artists)
    case 'albumartist':
      return names(track.album?.artists)
    case 'composer':
      return names(track.composers)
    case 'genre':
      return [track.genre]
    case 'date':
      return [track.date]
    case 'track_no':
      return [track.track_no?.toString()]
    case 'disc_no':
      return [track.disc_no?.toString()]
    default:
      return []
  }
}

function names(artists: Track['artists']): (string | undefined)[] {
  return (artists ?? []).map(({ name }) => name)
}

function rootFilter(uri: string): ((track: Track) => boolean) | null {
  if (uri.startsWith('demo:album:')) return (track) => track.album?.uri === uri
  if (uri.startsWith('demo:artist:')) {
    return (track) => {
      return [...(track.artists ?? []), ...(track.album?.artists ?? [])].some((a) => a.uri === uri)
    }
  }
  const genre = /^demo:directory\?.*\bgenre=([^&]+)/.exec(uri)?.[1]
  return genre ? (track) => track.genre === decodeURIComponent(genre) : null
}

function writeQuery(query: Query): string {
  return Object.entries(query)
    .flatMap(([field, values]) => values.map((value) => `${field}=${encodeURIComponent(value)}`))
    .join('&')
}
