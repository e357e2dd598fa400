import { Database as Sqlite } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { executable, temporaryFolder } from '../support/executable'
import { fillDisk, smallDisk } from '../support/small-disk'
import { until } from '../support/test-musakone'
import { healthOf } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

const ROOM = 4 * 1024 * 1024
/** Bytes that a start needs beside the database: for the index of the write-ahead log. */
const LEFT = 48 * 1024

const disk = smallDisk(ROOM)

// A disk of its own takes a mount, which only root may make.
test.skipIf(disk === undefined)(
  'S1 with expired sessions and a full disk it starts, and stays',
  async () => {
    executable()
    const path = join(disk ?? temporaryFolder(), 'musakone.db')
    const first = await start({ DATABASE_PATH: path })
    for (let time = 0; time < 3; time += 1) await first.logIn()
    expect(await first.stop()).toBe(0)
    const sqlite = new Sqlite(path)
    sqlite.run('UPDATE sessions SET expires_at = 1')
    sqlite.run('PRAGMA journal_mode = DELETE')
    sqlite.close()
    fillDisk(disk ?? '', LEFT)

    const musakone = await start({ DATABASE_PATH: path })
    const complaint = () =>
      musakone.lines().find(({ msg }) => msg === 'cannot forget sessions that have expired')
    await until(() => complaint() !== undefined, 'it to say so')
    expect(complaint()?.reason).toContain('full')
    expect(await healthOf(musakone)).toMatchObject({
      status: 'degraded',
      database: { ok: false, problem: 'The disk of the database is full.' },
    })
    expect(musakone.child.exitCode).toBeNull()
    expect(await musakone.stop()).toBe(0)
  },
)
