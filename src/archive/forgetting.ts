import { type Clock, DAY_S, HOUR_MS, secondsOf } from '../clock'
import type { Database } from '../database/database'
import { inSteps, ROWS_A_STEP } from '../database/steps'
import { every, guarded } from '../guard'
import type { Log } from '../log'
import type { Forgotten } from './model'

type Span = Readonly<{ from: number; to: number }>
type Values = Record<string, number>

const PRUNE_EVERY_MS = HOUR_MS

type ForgettingOptions = {
  database: Database
  clock: Clock
  log: Log
  /** Days that actions and plays are kept; 0 for ever. */
  historyDays: number
}

/** Deletes the history of a user on request, and everybody's when it is old; in small steps. */
export function createForgetting({ database, clock, log, historyDays }: ForgettingOptions) {
  const { sqlite } = database
  let closed = false
  const pruning = { what: 'forget old history', log }
  const stopPruning = every(PRUNE_EVERY_MS, pruning, prune)

  const deleteActions = sqlite.query<unknown, Values>(
    `DELETE FROM user_actions WHERE id IN (
       SELECT id FROM user_actions
        WHERE user_id = $userId AND timestamp >= $from AND timestamp < $to LIMIT $most)`,
  )
  const unname = (column: 'queued_by' | 'started_by' | 'ended_by') =>
    sqlite.query<unknown, Values>(
      `UPDATE plays SET ${column} = NULL WHERE id IN (
         SELECT id FROM plays
          WHERE ${column} = $userId
            AND started_at_ms >= $from * 1000 AND started_at_ms < $to * 1000 LIMIT $most)`,
    )
  const unnamings = [unname('queued_by'), unname('started_by'), unname('ended_by')]
  // What was brought has no index by time alone: the second part of each goes by the person.
  const deleteOldActions = sqlite.query<unknown, Values>(
    `DELETE FROM user_actions WHERE id IN (
       SELECT id FROM user_actions WHERE brought_by IS NULL AND timestamp < $before LIMIT $most)`,
  )
  const deleteOldPlays = sqlite.query<unknown, Values>(
    `DELETE FROM plays WHERE id IN (
       SELECT id FROM plays
        WHERE brought_by IS NULL AND started_at_ms < $before * 1000 AND end_reason IS NOT NULL
        LIMIT $most)`,
  )
  const deleteBroughtActions = sqlite.query<unknown, Values>(
    `DELETE FROM user_actions WHERE id IN (
       SELECT id FROM user_actions
        WHERE brought_by = $userId AND timestamp >= $from AND timestamp < $to LIMIT $most)`,
  )
  const deleteBroughtPlays = sqlite.query<unknown, Values>(
    `DELETE FROM plays WHERE id IN (
       SELECT id FROM plays
        WHERE brought_by = $userId
          AND started_at_ms >= $from * 1000 AND started_at_ms < $to * 1000 LIMIT $most)`,
  )
  const bringers = sqlite.query<{ userId: number }, []>(
    `SELECT DISTINCT brought_by AS userId FROM plays WHERE brought_by IS NOT NULL
     UNION SELECT DISTINCT brought_by FROM user_actions WHERE brought_by IS NOT NULL`,
  )

  const repeat = (step: () => { changes: number }) => inSteps(database, step, () => closed)

  async function prune(): Promise<void> {
    if (historyDays === 0) return
    const most = ROWS_A_STEP
    const before = secondsOf(clock) - historyDays * DAY_S
    let actions = await repeat(() => deleteOldActions.run({ before, most }))
    let plays = await repeat(() => deleteOldPlays.run({ before, most }))
    for (const { userId } of bringers.all()) {
      const brought = await removeBrought(userId, { from: 0, to: before })
      actions += brought.actions
      plays += brought.plays
    }
    if (actions + plays > 0) log.info({ actions, plays, historyDays }, 'forgot old history')
  }

  async function removeBrought(userId: number, { from, to }: Span): Promise<Forgotten> {
    const values = { userId, from, to, most: ROWS_A_STEP }
    const actions = await repeat(() => deleteBroughtActions.run(values))
    return { actions, plays: await repeat(() => deleteBroughtPlays.run(values)) }
  }

  void guarded(pruning, prune)

  return {
    /** Deletes all that a user brought by imports. */
    removeBrought,

    /**
     * Deletes what a user did and brought, and takes the user's name off plays: the room keeps its counts.
     */
    async forgetUser(userId: number, { from, to }: Span): Promise<Forgotten> {
      const values = { userId, from, to, most: ROWS_A_STEP }
      const actions = await repeat(() => deleteActions.run(values))
      let { plays } = await removeBrought(userId, { from, to })
      for (const unnaming of unnamings) plays += await repeat(() => unnaming.run(values))
      return { actions, plays }
    },

    close(): void {
      closed = true
      stopPruning()
    },
  }
}
