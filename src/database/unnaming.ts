import type { Database } from './database'
import { inSteps, ROWS_A_STEP } from './steps'

/** The large tables that keep their rows, without the name, when a user is deleted. */
const NAMED = [
  ['user_actions', 'user_id'],
  ['plays', 'queued_by'],
  ['plays', 'started_by'],
  ['plays', 'ended_by'],
] as const

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
    await inSteps(database, () => step.run({ userId, most: ROWS_A_STEP }))
  }
}
