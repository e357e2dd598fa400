import { type Static, Type as t } from '@sinclair/typebox'

export const Role = t.Union([t.Literal('admin'), t.Literal('member'), t.Literal('guest')])
export type Role = Static<typeof Role>

/** All roles; each may do more than those after it. */
export const ROLES: readonly Role[] = Role.anyOf.map((role) => role.const)

/** Whether the one role may do more than the other. */
export function isAbove(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) < ROLES.indexOf(other)
}
