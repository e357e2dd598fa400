import type { Database } from '../database/database'
import { AppError } from '../errors'
import { MIXER_OLD_MS } from '../mopidy/mixer-memory'
import type { Mopidy } from '../mopidy/mopidy'
import type { Player } from '../mopidy/player'
import type { Attribution } from './attribution'
import type { PlaybackState } from './model'

/** While Mopidy is busy, an old volume is told rather than waited for; milliseconds. */
const LONGEST_WAIT_MS = 300

type PlaybackStateOptions = {
  database: Database
  mopidy: Mopidy
  player: Player
  attribution: Attribution
}

/** What plays now, and who queued it. */
export function createPlaybackState({
  database,
  mopidy,
  player,
  attribution,
}: PlaybackStateOptions) {
  const findUser = database.sqlite.query<{ id: number; username: string }, { id: number | null }>(
    'SELECT id, username FROM users WHERE id = $id',
  )

  /** @throws {AppError} `mopidy_offline`. */
  return async (): Promise<PlaybackState> => {
    if (!mopidy.status().online) throw new AppError('mopidy_offline', 'Mopidy is offline.')
    if (player.snapshot().mixerAgeMs >= MIXER_OLD_MS)
      await Promise.race([player.askMixer(), Bun.sleep(LONGEST_WAIT_MS)])
    const { state, current, positionMs, volume, mute } = player.snapshot()
    const common = { state, position_ms: positionMs, volume, mute }
    if (current === null) return { ...common, track: null, queued_by: null }
    const { tlid, track } = current
    const { lengthMs, ...names } = track
    return {
      ...common,
      track: { tlid, ...names, length_ms: lengthMs },
      queued_by: findUser.get({ id: attribution.queuerOf(tlid, track.uri) }),
    }
  }
}
