import type { Actions, Command } from '../actions/actions'
import type { Clock } from '../clock'
import type { Database } from '../database/database'
import type { Log } from '../log'
import type { Mopidy } from '../mopidy/mopidy'
import type { Player } from '../mopidy/player'
import { createAttribution } from './attribution'
import { createHistory } from './history'
import type { History, HistoryQuery, Stats, StatsQuery } from './model'
import { createPlaybackState } from './playback-state'
import { createPlays } from './plays'
import { createStatistics } from './statistics'

export type Analytics = ReturnType<typeof createAnalytics>
export type AnalyticsOptions = {
  database: Database
  mopidy: Mopidy
  player: Player
  /** Resolves when all that was done before is in the database. */
  settled: Actions['settled']
  clock: Clock
  log: Log
}

/** What was done and what was heard. */
export function createAnalytics({
  database,
  mopidy,
  player,
  settled,
  clock,
  log,
}: AnalyticsOptions) {
  const attribution = createAttribution()
  const plays = createPlays({ database, mopidy, attribution, clock, log })
  const history = createHistory({ database })
  const statistics = createStatistics({ database })

  return {
    /** To be told of every command that worked. */
    note: (command: Command): void => attribution.note(command),

    async history(userId: number, query: HistoryQuery): Promise<History> {
      await settled()
      return history(userId, query)
    },

    async statistics(userId: number, query: StatsQuery): Promise<Stats> {
      await settled()
      plays.save()
      return statistics(userId, query)
    },

    playbackState: createPlaybackState({ database, mopidy, player, attribution }),

    close: (): void => plays.close(),
  }
}
