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
  const deleteOldActions = sqlite.query<unknown, Values>(
    `DELETE FROM user_actions WHERE id IN (
       SELECT id FROM user_actions WHERE timestamp < $before LIMIT $most)`,
  )
  const deleteOldPlays = sqlite.query<unknown, Values>(
    `DELETE FROM plays WHERE id IN (
       SELECT id FROM plays
        WHERE started_at_ms < $before * 1000 AND end_reason IS NOT NULL LIMIT $most)`,
  )

  const repeat = (step: () => { changes: number }) => inSteps(database, step, () => closed)

  async function prune(): Promise<void> {
    if (historyDays === 0) return
    const most = ROWS_A_STEP
    const before = secondsOf(clock) - historyDays * DAY_S
    const actions = await repeat(() => deleteOldActions.run({ before, most }))
    const plays = await repeat(() => deleteOldPlays.run({ before, most }))
    if (actions + plays > 0) log.info({ actions, plays, historyDays }, 'forgot old history')
  }

  void guarded(pruning, prune)

  return {
    /** Deletes what a user did, and takes the user's name off plays: the room keeps its counts. */
    async forgetUser(userId: number, { from, to }: Span): Promise<Forgotten> {
      const values = { userId, from, to, most: ROWS_A_STEP }
      const actions = await repeat(() => deleteActions.run(values))
      let plays = 0
      for (const unnaming of unnamings) plays += await repeat(() => unnaming.run(values))
      return { actions, plays }
    },

    close(): void {
      closed = true
      stopPruning()
    },
  }
}
