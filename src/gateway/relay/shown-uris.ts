import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import { isRecord } from '../../json'
import type { Call } from '../../mopidy/call'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { MethodName } from '../../mopidy/methods'
import { plural } from './refusal'

/**
 * URIs that make Mopidy open a file or ask an address, whichever they name: it does not check them.
 * https://docs.mopidy.com/en/v3.4.1/ext/file/, https://docs.mopidy.com/en/v3.4.1/ext/stream/
 */
const OPENS_ANYTHING =
  /^(file|ftp|https?|mms[ht]?|rtmp[a-z]*|rtsp[a-z]*|smb):|^[a-z][a-z0-9+.-]*:\/\//i

/** What has such a URI in a reply, with the quotes and escapes of JSON. */
const URI_IN_JSON = /"uri":\s*("[a-z][a-z0-9+.-]*:\/\/(?:[^"\\]|\\.)*"|"file:(?:[^"\\]|\\.)*")/gi

/** URIs that are remembered; the oldest are forgotten first. */
const MOST_KEPT = 100_000

/** The URIs that a call brings, by method. */
const BRINGS: Partial<Record<MethodName, (params: Call['params']) => readonly unknown[]>> = {
  'core.library.browse': ({ uri }) => [uri],
  'core.library.get_images': ({ uris }) => listOf(uris),
  'core.library.lookup': ({ uris }) => listOf(uris),
  'core.library.refresh': ({ uri }) => [uri],
  'core.library.search': ({ uris }) => listOf(uris),
  'core.playlists.delete': ({ uri }) => [uri],
  'core.playlists.get_items': ({ uri }) => [uri],
  'core.playlists.lookup': ({ uri }) => [uri],
  'core.playlists.save': ({ playlist }) =>
    isRecord(playlist) ? [playlist.uri, ...listOf(playlist.tracks).map(uriOf)] : [],
  'core.tracklist.add': ({ uris }) => listOf(uris),
}

export type ShownUris = ReturnType<typeof createShownUris>

/**
 * Keeps those who may not use any address they like to what Mopidy itself has shown: in its library, its
 * playlists, its queue.
 */
export function createShownUris({ roles }: { roles: Roles }) {
  const shown = new Set<string>()
  // An answer that is kept is given many times.
  const seen = new WeakSet<Answer>()

  function show(uri: string): void {
    shown.delete(uri)
    shown.add(uri)
    for (const oldest of shown) {
      if (shown.size <= MOST_KEPT) return
      shown.delete(oldest)
    }
  }

  return {
    /** Why the call may not be made, if it may not. */
    refusal(role: Role, { name, params }: Call): RpcError | undefined {
      const uris = BRINGS[name]?.(params)
      if (uris === undefined || roles.may(role, 'uris.any')) return undefined
      const isFree = (uri: unknown) =>
        typeof uri !== 'string' || !OPENS_ANYTHING.test(uri) || shown.has(uri)
      if (uris.every(isFree)) return undefined
      const message = `${plural(role)} may only use addresses that the library, a playlist or the queue has shown.`
      return { code: RpcCode.notAllowed, message, data: { method: name, needs: 'uris.any' } }
    },

    /** Takes note of what an answer shows. */
    note(answer: Answer): void {
      if (!('resultText' in answer) || seen.has(answer)) return
      seen.add(answer)
      const { resultText } = answer
      if (!resultText.includes('://') && !resultText.includes('"file:')) return
      for (const [, uri = ''] of resultText.matchAll(URI_IN_JSON)) show(JSON.parse(uri))
    },
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const uriOf = (model: unknown): unknown => (isRecord(model) ? model.uri : undefined)
