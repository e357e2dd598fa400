import type { Role } from './model'

/** A group of Mopidy's methods that a role may or may not use. */
export type Permission =
  | 'see'
  | 'browse'
  | 'playback'
  | 'volume'
  | 'options'
  | 'queue.add'
  | 'queue.edit'
  | 'playlists'
  | 'playlists.save'
  | 'library.refresh'

const guest: readonly Permission[] = ['see', 'browse', 'queue.add']
const member: readonly Permission[] = [
  ...guest,
  'playback',
  'volume',
  'options',
  'queue.edit',
  'playlists',
  'playlists.save',
  'library.refresh',
]

const permissionsOf: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  guest: new Set(guest),
  member: new Set(member),
  admin: new Set(member),
}

/** Whether the role may use the methods of that group. */
export function may(role: Role, permission: Permission): boolean {
  return permissionsOf[role].has(permission)
}
