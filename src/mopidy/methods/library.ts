import { DISTINCT_FIELDS, query, searchQuery } from '../models'
import { address, boolean, listOf, nullable, oneOf, optional, required, uri } from '../parameters'
import { uriOf, urisOf } from './addresses'
import { type Method, read, write } from './method'

const URIS = listOf(uri)

/** `core.library.*` */
export const library = {
  'core.library.browse': read('browse', {
    parameters: { uri: required(nullable(address)) },
    addresses: uriOf,
    asksLibrary: true,
  }),
  'core.library.get_distinct': read('browse', {
    parameters: {
      field: required(oneOf(DISTINCT_FIELDS)),
      query: optional(nullable(query)),
    },
    asksLibrary: true,
    // Its answer is a Python set, which 3.4 cannot write as JSON: it drops the connection.
    breaksMopidy3: true,
  }),
  'core.library.get_images': read('browse', {
    parameters: { uris: required(URIS) },
    keptWith: ['library'],
    addresses: urisOf,
    asksLibrary: true,
  }),
  'core.library.lookup': read('browse', {
    parameters: { uris: required(URIS) },
    keptWith: ['library'],
    addresses: urisOf,
    asksLibrary: true,
  }),
  'core.library.refresh': write('library.refresh', 'refresh the library', {
    parameters: { uri: optional(nullable(uri)) },
    touches: ['library', 'playlists'],
    addresses: uriOf,
    asksLibrary: true,
  }),
  'core.library.search': read('browse', {
    parameters: {
      query: required(searchQuery),
      uris: optional(nullable(URIS)),
      exact: optional(boolean),
    },
    action: 'search',
    addresses: urisOf,
    asksLibrary: true,
  }),
} satisfies Record<string, Method>
