import { createUserNames, type UserName } from '../accounts/users/user-names'
import type { Actions, Command } from '../actions/actions'
import type { Incognito } from '../actions/incognito'
import { createExport } from '../archive/export'
import type { ExportFormat } from '../archive/export-formats'
import { createForgetting } from '../archive/forgetting'
import { createImport } from '../archive/import'
import { readCandidates } from '../archive/import-reader'
import type { Forgotten, Imported, SpanQuery } from '../archive/model'
import type { Clock } from '../clock'
import type { Database } from '../database/database'
import { createActionHistory } from '../history/action-history'
import type { History, HistoryQuery } from '../history/model'
import { createPlaybackHistory } from '../history/playback-history'
import type { PlaybackHistory, PlaybackHistoryQuery } from '../history/playback-history-model'
import { createAttribution } from '../listening/attribution'
import { followMopidy } from '../listening/mopidy-follower'
import { createPlayRows } from '../listening/play-rows'
import { createPlaybackState } from '../listening/playback-state'
import { createPlays } from '../listening/plays'
import { createQueue } from '../listening/queue'
import type { Queuers } from '../listening/queuers'
import { createRestartDetector } from '../listening/restart-detector'
import type { Log } from '../log'
import type { Mirror } from '../mopidy/mirror'
import type { Mopidy } from '../mopidy/mopidy'
import type { Player } from '../mopidy/player'
import { readTlTracks } from '../mopidy/track'
import { createDays } from '../statistics/days/days'
import type { Days, DaysQuery } from '../statistics/days/model'
import type { Subject } from '../statistics/edge-rows'
import type { Review, ReviewQuery, RoomStatsQuery, Stats } from '../statistics/model'
import { createStatistics } from '../statistics/statistics'

export type Analytics = ReturnType<typeof createAnalytics>
export type AnalyticsOptions = {
  database: Database
  mopidy: Mopidy
  player: Player
  mirror: Mirror
  queuers: Queuers
  incognito: Incognito
  /** Resolves when all that was done before is in the database. */
  settled: Actions['settled']
  clock: Clock
  log: Log
  /** Days that actions and plays are kept; 0 for ever. */
  historyDays?: number
  /** Told who has queued what. */
  onQueued?: (queued: { tlids: number[]; queued_by: UserName | null }) => void
}

/** The last second that counts, of the year 9999. */
const LATEST = 253_402_300_799

/** What was done and what was heard. */
export function createAnalytics({
  database,
  mopidy,
  player,
  mirror,
  queuers,
  incognito,
  settled,
  clock,
  log,
  historyDays = 0,
  onQueued = () => {},
}: AnalyticsOptions) {
  const attribution = createAttribution({ queuers, clock })
  const plays = createPlays({ rows: createPlayRows(database), attribution, clock, log })
  const restarts = createRestartDetector({ database, queuers, log })
  followMopidy({ mopidy, plays, restarts, log })
  const history = createActionHistory({ database })
  const exportHistory = createExport({ database })
  const importHistory = createImport({ database, clock })
  const forgetting = createForgetting({ database, clock, log, historyDays })
  const playbackHistory = createPlaybackHistory({ database })
  const nameOf = createUserNames(database)
  const statistics = createStatistics({ database, clock })
  const days = createDays({ database, clock })

  return {
    /** To be told of every command that worked. */
    note(command: Command): void {
      plays.note(command)
      if (command.call.method.action !== 'queue_add') return
      const tlids = readTlTracks(command.result).map(({ tlid }) => tlid)
      const queued_by = command.isPrivate ? null : nameOf(command.userId)
      if (tlids.length > 0) onQueued({ tlids, queued_by })
    },

    async history(userId: number | 'all', query: HistoryQuery): Promise<History> {
      await settled()
      return history(userId, query)
    },

    /** What a user did and heard or, of subject 0, the room. */
    async statistics(subject: Subject, query: RoomStatsQuery): Promise<Stats> {
      await settled()
      plays.save()
      return statistics.stats(subject, query)
    },

    /** The same by days. */
    async days(subject: Subject, query: DaysQuery): Promise<Days> {
      await settled()
      plays.save()
      return days(subject, query)
    },

    async review(subject: Subject, year: number, query: ReviewQuery): Promise<Review> {
      await settled()
      plays.save()
      return statistics.review(subject, year, query)
    },

    playbackHistory(query: PlaybackHistoryQuery): PlaybackHistory {
      plays.save()
      return playbackHistory(query)
    },

    /** The text of a user's whole history in that format. */
    async exportHistory(
      userId: number,
      { from = 0, to = LATEST }: SpanQuery,
      format: ExportFormat,
    ): Promise<ReadableStream<string>> {
      await settled()
      plays.save()
      return exportHistory({ userId, from, to }, format)
    },

    /** Brings back, as the user's own, what `exportHistory` gave. */
    importHistory: (
      userId: number,
      body: ReadableStream<Uint8Array>,
      format: 'csv' | 'jsonl',
    ): Promise<Imported> => importHistory(userId, readCandidates(body, format)),

    /** Whether what a user does is not kept, and the switch for it. */
    incognito,

    async forgetHistory(userId: number, { from = 0, to = LATEST }: SpanQuery): Promise<Forgotten> {
      await settled()
      return forgetting.forgetUser(userId, { from, to })
    },

    queue: createQueue({ database, mirror, player, queuers, clock }),

    playbackState: createPlaybackState({ database, mopidy, player, attribution }),

    close(): void {
      forgetting.close()
      plays.close()
    },
  }
}
