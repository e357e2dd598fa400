import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { createRecorder, type Entry, type Recorder } from '../../../src/actions/recorder/recorder'
import { type Database, openDatabase } from '../../../src/database/database'
import { inSteps } from '../../../src/database/steps'
import { createLog } from '../../../src/log'
import { temporaryFolder } from '../../support/executable'

const ROWS = 3_000
const MOST_WAITING = 20_000

const WHERE = {
  'in this thread': () => ':memory:',
  'in a thread of its own': () => join(temporaryFolder(), 'musakone.db'),
}

describe.each(Object.entries(WHERE))('the recorder, %s', (_, newPath) => {
  let database: Database
  let recorder: Recorder
  beforeEach(async () => {
    database = openDatabase(newPath())
    recorder = createRecorder({
      database,
      log: await createLog({ level: 'silent', format: 'json' }),
    })
  })
  afterEach(async () => {
    await recorder.close()
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
  const numbered = (count: number, first = 0) =>
    Array.from({ length: count }, (_, row) => entry(first + row))
  const record = (entries: readonly Entry[]) => entries.forEach(recorder.record)
  const written = () =>
    database.sqlite.query('SELECT COUNT(*) FROM user_actions').values()[0]?.[0] as number

  test('writes many rows in groups, between which others have their turn', async () => {
    record(numbered(ROWS))
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
    record(numbered(ROWS))
    const flushed = recorder.flushed()
    record(numbered(5 * ROWS, ROWS))
    await flushed
    expect(written()).toBeGreaterThanOrEqual(ROWS)
    expect(recorder.waiting()).toBeGreaterThan(0)
    await recorder.close()
    expect(written()).toBe(6 * ROWS)
  })

  test('rows keep their order, and know their ids', async () => {
    const entries = numbered(ROWS)
    record(entries)
    await recorder.flushed()
    const rows = database.sqlite
      .query('SELECT id, timestamp FROM user_actions ORDER BY id')
      .values()
    expect(rows).toEqual(entries.map(({ id, timestamp }) => [id ?? Number.NaN, timestamp]))
  })

  test('what is amended while it waits, is written, or is there is one row as it was last', async () => {
    const entries = numbered(100)
    record(entries)
    for (let volume = 0; volume < 200; volume += 1) {
      const [first] = entries
      if (first === undefined) throw new Error('no entry')
      first.action = { ...first.action, metadata: { volume } }
      recorder.record(first)
      await new Promise((resolve) => setImmediate(resolve))
      if (volume === 50) void recorder.flushed()
    }
    await recorder.flushed()
    expect([written(), recorder.waiting(), recorder.dropped()]).toEqual([100, 0, 0])
    const rows = database.sqlite
      .query('SELECT metadata FROM user_actions WHERE track_uri = ?')
      .values('local:track:0')
    expect(rows).toEqual([['{"volume":199}']])
  })

  test('P4 what the disk refuses is kept, and written once it is accepted', async () => {
    database.sqlite.run(
      `CREATE TRIGGER full BEFORE INSERT ON user_actions WHEN NEW.timestamp = 1
       BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    )
    record(numbered(30))
    await recorder.flushed()
    // A transaction that has taken its time ends between any two rows, also before the one that is refused.
    const before = written()
    expect(before).toBeLessThanOrEqual(1)
    expect(recorder.waiting()).toBe(30 - before)
    database.sqlite.run('DROP TRIGGER full')
    await recorder.flushed()
    expect([written(), recorder.waiting(), recorder.dropped()]).toEqual([30, 0, 0])
  })

  test('P4 of more than it keeps the oldest are given up, and counted', async () => {
    database.sqlite.run(
      `CREATE TRIGGER full BEFORE INSERT ON user_actions
       BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    )
    const entries = numbered(MOST_WAITING + 10)
    record(entries)
    record(entries.slice(-5))
    expect([recorder.waiting(), recorder.dropped()]).toEqual([MOST_WAITING, 10])
    database.sqlite.run('DROP TRIGGER full')
    await recorder.flushed()
    expect([written(), recorder.waiting(), recorder.dropped()]).toEqual([MOST_WAITING, 0, 10])
    expect(database.sqlite.query('SELECT min(timestamp) FROM user_actions').values()).toEqual([
      [10],
    ])
  })

  test('writes only when it is its turn', async () => {
    const other = Promise.withResolvers<void>()
    const turn = database.inTurn(() => other.promise)
    record(numbered(100))
    let isWritten = false
    const flushed = recorder.flushed().then(() => {
      isWritten = true
    })
    // Longer than a thread needs to begin, so that it would have written by now.
    await Bun.sleep(300)
    expect([written(), isWritten]).toEqual([0, false])
    other.resolve()
    await Promise.all([turn, flushed])
    expect(written()).toBe(100)
  })

  test('gets its turn while a thousand rows are deleted one by one', async () => {
    record(numbered(1_000))
    await recorder.flushed()
    const remove = database.sqlite.query<unknown, []>(
      'DELETE FROM user_actions WHERE id IN (SELECT id FROM user_actions WHERE id <= 1000 LIMIT 1)',
    )
    let isOver = false
    const removed = inSteps(database, () => remove.run()).then((rows) => {
      isOver = true
      return rows
    })
    record(numbered(100, 1_000))
    await recorder.flushed()
    expect(isOver).toBe(false)
    expect(await removed).toBe(1_000)
    expect(written()).toBe(100)
  })

  test('what is amended after it was deleted changes no other row', async () => {
    const [first] = numbered(1)
    if (first === undefined) throw new Error('no entry')
    recorder.record(first)
    await recorder.flushed()
    database.sqlite.run(
      `DELETE FROM user_actions;
       INSERT INTO user_actions (id, action_type, timestamp, metadata) VALUES (1, 'search', 0, '{}')`,
    )
    recorder.record({ ...first, action: { ...first.action, metadata: { volume: 2 } } })
    await recorder.flushed()
    expect(database.sqlite.query('SELECT metadata FROM user_actions').values()).toEqual([['{}']])
    expect(recorder.waiting()).toBe(0)
  })

  test('what is recorded while it closes holds nobody up', async () => {
    record(numbered(100))
    await recorder.flushed()
    const closed = recorder.close()
    record(numbered(100, 100))
    await Promise.all([recorder.flushed(), closed])
    await recorder.flushed()
    expect(await database.inTurn(() => 'their turn')).toBe('their turn')
  })

  test('writes what waits before it closes, and leaves nothing open', async () => {
    record(numbered(ROWS))
    await recorder.close()
    expect(written()).toBe(ROWS)
    const { path } = database
    database.close()
    // SQLite clears its log away when the last connection is closed in order.
    expect(existsSync(`${path}-wal`)).toBe(false)
    database = openDatabase(':memory:')
  })
})

describe('where the thread cannot open the database', () => {
  // The connection that is open goes on, as when the last file descriptor is gone.
  test.each(['flushed', 'close'] as const)('all is written without it: %s', async (end) => {
    const folder = temporaryFolder()
    const database = openDatabase(join(folder, 'musakone.db'))
    renameSync(folder, `${folder}-moved`)
    const lines: string[] = []
    const log = await createLog({ level: 'error', format: 'json' })
    const error = (_: object, line: string) => lines.push(line)
    const recorder = createRecorder({ database, log: { ...log, error: error as never } as never })
    for (let row = 0; row < 1_000; row += 1)
      recorder.record({
        userId: 1,
        timestamp: row,
        action: { type: 'pause', track: null, positionMs: null, metadata: null },
      })
    await recorder[end]()
    const rows = database.sqlite.query('SELECT timestamp FROM user_actions ORDER BY id').values()
    expect(rows).toEqual(Array.from({ length: 1_000 }, (_, row) => [row]))
    expect(lines).toEqual(
      end === 'flushed' ? ['actions are recorded without a thread of their own'] : [],
    )
    await recorder.close()
    database.close()
    renameSync(`${folder}-moved`, folder)
  })
})
