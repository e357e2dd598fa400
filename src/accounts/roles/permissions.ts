import type { Role } from './role'

/** What a role may do, in words that complete "A guest may not …". */
const table = {
  see: 'see what plays',
  browse: 'look through the library',
  'queue.add': 'add to the queue',
  playback: 'control the playback',
  volume: 'change the volume',
  options: 'change how the queue is played',
  'queue.edit': 'change the queue',
  playlists: 'change playlists',
  'playlists.save': 'save playlists',
  'library.refresh': 'refresh the library',
  'uris.any': 'use any address',
  // The rest is for Musakone's own routes, not for methods of Mopidy.
  keys: 'make API keys',
  invites: 'invite people',
  'history.room': "see the room's history",
  'history.import': 'bring back a history',
  'history.others': "see other people's history",
  users: 'manage the users',
  roles: 'change what roles may do',
  'see.metrics': 'read the metrics',
  audit: 'read the log of security events',
  box: 'look after the box',
} as const satisfies Record<string, string>

export type Permission = keyof typeof table

export const PERMISSIONS = Object.keys(table) as readonly Permission[]

/** What each permission allows, for sentences. */
export const allows: Readonly<Record<Permission, string>> = table

const guest: readonly Permission[] = ['see', 'browse', 'queue.add', 'history.room']
const member: readonly Permission[] = [
  'see',
  'browse',
  'queue.add',
  'playback',
  'volume',
  'options',
  'queue.edit',
  'playlists',
  'playlists.save',
  'library.refresh',
  'keys',
  'history.room',
  'history.import',
]

/** Permissions that make their holder as good as an admin: no other role can have them. */
export const FOR_ADMINS_ONLY: readonly Permission[] = [
  'users',
  'roles',
  'audit',
  'box',
  'history.others',
]

/** Permissions of every role: events go to all who are signed in, and every client starts by reading. */
export const FOR_EVERYONE: readonly Permission[] = ['see']

/** What each role may do as long as no admin has said otherwise. */
export const DEFAULT_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  guest,
  member,
  admin: PERMISSIONS,
}

/** Whether something is the name of a permission. */
export function isPermission(name: unknown): name is Permission {
  return typeof name === 'string' && Object.hasOwn(table, name)
}

/** `A guest may not skip.` */
export function mayNot(role: Role, what: string): string {
  return `${role === 'admin' ? 'An' : 'A'} ${role} may not ${what}.`
}
