import type { Database as Sqlite } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { done, signIn } from '../actions/recorded'
import { temporaryFolder } from '../support/executable'
import type { OwnSocket } from '../support/own-socket'
import { hasRealMopidy, type RealMopidy, startRealMopidy } from '../support/real-mopidy'
import { connectRpc } from '../support/rpc-client'
import { startTestMusakone, type TestMusakone } from '../support/test-musakone'
import { addUser, withRows } from '../support/user-rows'
import type { PlayRow } from './house'

const SLACK_MS = 300
const ADMIN = 1
const BERTA = 2

let stage: Awaited<ReturnType<typeof openStage>> | undefined
afterAll(async () => {
  await stage?.leave()
  await stage?.mopidy.stop()
})

/** A real Mopidy behind Musakone, two people, and an outsider, who talks to Mopidy directly. */
async function openStage() {
  const mopidy: RealMopidy = await startRealMopidy({ restoreState: true })
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let musakone: TestMusakone
  let admin: OwnSocket
  let berta: OwnSocket

  async function enter(): Promise<void> {
    musakone = await startTestMusakone({
      mopidyUrl: mopidy.url,
      databasePath,
      limits: { mopidy: { backOffFirstMs: 50, backOffMostMs: 100 } },
    })
    const findBerta = (file: Sqlite) => file.query('SELECT 1 FROM users WHERE id = 2').get()
    if (withRows(databasePath, findBerta) === null)
      await addUser(databasePath, { username: 'berta', role: 'admin' })
    await musakone.online()
    const people = ['admin', 'berta'].map(async (name) =>
      signIn(musakone, await musakone.logIn(name)),
    )
    ;[admin, berta] = (await Promise.all(people)) as [OwnSocket, OwnSocket]
  }

  await enter()
  return {
    mopidy,
    enter,
    admin: (method: string, params: unknown = {}) => done(admin, `core.${method}`, params),
    berta: (method: string, params: unknown = {}) => done(berta, `core.${method}`, params),
    async outsider(method: string, params: Record<string, unknown> = {}): Promise<void> {
      const outside = await connectRpc(mopidy.url)
      await outside.call(`core.${method}`, params)
      await outside.close()
    },
    started: () => admin.event('track_playback_started'),
    back: () => musakone.online(),
    async leave(): Promise<void> {
      admin.close()
      berta.close()
      await musakone.stop()
    },
    async rows(): Promise<PlayRow[]> {
      const token = await musakone.logIn()
      await musakone.request('/api/playback/history', { token })
      return withRows(databasePath, (file) =>
        file.query<PlayRow, []>('SELECT * FROM plays ORDER BY id').all(),
      )
    },
  }
}

if (hasRealMopidy())
  test('a real Mopidy: every play, how long it was heard, who queued, started and ended it', async () => {
    stage = await openStage()
    const { mopidy, admin, berta, outsider, started } = stage
    const uris = mopidy.tracks.toSorted((a, b) => b.lengthMs - a.lengthMs).map(({ uri }) => uri)
    const [short] = mopidy.tracks.filter(({ lengthMs }) => lengthMs === 4_000)
    await admin('tracklist.add', { uris: uris.slice(0, 2) })
    await berta('tracklist.add', { uris: uris.slice(2, 4) })
    await outsider('tracklist.add', { uris: uris.slice(4, 6) })
    await admin('tracklist.add', { uris: [short?.uri] })

    const expected: Partial<PlayRow>[] = []
    const times: number[] = []
    const ends = (ms: number, play: Partial<PlayRow>) => {
      times.push(ms)
      expected.push(play)
    }

    await admin('playback.play')
    await started()
    await Bun.sleep(1_000)
    await admin('playback.pause')
    await Bun.sleep(700)
    await berta('playback.resume')
    await Bun.sleep(800)
    ends(1_800, { queued_by: ADMIN, started_by: ADMIN, end_reason: 'skipped', ended_by: BERTA })
    await berta('playback.next')
    await started()
    await Bun.sleep(500)
    await berta('playback.seek', { time_position: 9_000 })
    await Bun.sleep(700)
    ends(1_200, { queued_by: ADMIN, started_by: BERTA, end_reason: 'skipped', ended_by: null })
    await outsider('playback.next')
    await started()

    // Musakone is restarted: the play goes on.
    const third = performance.now()
    await Bun.sleep(600)
    await stage.leave()
    await Bun.sleep(500)
    await stage.enter()
    await Bun.sleep(600)
    ends(performance.now() - third, {
      ...{ queued_by: BERTA, started_by: null, end_reason: 'replaced', ended_by: ADMIN },
    })
    await admin('playback.play', { tlid: 5 })
    await started()

    // Two skips by two people. Without a pause between them Mopidy sends some events twice, and does not
    // always tell which of the two ended what: the simulator has those.
    await Bun.sleep(700)
    ends(700, { queued_by: null, started_by: ADMIN, end_reason: 'skipped', ended_by: BERTA })
    await berta('playback.next')
    await started()
    await Bun.sleep(700)
    ends(700, { started_by: BERTA, end_reason: 'skipped', ended_by: ADMIN })
    await admin('playback.previous')
    await started()
    await Bun.sleep(500)
    const afterSkips = await stage.rows()
    // Mopidy is restarted, and restores what it played.
    const current = afterSkips.at(-1)
    await mopidy.restart()
    await stage.back()
    await Bun.sleep(1_000)
    const restored = (await stage.rows()).at(-1)
    expect(restored).toMatchObject({ tlid: current?.tlid, started_at_ms: current?.started_at_ms })
    ends(restored?.listened_ms ?? 0, { started_by: ADMIN, end_reason: 'stopped', ended_by: ADMIN })
    await admin('playback.stop')
    await Bun.sleep(300)

    // The track is heard to its end.
    await berta('playback.play', { tlid: 7 })
    await started()
    await Bun.sleep(4_800)
    ends(4_000, { queued_by: ADMIN, started_by: BERTA, end_reason: 'finished', ended_by: null })

    const rows = await stage.rows()
    expect(rows.map(({ tlid }) => tlid)).toHaveLength(expected.length)
    rows.forEach((row, index) => {
      expect(row).toMatchObject(expected[index] ?? {})
      expect(Math.abs(row.listened_ms - (times[index] ?? 0))).toBeLessThan(SLACK_MS)
    })
  }, 90_000)
else test.skip('a real Mopidy: mopidy, mopidy-local or ffmpeg is not installed', () => {})
