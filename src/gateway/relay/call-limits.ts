import type { RoleLimits } from '../../accounts/roles/limits'
import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import type { Call } from '../../mopidy/call'
import type { RpcError } from '../../mopidy/jsonrpc'
import { beyondLimit, plural } from './refusal'

/** Checks a call against those limits of the role that need nothing but the call itself. */
export function createCallLimits({ roles }: { roles: Roles }) {
  return (role: Role, { method, params }: Call): RpcError | undefined => {
    if (method.limits === undefined) return undefined
    const { volume, tracks } = method.limits
    const limits = roles.limitsOf(role)
    if (volume !== undefined) return tooLoud(role, limits, volume(params))
    if (tracks !== undefined)
      return outsideSchemes(role, limits, tracks.addresses(params), tracks.verb)
    return undefined
  }
}

function tooLoud(
  role: Role,
  { volume_ceiling: ceiling }: RoleLimits,
  volume: number,
): RpcError | undefined {
  if (ceiling === null || volume <= ceiling) return undefined
  const message = `${plural(role)} may set the volume to ${ceiling} at most.`
  return beyondLimit('volume_ceiling', message, { most: ceiling })
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

const orList = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
