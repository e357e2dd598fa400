import { type Clock, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { nameKey } from '../users/name'
import type { UserRow } from '../users/users'

const LONGEST_NAME = 64

export type GuestNames = ReturnType<typeof createGuestNames>

/** The names of guests who have gone, which others may take: last week's Anna is not this week's. */
export function createGuestNames({ database, clock }: { database: Database; clock: Clock }) {
  const { sqlite } = database
  const byKey = sqlite.query<{ id: number }, { key: string }>(
    'SELECT id FROM users WHERE name_key = $key',
  )
  const rename = sqlite.query<unknown, { id: number; username: string; key: string }>(
    'UPDATE users SET username = $username, name_key = $key WHERE id = $id',
  )

  return {
    /** Whether the account is a guest's and has ended. */
    isGone: ({ role, expires_at }: UserRow): boolean =>
      role === 'guest' && expires_at !== null && expires_at <= secondsOf(clock),

    /** Frees the name of a guest who has gone: `anna` becomes `anna~12`, which history then shows. */
    giveUp({ id, username }: UserRow): void {
      for (let attempt = 1; ; attempt += 1) {
        const mark = attempt === 1 ? `~${id}` : `~${id}~${attempt}`
        const other = [...username].slice(0, LONGEST_NAME - mark.length).join('') + mark
        if (byKey.get({ key: nameKey(other) }) !== null) continue
        rename.run({ id, username: other, key: nameKey(other) })
        return
      }
    },
  }
}
