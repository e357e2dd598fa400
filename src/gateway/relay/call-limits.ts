import type { RoleLimits } from '../../accounts/roles/limits'
import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import { isRecord } from '../../json'
import type { Call } from '../../mopidy/call'
import type { RpcError } from '../../mopidy/jsonrpc'
import type { MethodName } from '../../mopidy/methods'
import { beyondLimit, plural } from './refusal'

type Check = (role: Role, limits: RoleLimits, params: Call['params']) => RpcError | undefined

const checks: Partial<Record<MethodName, Check>> = {
  'core.mixer.set_volume': (role, { volume_ceiling: ceiling }, { volume }) =>
    ceiling === null || Number(volume) <= ceiling
      ? undefined
      : beyondLimit('volume_ceiling', `${plural(role)} may set the volume to ${ceiling} at most.`, {
          most: ceiling,
        }),

  'core.tracklist.add': (role, limits, { uris }) =>
    outsideSchemes(role, limits, listOf(uris), 'add'),

  // Otherwise what may not be added could be loaded from a playlist.
  'core.playlists.save': (role, limits, { playlist }) => {
    const tracks = isRecord(playlist) ? listOf(playlist.tracks) : []
    const uris = tracks.map((track) => (isRecord(track) ? track.uri : undefined))
    return outsideSchemes(role, limits, uris, 'save')
  },
}

/** Checks a call against those limits of the role that need nothing but the call itself. */
export function createCallLimits({ roles }: { roles: Roles }) {
  return (role: Role, { name, params }: Call): RpcError | undefined =>
    checks[name]?.(role, roles.limitsOf(role), params)
}

function outsideSchemes(
  role: Role,
  { uri_schemes: schemes }: RoleLimits,
  uris: readonly unknown[],
  verb: string,
): RpcError | undefined {
  if (schemes === null) return undefined
  const isAllowed = (uri: unknown) =>
    schemes.includes(String(uri).split(':', 1)[0]?.toLowerCase() ?? '')
  if (uris.every(isAllowed)) return undefined
  const message = `${plural(role)} may only ${verb} what comes from ${orList(schemes)}.`
  return beyondLimit('uri_schemes', message, { allowed: schemes })
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const orList = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
