import type { Database } from '../database/database'

export type Incognito = ReturnType<typeof createIncognito>

/** Which users are incognito for the time being: nothing that these do is recorded under their name. */
export function createIncognito({ sqlite }: Pick<Database, 'sqlite'>) {
  const find = sqlite.query<{ incognito: number }, { userId: number }>(
    'SELECT incognito FROM users WHERE id = $userId',
  )
  const update = sqlite.query<unknown, { userId: number; on: number }>(
    'UPDATE users SET incognito = $on WHERE id = $userId',
  )

  return {
    isOn: (userId: number): boolean => find.get({ userId })?.incognito === 1,

    set: (userId: number, on: boolean): void => void update.run({ userId, on: Number(on) }),
  }
}
