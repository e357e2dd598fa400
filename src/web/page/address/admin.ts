/** The parts of the administration, in the order of their tabs. */
export const PARTS = ['people', 'invites', 'roles', 'audit', 'health', 'backups'] as const
export type Part = (typeof PARTS)[number] | 'start'

/** Where a part is, or one thing of it. */
export function placeOf(part?: Part, id?: number): string {
  if (part === undefined) return '/admin'
  return `/admin?part=${part}${id === undefined ? '' : `&id=${id}`}`
}
