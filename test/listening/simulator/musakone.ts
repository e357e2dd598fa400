import { createActions } from '../../../src/actions/actions'
import type { Recorder } from '../../../src/actions/recorder/recorder'
import type { Clock } from '../../../src/clock'
import type { Database } from '../../../src/database/database'
import { createAttribution } from '../../../src/listening/attribution'
import { followMopidy } from '../../../src/listening/plays/mopidy-follower'
import { createPlayRows } from '../../../src/listening/plays/play-rows'
import { createPlays } from '../../../src/listening/plays/plays'
import { createRestartDetector } from '../../../src/listening/plays/restart-detector'
import { createQueuers } from '../../../src/listening/queuers'
import { createLog } from '../../../src/log'
import type { MopidyEvent } from '../../../src/mopidy/events'
import type { Mopidy, Status } from '../../../src/mopidy/mopidy'
import { createPlayer } from '../../../src/mopidy/player'

export const VERSION = '3.4.1'
const log = await createLog({ level: 'silent', format: 'json' })

export type SimulatedMusakone = ReturnType<typeof createSimulatedMusakone>

/** One process of the part of Musakone that records plays, on a connection that a test provides. */
export function createSimulatedMusakone({
  database,
  clock,
  send,
}: {
  database: Database
  clock: Clock
  send: Mopidy['send']
}) {
  const stub = stubMopidy(send)
  const { mopidy } = stub
  const player = createPlayer({ mopidy, clock })
  const queuers = createQueuers({ database, clock, log })
  const attribution = createAttribution({ queuers, clock })
  let alive = true
  const rows = createPlayRows(database)
  const write: typeof rows.write = (row) => alive && rows.write(row)
  const plays = createPlays({ rows: { ...rows, write }, attribution, clock, log })
  followMopidy({ mopidy, plays, restarts: createRestartDetector({ database, queuers, log }), log })
  const actions = createActions({
    incognito: { isOn: () => false, set() {} },
    mopidy,
    player,
    recorder: SILENT,
    clock,
    log,
    onCommand(command) {
      queuers.note(command)
      plays.note(command)
    },
  })
  return {
    ...stub,
    actions,
    player,
    plays,
    /** Ends the process; with `kill` it writes nothing any more, as after kill -9. */
    stop(kill: boolean) {
      alive = !kill
      plays.close()
      actions.close()
      queuers.close()
    },
  }
}

function stubMopidy(send: Mopidy['send']) {
  const statusListeners = new Set<(status: Status) => void>()
  const eventListeners = new Set<(event: MopidyEvent) => void>()
  let status: Status = { online: false }
  const mopidy: Mopidy = {
    status: () => status,
    send,
    call: (method, params = {}) => new Promise((resolve) => send(method, params, resolve)),
    onStatus: (listener) => void statusListeners.add(listener),
    onEvent: (listener) => void eventListeners.add(listener),
    silentMs: () => 0,
    idle: () => Promise.resolve(),
    close: () => {},
  }
  return {
    mopidy,
    hear(event: MopidyEvent) {
      for (const listener of eventListeners) listener(event)
    },
    setOnline(online: boolean) {
      status = { online, version: VERSION }
      for (const listener of statusListeners) listener(status)
    },
  }
}

/** Actions are not tested here. */
const SILENT: Recorder = {
  record: () => {},
  flushed: async () => {},
  waiting: () => 0,
  dropped: () => 0,
  close: async () => {},
}
