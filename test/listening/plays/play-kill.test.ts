import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startDemoMopidy } from '../../../src/demo/mopidy'
import { addTracks, done } from '../../actions/recorded'
import { online } from '../../cli/footprint'
import { endAll, start } from '../../cli/launch'
import { temporaryFolder } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import type { PlayRow } from '../house'

afterAll(endAll)

const ROUNDS = 4
const SKIPS = 5
const SLACK_MS = 300

test('P1 kill -9 in mid-song: the song goes on as one play, and no play before it is lost', async () => {
  const mopidy = await startDemoMopidy()
  const path = join(temporaryFolder(), 'data/musakone.db')
  /** When each track has started, by our own clock. */
  const starts: number[] = []
  let totalMs = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const musakone = await start({ MOPIDY_URL: mopidy.url, DATABASE_PATH: path })
    await online(musakone)
    const client = await connectOwn(`${musakone.socketUrl}?token=${await musakone.logIn()}`)
    if (round === 0) {
      await addTracks(client, 1, 2, 3)
      await done(client, 'core.tracklist.set_repeat', { value: true })
    }
    for (let skip = 0; skip < SKIPS; skip += 1) {
      await done(client, starts.length === 0 ? 'core.playback.play' : 'core.playback.next')
      await client.event('track_playback_started')
      starts.push(performance.now())
      await Bun.sleep(100)
    }
    await musakone.stop('SIGKILL')
    client.close()
  }
  const last = await start({ MOPIDY_URL: mopidy.url, DATABASE_PATH: path })
  await online(last)
  expect(await last.stop()).toBe(0)
  totalMs = performance.now() - (starts[0] ?? 0)

  const file = new Database(path, { readonly: true })
  expect(file.query('PRAGMA integrity_check').values()).toEqual([['ok']])
  const rows = file.query<PlayRow, []>('SELECT * FROM plays ORDER BY id').all()
  expect(rows).toHaveLength(ROUNDS * SKIPS)
  rows.forEach((row, index) => {
    const isLast = index === rows.length - 1
    const wasMs = (starts[index + 1] ?? (starts[0] ?? 0) + totalMs) - (starts[index] ?? 0)
    expect(row).toMatchObject({
      queued_by: 1,
      started_by: 1,
      end_reason: isLast ? null : 'skipped',
      ended_by: isLast ? null : 1,
    })
    expect(Math.abs(row.listened_ms - wasMs)).toBeLessThan(SLACK_MS)
  })
  file.close()
  await mopidy.stop()
})
