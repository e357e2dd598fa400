import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createRecorder, type Entry, type Recorder } from '../../src/actions/recorder'
import { type Database, openDatabase } from '../../src/database/database'
import { createLog } from '../../src/log'

const ROWS = 3_000

describe('the recorder', () => {
  let database: Database
  let recorder: Recorder
  beforeEach(async () => {
    database = openDatabase(':memory:')
    recorder = createRecorder({
      database,
      log: await createLog({ level: 'silent', format: 'json' }),
    })
  })
  afterEach(() => {
    recorder.close()
    database.close()
  })

  const entry = (number: number): Entry => ({
    userId: 1,
    timestamp: number,
    action: {
      type: 'queue_add',
      track: {
        uri: `local:track:${number}`,
        name: null,
        artist: `Artist ${number}`,
        album: null,
        lengthMs: null,
      },
      positionMs: null,
      metadata: { tlid: number },
    },
  })
  const written = () =>
    database.sqlite.query('SELECT COUNT(*) FROM user_actions').values()[0]?.[0] as number

  test('writes many rows in groups, between which others have their turn', async () => {
    for (let row = 0; row < ROWS; row += 1) recorder.record(entry(row))
    const seen: number[] = []
    let isDone = false
    const look = () => {
      seen.push(written())
      if (!isDone) setImmediate(look)
    }
    setImmediate(look)
    await recorder.flushed()
    isDone = true
    expect(written()).toBe(ROWS)
    expect(recorder.waiting()).toBe(0)
    expect(seen.filter((rows) => rows > 0 && rows < ROWS).length).toBeGreaterThan(3)
  })

  test('waits for what was recorded before, not for what comes after', async () => {
    for (let row = 0; row < ROWS; row += 1) recorder.record(entry(row))
    const flushed = recorder.flushed()
    for (let row = 0; row < 5 * ROWS; row += 1) recorder.record(entry(ROWS + row))
    await flushed
    expect(written()).toBeGreaterThanOrEqual(ROWS)
    expect(recorder.waiting()).toBeGreaterThan(0)
    recorder.flush()
    expect(written()).toBe(6 * ROWS)
  })

  test('P4 what the disk refuses is kept, and written once it is accepted', async () => {
    database.sqlite.run(
      `CREATE TRIGGER full BEFORE INSERT ON user_actions WHEN NEW.timestamp = 1
       BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    )
    for (let row = 0; row < 30; row += 1) recorder.record(entry(row))
    await recorder.flushed()
    expect([written(), recorder.waiting()]).toEqual([0, 30])
    database.sqlite.run('DROP TRIGGER full')
    await recorder.flushed()
    expect([written(), recorder.waiting(), recorder.dropped()]).toEqual([30, 0, 0])
  })
})
