import type { Database as Sqlite } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { done, signIn } from '../actions/recorded'
import { temporaryFolder } from '../support/executable'
import type { OwnSocket } from '../support/own-socket'
import { hasRealMopidy, type RealMopidy, startRealMopidy } from '../support/real-mopidy'
import { connectRpc } from '../support/rpc-client'
import { startTestMusakone, type TestMusakone, until } from '../support/test-musakone'
import { addUser, withRows } from '../support/user-rows'
import type { PlayRow } from './house'
import { createStopwatch, type Span } from './stopwatch'

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
    const spans: Span[] = []
    const watch = createStopwatch()
    const ends = (span: Span, play: Partial<PlayRow>) => {
      spans.push(span)
      expected.push(play)
    }
    const exactly = (ms: number): Span => ({ least: ms, most: ms })
    /** Does what starts another play, and waits until Musakone has heard of it. */
    const starts = (work: Promise<unknown>) => work.then(started)

    await watch.start(() => starts(admin('playback.play')))
    await Bun.sleep(1_000)
    await watch.pause(() => admin('playback.pause'))
    await Bun.sleep(700)
    await watch.start(() => berta('playback.resume'))
    await Bun.sleep(800)
    ends(await watch.next(() => starts(berta('playback.next'))), {
      ...{ queued_by: ADMIN, started_by: ADMIN, end_reason: 'skipped', ended_by: BERTA },
    })
    await Bun.sleep(500)
    await berta('playback.seek', { time_position: 9_000 })
    await Bun.sleep(700)
    ends(await watch.next(() => starts(outsider('playback.next'))), {
      ...{ queued_by: ADMIN, started_by: BERTA, end_reason: 'skipped', ended_by: null },
    })

    // Musakone is restarted: the play goes on.
    await Bun.sleep(600)
    await stage.leave()
    await Bun.sleep(500)
    await stage.enter()
    await Bun.sleep(600)
    ends(await watch.next(() => starts(admin('playback.play', { tlid: 5 }))), {
      ...{ queued_by: BERTA, started_by: null, end_reason: 'replaced', ended_by: ADMIN },
    })

    // Two skips by two people. Without a pause between them Mopidy sends some events twice, and does not
    // always tell which of the two ended what: the simulator has those.
    await Bun.sleep(700)
    ends(await watch.next(() => starts(berta('playback.next'))), {
      ...{ queued_by: null, started_by: ADMIN, end_reason: 'skipped', ended_by: BERTA },
    })
    await Bun.sleep(700)
    ends(await watch.next(() => starts(admin('playback.previous'))), {
      ...{ started_by: BERTA, end_reason: 'skipped', ended_by: ADMIN },
    })
    await Bun.sleep(500)
    const afterSkips = await stage.rows()
    // Mopidy is restarted, and restores what it played.
    const current = afterSkips.at(-1)
    await mopidy.restart()
    await stage.back()
    await Bun.sleep(1_000)
    const restored = (await stage.rows()).at(-1)
    expect(restored).toMatchObject({ tlid: current?.tlid, started_at_ms: current?.started_at_ms })
    const stopped = { started_by: ADMIN, end_reason: 'stopped', ended_by: ADMIN }
    await watch.start(async () => {})
    const since = await watch.next(() => admin('playback.stop'))
    const before = restored?.listened_ms ?? 0
    ends({ least: before, most: before + since.most }, stopped)
    await Bun.sleep(300)

    // The track is heard to its end.
    await starts(berta('playback.play', { tlid: 7 }))
    await until(
      async () => (await stage?.rows())?.at(-1)?.end_reason === 'finished',
      'it to have finished',
    )
    ends(exactly(4_000), {
      ...{ queued_by: ADMIN, started_by: BERTA, end_reason: 'finished', ended_by: null },
    })

    const rows = await stage.rows()
    expect(rows.map(({ tlid }) => tlid)).toHaveLength(expected.length)
    rows.forEach((row, index) => {
      expect(row).toMatchObject(expected[index] ?? {})
      const { least, most } = spans[index] ?? exactly(0)
      expect(row.listened_ms).toBeGreaterThan(least - SLACK_MS)
      expect(row.listened_ms).toBeLessThan(most + SLACK_MS)
    })
  }, 90_000)
else test.skip('a real Mopidy: mopidy, mopidy-local or ffmpeg is not installed', () => {})
