import type { Database } from '../../database/database'

export type UserName = { id: number; username: string }

export type UserNames = ReturnType<typeof createUserNames>

/** Finds the name of a user; null without an id, and for a user who has been deleted. */
export function createUserNames({ sqlite }: Pick<Database, 'sqlite'>) {
  const find = sqlite.query<UserName, { id: number | null }>(
    'SELECT id, username FROM users WHERE id = $id',
  )
  return (id: number | null): UserName | null => (id === null ? null : find.get({ id }))
}
