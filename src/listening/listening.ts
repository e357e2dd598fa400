import { createUserNames, type UserName } from '../accounts/users/user-names'
import type { Command } from '../actions/actions'
import type { Clock } from '../clock'
import type { Database } from '../database/database'
import { resultOr } from '../guard'
import type { Log } from '../log'
import type { Mirror } from '../mopidy/mirror'
import type { Mopidy } from '../mopidy/mopidy'
import type { Player } from '../mopidy/player'
import { readTlTracks } from '../mopidy/track'
import { createAttribution } from './attribution'
import { createPlaybackState } from './playback-state'
import { followMopidy } from './plays/mopidy-follower'
import { createPlayRows } from './plays/play-rows'
import { createPlays } from './plays/plays'
import { createRestartDetector } from './plays/restart-detector'
import { createQueue } from './queue'
import type { Queuers } from './queuers'

/** Tracks that one command queued, and the user who did; null while incognito. */
export type Queued = { tlids: number[]; queued_by: UserName | null }

export type Listening = ReturnType<typeof createListening>
type ListeningOptions = {
  database: Database
  mopidy: Mopidy
  player: Player
  mirror: Mirror
  queuers: Queuers
  clock: Clock
  log: Log
  /** Called after each command that added tracks. */
  onQueued?: (queued: Queued) => void
}

/** What is heard: records each play, and answers what plays now and what will. */
export function createListening({
  database,
  mopidy,
  player,
  mirror,
  queuers,
  clock,
  log,
  onQueued = () => {},
}: ListeningOptions) {
  const attribution = createAttribution({ queuers, clock })
  const plays = createPlays({ rows: createPlayRows(database), attribution, clock, log })
  const restarts = createRestartDetector({ database, queuers, log })
  followMopidy({ mopidy, plays, restarts, log })
  const nameOf = createUserNames(database)

  return {
    /** Takes note of a command that Mopidy has carried out. */
    note(command: Command): void {
      plays.note(command)
      if (command.call.method.action !== 'queue_add') return
      const tlids = readTlTracks(command.result).map(({ tlid }) => tlid)
      const naming = { what: 'name who queued songs', log }
      const queued_by = command.isPrivate
        ? null
        : resultOr(null, naming, () => nameOf(command.userId))
      if (tlids.length > 0) onQueued({ tlids, queued_by })
    },

    /** Writes down how long the current track has been heard so far. */
    save: plays.save,

    /** Plays since the start that no statistics count, because a total could not be written. */
    uncounted: plays.uncounted,

    queue: createQueue({ database, mirror, player, queuers, clock }),

    playbackState: createPlaybackState({ database, mopidy, player, attribution }),

    close: plays.close,
  }
}
