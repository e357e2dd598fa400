import type { Database } from './database'

/** The large tables that keep their rows, without the name, when a user is deleted. */
const NAMED = [
  ['user_actions', 'user_id'],
  ['plays', 'queued_by'],
  ['plays', 'started_by'],
  ['plays', 'ended_by'],
] as const

/** Rows that are changed at once, so that nobody else has to wait for long. */
const ROWS_AT_ONCE = 200

/**
 * Takes a user's name off what the user did and queued, in small steps: years of it at once, as the
 * deletion of the row would, hold everybody up.
 */
export async function unname(database: Database, userId: number): Promise<void> {
  for (const [table, column] of NAMED) {
    const step = database.sqlite.query<unknown, { userId: number; most: number }>(
      `UPDATE ${table} SET ${column} = NULL
        WHERE id IN (SELECT id FROM ${table} WHERE ${column} = $userId LIMIT $most)`,
    )
    const values = { userId, most: ROWS_AT_ONCE }
    while (database.together(() => step.run(values)).changes > 0)
      await new Promise((resolve) => setImmediate(resolve))
  }
}
