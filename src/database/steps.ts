import type { Database } from './database'

/**
 * Rows to write or change in one step. A row that triggers count in many lists takes half a millisecond,
 * and the event loop waits for the whole step.
 */
export const ROWS_A_STEP = 20

/** Repeats a step until it changes nothing or `isOver` returns true. Resolves to the number of changed rows. */
export async function inSteps(
  database: Database,
  step: () => { changes: number },
  isOver: () => boolean = () => false,
): Promise<number> {
  let sum = 0
  while (!isOver()) {
    const { changes } = await database.inTurn(() => database.together(step))
    // `changes` leaves out the rows that triggers change.
    if (changes === 0) break
    sum += changes
    await new Promise((resolve) => setImmediate(resolve))
  }
  return sum
}
