import type { Invite, NewInvite } from '../../../accounts/invites/model'
import type { ApiKey, NewApiKey, ShownApiKey } from '../../../accounts/keys/model'
import type { Audit } from '../../../accounts/log/model'
import type { Confirmation, Login, PasswordChange } from '../../../accounts/model'
import type { RoleLimits } from '../../../accounts/roles/limits'
import type { Role } from '../../../accounts/roles/role'
import type { SessionEntry } from '../../../accounts/sessions/model'
import type { NewAccount, UserChange, UserEntry } from '../../../accounts/users/model'
import type { Removed } from '../../../archive/model'
import type { Backup, BackupList, Box, HeldBackList } from '../../../health/box/model'
import type { Health } from '../../../health/model'
import { get, send } from '../connection/api'

export type { Box, Health, Invite, Role, RoleLimits, SessionEntry, UserEntry }
export type AuditEntry = Audit['events'][number]
export type Finding = Box['findings'][number]
export type RoleRules = { role: Role; permissions: string[]; limits: RoleLimits; changed: boolean }
export type RoleList = {
  roles: RoleRules[]
  permissions: { name: string; allows: string; admins_only: boolean }[]
}

/** The requests of the administration, and those of everybody's own account. */
export const adminApi = {
  users: () => get<{ users: UserEntry[] }>('/api/users'),
  createUser: (user: NewAccount) => send<UserEntry>('POST', '/api/users', user),
  changeUser: (id: number, change: UserChange) =>
    send<UserEntry>('PATCH', `/api/users/${id}`, change),
  deleteUser: (id: number) => send<unknown>('DELETE', `/api/users/${id}`),
  removeBrought: (id: number) => send<Removed>('DELETE', `/api/users/${id}/brought`),
  sessionsOf: (id: number) => get<{ sessions: SessionEntry[] }>(`/api/users/${id}/sessions`),

  mySessions: () => get<{ sessions: SessionEntry[] }>('/api/auth/sessions'),
  endSession: (id: number) => send<unknown>('DELETE', `/api/auth/sessions/${id}`),
  changePassword: (change: PasswordChange) => send<Login>('POST', '/api/auth/password', change),

  confirm: (confirmation: Confirmation) => send<unknown>('POST', '/api/auth/confirm', confirmation),

  keys: () => get<{ keys: ApiKey[] }>('/api/keys'),
  createKey: (key: NewApiKey) => send<ShownApiKey>('POST', '/api/keys', key),
  revokeKey: (id: number) => send<unknown>('DELETE', `/api/keys/${id}`),

  roles: () => get<RoleList>('/api/roles'),
  changeRole: (role: Role, rules: { permissions: string[]; limits: RoleLimits }) =>
    send<RoleRules>('PATCH', `/api/roles/${role}`, rules),
  resetRole: (role: Role) => send<RoleRules>('DELETE', `/api/roles/${role}`),

  invites: () => get<{ invites: Invite[] }>('/api/invites'),
  invite: (id: number) => get<Invite>(`/api/invites/${id}`),
  createInvite: (invite: NewInvite) => send<Invite>('POST', '/api/invites', invite),
  endInvite: (id: number) => send<Invite>('DELETE', `/api/invites/${id}`),
  registration: () => get<{ policy: 'closed' | 'invite' | 'open' }>('/api/auth/registration'),

  audit: (types: string, cursor: string | null) =>
    get<Audit>(
      `/api/audit?${new URLSearchParams({
        limit: '50',
        ...(types && { event_type: types }),
        ...(cursor !== null && { cursor }),
      })}`,
    ),
  box: () => get<Box>('/api/box'),
  heldBack: () => get<HeldBackList>('/api/budgets'),
  health: () => get<Health>('/health'),
  backups: () => get<BackupList>('/api/backups'),
  backUp: () => send<Backup>('POST', '/api/backups'),
}
