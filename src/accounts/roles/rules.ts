import { AppError } from '../../errors'
import { isRecord, parseJson } from '../../json'
import { DEFAULT_LIMITS, type RoleLimits, readLimits } from './limits'
import {
  DEFAULT_PERMISSIONS,
  FOR_ADMINS_ONLY,
  FOR_EVERYONE,
  isPermission,
  PERMISSIONS,
  type Permission,
} from './permissions'
import type { Role } from './role'

/** What a role may do, and how much of it. */
export type Rules = Readonly<{ permissions: readonly Permission[]; limits: RoleLimits }>

/** What the program gives a role. */
export const defaultsOf = (role: Role): Rules => ({
  permissions: DEFAULT_PERMISSIONS[role],
  limits: DEFAULT_LIMITS[role],
})

/** What a row says; what this version cannot read of it is as by default. */
export function rulesIn(
  role: Role,
  { permissions, limits }: { permissions: string; limits: string },
): Rules {
  const { permissions: allowed, limits: fallback } = defaultsOf(role)
  const names = parseJson(permissions)
  return {
    permissions: Array.isArray(names) ? inOrder(names.filter(isGrantable)) : allowed,
    limits: { ...fallback, ...readable(parseJson(limits)) },
  }
}

function readable(limits: unknown): Partial<RoleLimits> {
  const entries = Object.entries(isRecord(limits) ? limits : {})
  return Object.assign({}, ...entries.map(([name, value]) => oneReadable({ [name]: value })))
}

function oneReadable(limit: Record<string, unknown>): Partial<RoleLimits> {
  try {
    return readLimits(limit)
  } catch {
    return {}
  }
}

/**
 * The permissions that are given, checked.
 * @throws {AppError} `invalid_request` when they cannot be a member's or a guest's.
 */
export function readPermissions(names: readonly unknown[]): Permission[] {
  names.forEach((name, index) => {
    if (!isPermission(name))
      throw new AppError('invalid_request', `permissions.${index} is not the name of a permission.`)
    if (!isGrantable(name))
      throw new AppError('invalid_request', `Only admins may have ${FOR_ADMINS_ONLY.join(', ')}.`)
  })
  for (const name of FOR_EVERYONE)
    if (!names.includes(name))
      throw new AppError('invalid_request', `Nobody can be without ${name}.`)
  return inOrder(names)
}

const isGrantable = (name: unknown): name is Permission =>
  isPermission(name) && !FOR_ADMINS_ONLY.includes(name)

/** Each once, and what everyone has, in the order of the list of all. */
function inOrder(names: readonly unknown[]): Permission[] {
  return PERMISSIONS.filter((name) => FOR_EVERYONE.includes(name) || names.includes(name))
}
