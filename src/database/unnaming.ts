import type { Database } from './database'
import { inSteps, ROWS_A_STEP } from './steps'

/** The columns of large tables that become NULL when a user is deleted; their rows stay. */
const NAMED = [
  ['user_actions', 'user_id'],
  ['plays', 'queued_by'],
  ['plays', 'started_by'],
  ['plays', 'ended_by'],
] as const

/**
 * Removes a user from the user's actions and plays, and what the user brought, in small steps. Deleting the row of the user would do
 * it in one, and for years of history block the service meanwhile.
 */
export async function unname(database: Database, userId: number): Promise<void> {
  // What the user brought counts for nobody else.
  for (const table of ['user_actions', 'plays']) {
    const step = database.sqlite.query<unknown, { userId: number; most: number }>(
      `DELETE FROM ${table}
        WHERE id IN (SELECT id FROM ${table} WHERE brought_by = $userId LIMIT $most)`,
    )
    await inSteps(database, () => step.run({ userId, most: ROWS_A_STEP }))
  }
  for (const [table, column] of NAMED) {
    const step = database.sqlite.query<unknown, { userId: number; most: number }>(
      `UPDATE ${table} SET ${column} = NULL
        WHERE id IN (SELECT id FROM ${table} WHERE ${column} = $userId LIMIT $most)`,
    )
    await inSteps(database, () => step.run({ userId, most: ROWS_A_STEP }))
  }
}
