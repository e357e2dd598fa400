import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import type { Call } from '../../mopidy/call'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import { plural } from './refusal'

/**
 * URIs that make Mopidy open a file or ask an address, whichever they name: it does not check them.
 * https://docs.mopidy.com/en/v3.4.1/ext/file/, https://docs.mopidy.com/en/v3.4.1/ext/stream/
 */
const OPENS_ANYTHING =
  /^(file|ftp|https?|mms[ht]?|rtmp[a-z]*|rtsp[a-z]*|smb):|^[a-z][a-z0-9+.-]*:\/\//i

/** The address as parsers read it, without what they pass over: https://url.spec.whatwg.org/#url-parsing */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what parsers pass over.
const asParsed = (uri: string): string => uri.replaceAll(/^[\x00-\x20]+|[\t\n\r]+/g, '')

/** Finds such URIs in a reply, with the quotes and escapes of JSON. */
const URI_IN_JSON = /"uri":\s*("[a-z][a-z0-9+.-]*:\/\/(?:[^"\\]|\\.)*"|"file:(?:[^"\\]|\\.)*")/gi

/** URIs that are remembered; those shown longest ago are forgotten first. */
const MOST_KEPT = 100_000

/**
 * Holds callers without the permission `uris.any` to addresses that Mopidy itself has shown: in its
 * library, its playlists, its queue.
 */
export function createShownUris({ roles }: { roles: Roles }) {
  const shown = new Set<string>()
  // The mirror gives a kept answer many times: its addresses are noted once.
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
    refusal(role: Role, { name, method, params }: Call): RpcError | undefined {
      if (method.addresses === undefined || roles.may(role, 'uris.any')) return undefined
      const isFree = (uri: unknown) =>
        typeof uri !== 'string' || !OPENS_ANYTHING.test(asParsed(uri)) || shown.has(uri)
      if (method.addresses(params).every(isFree)) return undefined
      const message = `${plural(role)} may only use addresses that the library, a playlist or the queue has shown.`
      return { code: RpcCode.notAllowed, message, data: { method: name, needs: 'uris.any' } }
    },

    /** Remembers the addresses that an answer shows. */
    note(answer: Answer): void {
      if (!('resultText' in answer) || seen.has(answer)) return
      seen.add(answer)
      const { resultText } = answer
      if (!resultText.includes('://') && !resultText.includes('"file:')) return
      for (const [, uri = ''] of resultText.matchAll(URI_IN_JSON)) show(JSON.parse(uri))
    },
  }
}
