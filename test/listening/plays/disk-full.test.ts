import { describe, expect, test } from 'bun:test'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../../src/database/database'
import { createPlayRows } from '../../../src/listening/plays/play-rows'
import { createPlayWriter } from '../../../src/listening/plays/play-writer'
import { createLog } from '../../../src/log'
import { addTracks, done } from '../../actions/recorded'
import { smallDisk } from '../../support/small-disk'
import { openHouse } from '../house'

const SECOND = 1_000
const TRACK = { uri: 'demo:a', name: 'A'.repeat(500), artist: null, album: null, lengthMs: null }

function fill(path: string): void {
  for (let size = 64 * 1024; size >= 1; size = Math.floor(size / 2))
    try {
      for (;;) appendFileSync(path, new Uint8Array(size))
    } catch {
      // Smaller pieces may still fit.
    }
}

describe('P4 with a full disk', () => {
  test('plays wait, and are written once there is room', async () => {
    const database = openDatabase(':memory:')
    const { sqlite } = database
    const log = await createLog({ level: 'silent', format: 'json' })
    const writer = createPlayWriter({ rows: createPlayRows(database), log })
    const write = (startedAtMs: number) =>
      writer.write({
        ...{ tlid: 1, track: TRACK, queuedBy: null, startedBy: null, startedAtMs },
        ...{ listenedMs: 1, positionMs: 1, savedAtMs: 1 },
        end: { reason: 'finished', endedBy: null },
      })
    const count = () => sqlite.query('SELECT COUNT(*) AS plays FROM plays').get()
    const [[pages]] = sqlite.query('PRAGMA page_count').values() as [[number]]
    sqlite.run(`PRAGMA max_page_count = ${pages}`)
    for (let at = 0; at < 100; at += 1) write(at)
    expect((count() as { plays: number }).plays).toBeLessThan(100)
    sqlite.run('PRAGMA max_page_count = 1000000')
    writer.flush()
    expect(count()).toEqual({ plays: 100 })
    database.close()
  })

  const disk = smallDisk(16 * 1024 * 1024)
  test.skipIf(disk === undefined)('the music goes on, and no play is lost', async () => {
    const house = await openHouse({}, join(disk ?? '', 'musakone.db'))
    const { socket } = house.room.admin
    await addTracks(socket, 1, 2, 3)
    await done(socket, 'core.playback.play')
    await house.advance(10 * SECOND)
    const ballast = join(disk ?? '', 'ballast')
    fill(ballast)
    for (let skips = 0; skips < 40; skips += 1) {
      await done(socket, 'core.playback.next')
      await house.advance(SECOND)
      await done(socket, 'core.playback.play', { tlid: 1 })
      await house.advance(SECOND)
    }
    const [added] = await addTracks(socket, 4)
    rmSync(ballast)
    await done(socket, 'core.playback.play', { tlid: added?.tlid })
    await house.advance(SECOND)
    const rows = await house.rows()
    expect(rows.map(({ listened_ms }) => listened_ms)).toEqual([
      10 * SECOND,
      ...Array(81).fill(SECOND),
    ])
    expect(new Set(rows.map(({ queued_by }) => queued_by))).toEqual(new Set([1]))
    // The users who queued the tracks are written afterwards too.
    await house.stopMusakone()
    await house.startMusakone()
    await house.advance(SECOND)
    expect((await house.rows()).at(-1)).toMatchObject({ queued_by: 1, listened_ms: 2 * SECOND })
    await house.close()
  })
})
