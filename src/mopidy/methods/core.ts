import { type Method, read } from './method'

/** `core.*` itself and `core.history.*`. */
export const core = {
  // The list of methods, which does not list itself.
  'core.describe': read('see', { keptWith: ['constant'], answeredOffline: true }),

  'core.get_uri_schemes': read('see', { keptWith: ['constant'] }),
  'core.get_version': read('see', { keptWith: ['constant'] }),

  'core.history.get_history': read('see', { keptWith: ['history'] }),
  'core.history.get_length': read('see', { keptWith: ['history'] }),
} satisfies Record<string, Method>
