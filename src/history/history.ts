import type { Database } from '../database/database'
import { createActionHistory } from './action-history'
import type {
  ActionHistory,
  ActionHistoryQuery,
  PlaybackHistory,
  PlaybackHistoryQuery,
} from './model'
import { createPlaybackHistory } from './playback-history'

export type History = ReturnType<typeof createHistory>
type HistoryOptions = {
  database: Database
  /** Resolves when all that was done and heard before the call is in the database. */
  upToDate: () => Promise<void>
}

/** What people did and what was heard, newest first, a page at a time. */
export function createHistory({ database, upToDate }: HistoryOptions) {
  const actions = createActionHistory({ database })
  const plays = createPlaybackHistory({ database })

  return {
    /** The actions of one user, or with `all` everybody's. */
    async actions(userId: number | 'all', query: ActionHistoryQuery): Promise<ActionHistory> {
      await upToDate()
      return actions(userId, query)
    },

    /** The plays of the room. */
    async plays(query: PlaybackHistoryQuery): Promise<PlaybackHistory> {
      await upToDate()
      return plays(query)
    },
  }
}
