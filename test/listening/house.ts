import { join } from 'node:path'
import { type DemoOptions, startDemoMopidy } from '../../src/demo/mopidy'
import { createFakeClock } from '../demo/fake-clock'
import { temporaryFolder } from '../support/executable'
import { connectRpc } from '../support/rpc-client'
import { until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'
import { MONDAY_NOON, openRoom } from './room'

export type House = Awaited<ReturnType<typeof openHouse>>
export type PlayRow = {
  tlid: number
  track_uri: string
  queued_by: number | null
  started_by: number | null
  started_at_ms: number
  listened_ms: number
  end_reason: string | null
  ended_by: number | null
}

const SOON = { backOffFirstMs: 20, backOffMostMs: 50 }

/** Musakone and a demo Mopidy under one clock, each of which can be restarted without the other. */
export async function openHouse(
  options: DemoOptions = {},
  databasePath = join(temporaryFolder(), 'musakone.db'),
) {
  const clock = createFakeClock(MONDAY_NOON)
  const demo = await startDemoMopidy({ clock, lengthMs: 60_000, ...options })
  const start = () =>
    openRoom({ clock, databasePath, mopidyUrl: demo.url, limits: { mopidy: SOON } })
  let room = await start()

  /** Resolves when Musakone has heard all that Mopidy has said. */
  async function heard(): Promise<void> {
    await room.admin.socket.call('core.library.browse', { uri: 'demo:nothing' })
  }

  async function rows(): Promise<PlayRow[]> {
    await heard()
    await room.admin.get('playback/history')
    return withRows(databasePath, (file) =>
      file
        .query<PlayRow, []>(
          `SELECT tlid, track_uri, queued_by, started_by, started_at_ms, listened_ms, end_reason,
                  ended_by
             FROM plays ORDER BY id`,
        )
        .all(),
    )
  }

  /** Resolves when Musakone has found Mopidy and has asked what it plays. */
  async function found(): Promise<void> {
    await room.musakone.online()
    await heard()
    await heard()
  }

  return {
    clock,
    demo,
    databasePath,
    rows,
    heard,
    get room() {
      return room
    },

    /** Lets time go by; resolves when Musakone has heard what Mopidy says of it. */
    async advance(ms: number): Promise<void> {
      clock.advance(ms)
      await heard()
    },

    /** A call by a program that talks to Mopidy without Musakone. */
    async outsider(method: string, params: Record<string, unknown> = {}): Promise<void> {
      const outside = await connectRpc(demo.url)
      await outside.call(method, params)
      await outside.close()
    },

    async restartMopidy(restart: { restoreState: boolean; awayMs?: number }): Promise<void> {
      await demo.restart(restart)
      await until(() => !room.musakone.services.mopidy.status().online, 'Mopidy to be missed')
      clock.advance(restart.awayMs ?? 0)
      await found()
    },

    stopMusakone: () => room.close(),
    async startMusakone(): Promise<void> {
      room = await start()
      await found()
    },

    async close(): Promise<void> {
      await room.close()
      await demo.stop()
    },
  }
}
