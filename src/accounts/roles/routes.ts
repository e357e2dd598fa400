import { type Static, Type as t } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { AppError } from '../../errors'
import { errorReplies } from '../../http/error-reply'
import type { ClientAddress } from '../../http/network/client-address'
import { type Auth, originOf } from '../door/auth'
import { RoleLimits } from './limits'
import { allows, FOR_ADMINS_ONLY, PERMISSIONS } from './permissions'
import { ROLES, Role } from './role'
import type { Roles } from './roles'

const RoleRules = t.Object({
  role: Role,
  permissions: t.Array(t.String()),
  limits: RoleLimits,
  changed: t.Boolean({ description: 'Whether an admin has changed the defaults' }),
})

const RoleList = t.Object({
  roles: t.Array(RoleRules),
  permissions: t.Array(
    t.Object({
      name: t.String(),
      allows: t.String({ description: 'Completes “A guest may …”' }),
      admins_only: t.Boolean(),
    }),
    { description: 'All that there are' },
  ),
})

// The service checks the names: a schema would drop unknown ones without an error.
const RulesChange = t.Object({
  permissions: t.Optional(
    t.Array(t.Unknown(), { maxItems: 100, description: 'All that the role has from now on' }),
  ),
  limits: t.Optional(
    t.Record(t.String(), t.Unknown(), {
      description: `${Object.keys(RoleLimits.properties).join(', ')}: what is left out stays as it is`,
    }),
  ),
})

type RoleRoutesOptions = { auth: Auth; roles: Roles; clientAddress: ClientAddress }

const tags = ['Roles']
const security = [{ bearer: [] }]
const ofRole = { params: t.Object({ role: t.String() }) }

/** What each role may do, and how an admin changes it. */
export const roleRoutes = ({ auth, roles, clientAddress }: RoleRoutesOptions) =>
  new Elysia({ name: 'roles.routes', prefix: '/api/roles' })
    .use(auth)
    .get('', () => ({ roles: ROLES.map((role) => rulesOf(roles, role)), permissions: ALL }), {
      needs: 'roles',
      response: { 200: RoleList, ...errorReplies(401, 403) },
      detail: { summary: 'What each role may do', tags, security },
    })
    .patch(
      '/:role',
      ({ params, body, identity, request, server }) => {
        const role = roleNamed(params.role)
        const { ip } = originOf(request, server, clientAddress)
        roles.change(role, body, { userId: identity.userId, ip })
        return rulesOf(roles, role)
      },
      {
        ...ofRole,
        needs: { permission: 'roles', confirmed: true },
        body: RulesChange,
        response: { 200: RoleRules, ...errorReplies(400, 401, 403, 404, 413, 415) },
        detail: { summary: 'Change what a role may do, from the next call on', tags, security },
      },
    )
    .delete(
      '/:role',
      ({ params, identity, request, server }) => {
        const role = roleNamed(params.role)
        const { ip } = originOf(request, server, clientAddress)
        roles.reset(role, { userId: identity.userId, ip })
        return rulesOf(roles, role)
      },
      {
        ...ofRole,
        needs: { permission: 'roles', confirmed: true },
        response: { 200: RoleRules, ...errorReplies(401, 403, 404) },
        detail: { summary: 'Give a role back what it has by default', tags, security },
      },
    )

const ALL = PERMISSIONS.map((name) => ({
  name,
  allows: allows[name],
  admins_only: FOR_ADMINS_ONLY.includes(name),
}))

function rulesOf(roles: Roles, role: Role): Static<typeof RoleRules> {
  const permissions = [...roles.permissionsOf(role)]
  return { role, permissions, limits: roles.limitsOf(role), changed: roles.isChanged(role) }
}

/** @throws {AppError} `not_found`. */
function roleNamed(name: string): Role {
  const role = ROLES.find((role) => role === name)
  if (role === undefined) throw new AppError('not_found', 'There is no such role.')
  return role
}
