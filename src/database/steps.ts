import type { Database } from './database'

/**
 * Rows that are written or changed at once: one that is counted in many lists takes half a millisecond, and
 * meanwhile nobody else has a turn.
 */
export const ROWS_A_STEP = 20

/** Repeats a step until it changes nothing, or all is over; the number of rows that it changed. */
export async function inSteps(
  database: Database,
  step: () => { changes: number },
  isOver: () => boolean = () => false,
): Promise<number> {
  let sum = 0
  while (!isOver()) {
    const { changes } = await database.inTurn(() => database.together(step))
    // Triggers do not count.
    if (changes === 0) break
    sum += changes
    await new Promise((resolve) => setImmediate(resolve))
  }
  return sum
}
