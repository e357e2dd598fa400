import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import type { SecurityLog } from '../log/security-log'
import { type RoleLimits, readLimits } from './limits'
import { allows, mayNot, type Permission } from './permissions'
import type { Role } from './role'
import { defaultsOf, type Rules, readPermissions, rulesIn } from './rules'

export type RulesChange = Readonly<{
  permissions?: readonly unknown[]
  /** Those that are left out stay as they are. */
  limits?: Readonly<Record<string, unknown>>
}>

/** Who changes them, for the log; nobody for the machine's owner at the command line. */
export type ChangedBy = Readonly<{ userId?: number | null; ip?: string | null }>

type Row = { role: Role; permissions: string; limits: string }
type Known = Rules & Readonly<{ set: ReadonlySet<Permission>; changed: boolean }>

export type Roles = ReturnType<typeof createRoles>
export type RolesOptions = { database: Database; securityLog: SecurityLog }

/**
 * What each role may do: the program's defaults, and in `roles` what an admin has made of them. It is
 * read from memory; `reload` is to be called when another process has written.
 */
export function createRoles({ database, securityLog }: RolesOptions) {
  const select = database.sqlite.query<Row, []>('SELECT role, permissions, limits FROM roles')
  const upsert = database.sqlite.query<unknown, Row>(
    `INSERT INTO roles (role, permissions, limits) VALUES ($role, $permissions, $limits)
     ON CONFLICT (role) DO UPDATE SET permissions = excluded.permissions, limits = excluded.limits`,
  )
  const remove = database.sqlite.query<unknown, { role: Role }>(
    'DELETE FROM roles WHERE role = $role',
  )
  let known = read()

  function read(): Readonly<Record<Role, Known>> {
    const rows = new Map(select.all().map((row) => [row.role, row]))
    const rulesOf = (role: Role): Known => {
      const row = rows.get(role)
      const rules = row === undefined ? defaultsOf(role) : rulesIn(row.role, row)
      return { ...rules, set: new Set(rules.permissions), changed: row !== undefined }
    }
    return { admin: rulesOf('admin'), member: rulesOf('member'), guest: rulesOf('guest') }
  }

  /** Does `work` with the rules as they are, in one transaction with the note of what it changed. */
  function change(role: Role, by: ChangedBy, work: (before: Rules) => Rules): void {
    if (role === 'admin')
      throw new AppError('forbidden', 'Admins may do everything; that cannot be changed.')
    database.durably(() => {
      const { permissions, limits } = read()[role]
      const before = { permissions, limits }
      const after = work(before)
      securityLog.note({ type: 'role_rules_changed', ...by, details: { role, before, after } })
    })
    known = read()
  }

  return {
    /** Whether the role may do that. */
    may: (role: Role, permission: Permission): boolean => known[role].set.has(permission),

    /** @throws {AppError} `forbidden`, in words for people, unless the role may do that. */
    mustHave(role: Role, permission: Permission): void {
      if (!known[role].set.has(permission))
        throw new AppError('forbidden', mayNot(role, allows[permission]))
    },

    permissionsOf: (role: Role): readonly Permission[] => known[role].permissions,

    limitsOf: (role: Role): RoleLimits => known[role].limits,

    /** Whether an admin has changed what the program gives it. */
    isChanged: (role: Role): boolean => known[role].changed,

    /**
     * Changes what a role may do, from the next call on.
     * @throws {AppError} `forbidden` for that of admins, `invalid_request` when it cannot be so.
     */
    change(role: Role, { permissions, limits }: RulesChange, by: ChangedBy): void {
      if (permissions === undefined && limits === undefined)
        throw new AppError('invalid_request', 'Give permissions, limits, or both.')
      const newPermissions = permissions && readPermissions(permissions)
      const newLimits = limits && readLimits(limits)
      change(role, by, (before) => {
        const after = {
          permissions: newPermissions ?? before.permissions,
          limits: { ...before.limits, ...newLimits },
        }
        const { permissions, limits } = after
        upsert.run({
          role,
          permissions: JSON.stringify(permissions),
          limits: JSON.stringify(limits),
        })
        return after
      })
    },

    /** Gives a role back what it has by default. @throws {AppError} `forbidden` for that of admins. */
    reset(role: Role, by: ChangedBy): void {
      change(role, by, () => {
        remove.run({ role })
        return defaultsOf(role)
      })
    },

    /** Another process may have changed them. */
    reload(): void {
      known = read()
    },
  }
}
