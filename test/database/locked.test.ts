import { Database as Sqlite } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/database'
import { temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import {
  startTestMusakone,
  TEST_PASSWORD,
  type TestMusakone,
  UNTHROTTLED,
  until,
} from '../support/test-musakone'

let path: string
let musakone: TestMusakone
beforeEach(async () => {
  path = join(temporaryFolder(), 'musakone.db')
  musakone = await startTestMusakone({ databasePath: path, limits: { throttle: UNTHROTTLED } })
  await musakone.online()
})
afterEach(() => musakone.stop())

/** The status of a reply, its body, and the milliseconds that it took. */
async function timed(path: string, init?: Parameters<TestMusakone['request']>[1]) {
  const startedAt = performance.now()
  const response = await musakone.request(path, init)
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, body, ms: performance.now() - startedAt }
}

const logIn = () =>
  timed('/api/auth/login', { json: { username: 'admin', password: TEST_PASSWORD } })
const health = () => timed('/health')

describe('S1 while another program holds the lock of the database', () => {
  test('health answers, writes of accounts are refused in time, reads and music go on', async () => {
    const token = await musakone.logIn()
    const socket = await connectOwn(musakone.socketUrl)
    await socket.signIn(token)
    const other = new Sqlite(path)
    other.run('BEGIN IMMEDIATE')
    let isOver = false
    const probing = (async () => {
      const answers = []
      while (!isOver) {
        answers.push(await health())
        await new Promise((resolve) => setImmediate(resolve))
      }
      return answers
    })()
    try {
      const logins = await Promise.all(Array.from({ length: 8 }, logIn))
      for (const { status, body, ms } of logins) {
        expect({ status, error: body.error }).toEqual({ status: 503, error: 'unavailable' })
        expect(ms).toBeLessThan(1_000)
      }
      const role = { method: 'PATCH', token, json: { limits: { max_queued: 3 } } }
      expect(await timed('/api/roles/guest', role)).toMatchObject({ status: 503 })
      expect(await timed('/api/users', { token })).toMatchObject({ status: 200 })
      for (const volume of [10, 20, 30]) {
        const answer = await socket.call('core.mixer.set_volume', { volume })
        expect(answer.type).toBe('mopidy_response')
      }
      expect((await health()).body).toMatchObject({
        status: 'degraded',
        database: { ok: false, problem: expect.stringContaining('Another program') },
      })
    } finally {
      isOver = true
      other.run('ROLLBACK')
      other.close()
    }
    const answers = await probing
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(500)

    expect((await logIn()).status).toBe(200)
    await until(async () => (await health()).body.status === 'ok', 'health to be ok again')
    socket.close()
  })
})

describe('S1 the file of the database', () => {
  const gone = { status: 'degraded', database: { ok: false } }

  test.each<[string, () => void]>([
    ['deleted', () => rmSync(path)],
    ['moved away', () => renameSync(path, `${path}.old`)],
    [
      'replaced',
      () => {
        renameSync(path, `${path}.old`)
        new Sqlite(path, { create: true }).run('CREATE TABLE a (b)')
      },
    ],
    ['without its write-ahead log', () => rmSync(`${path}-wal`)],
  ])('%s while it is in use: health is degraded at once', async (_, spoil) => {
    expect((await health()).body).toMatchObject({ status: 'ok', database: { ok: true } })
    spoil()
    expect((await health()).body).toMatchObject(gone)
    expect((await health()).body).toMatchObject({
      database: { problem: expect.stringContaining('deleted or replaced') },
    })
    expect((await logIn()).status).toBe(200)
    expect((await health()).body).toMatchObject(gone)
  })
})

test('S1 a lock at the start is a reason for systemd to try again', () => {
  const file = join(temporaryFolder(), 'musakone.db')
  openDatabase(file, { exclusive: true }).close()
  const other = new Sqlite(file)
  // As a restore leaves it.
  other.run('PRAGMA journal_mode = DELETE')
  other.run('BEGIN EXCLUSIVE')
  const opening = () => openDatabase(file, { exclusive: true })
  expect(opening).toThrow(expect.objectContaining({ name: 'StartError', exitCode: 75 }))
  other.run('ROLLBACK')
  other.close()
  opening().close()
})
