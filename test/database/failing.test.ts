import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { pino } from 'pino'
import { installFailingSqlite } from '../support/failing-sqlite'
import { connectOwn, type OwnSocket } from '../support/own-socket'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../support/test-musakone'

const URIS = ['demo:track:the-kettle-hymnal:01', 'demo:track:the-kettle-hymnal:02']

/** Requests of which each reads or writes the database. */
const READS = [
  '/api/auth/me',
  '/api/auth/sessions',
  '/api/users',
  '/api/audit',
  '/api/room',
  '/api/queue',
  '/api/playback/state',
  '/api/playback/history',
  '/api/analytics/history',
  '/api/analytics/stats',
  '/api/analytics/incognito',
]

describe('S1 a database that fails', () => {
  const sqlite = installFailingSqlite()
  const lines: { level: number; msg: string }[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  /** The work of every timer that repeats. */
  const timers = new Set<() => void>()
  let musakone: TestMusakone
  let token: string
  let music: OwnSocket

  beforeAll(async () => {
    const { setInterval: real } = globalThis
    const collecting = (work: () => void, ms: number) => {
      timers.add(work)
      return real(work, ms)
    }
    globalThis.setInterval = collecting as typeof setInterval
    musakone = await startTestMusakone({ log, historyDays: 1 })
    globalThis.setInterval = real
    await musakone.online()
    token = await musakone.logIn()
    music = await connectOwn(musakone.socketUrl)
    await music.signIn(token)
  })
  afterAll(async () => {
    sqlite.uninstall()
    music.close()
    await musakone.stop()
  })

  const received = (method: string) =>
    (musakone.demo?.received ?? []).filter((frame) => frame.includes(`"${method}"`)).length

  /** Calls that method on a socket that is signed in: Mopidy gets it, and the caller its answer. */
  async function play(method: string, params: unknown = {}): Promise<void> {
    const before = received(method)
    const answer = await music.call(method, params)
    expect(answer.type).toBe('mopidy_response')
    expect(received(method)).toBeGreaterThan(before)
  }

  async function answered(path: string, init: Parameters<TestMusakone['request']>[1] = {}) {
    const response = await musakone.request(path, init)
    await response.text().catch(() => '')
    expect({ path, status: response.status }).toEqual({
      path,
      status: [200, 503].includes(response.status) ? response.status : 200,
    })
  }

  /** What people, Mopidy and the timers do in a while. */
  async function scenario(): Promise<void> {
    await answered('/api/auth/login', { json: { username: 'admin', password: TEST_PASSWORD } })
    const other = await connectOwn(musakone.socketUrl)
    other.send({ type: 'auth', token })
    expect(String((await other.next()).type)).toStartWith('auth_')
    other.close()
    await play('core.tracklist.add', { uris: URIS })
    await play('core.playback.play')
    await play('core.mixer.set_volume', { volume: 30 })
    await play('core.playback.pause')
    await play('core.tracklist.clear')
    for (const path of READS) await answered(path, { token })
    await answered('/api/roles/guest', {
      method: 'PATCH',
      token,
      json: { limits: { max_queued: 70 } },
    })
    for (const work of timers) work()
    // Timers that work in steps.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  async function callsOf(work: () => Promise<void>): Promise<number> {
    sqlite.fail({ at: Number.POSITIVE_INFINITY, code: 'SQLITE_IOERR', forGood: false })
    await work()
    return sqlite.calls()
  }

  const health = async () => {
    const response = await musakone.request('/health')
    const { status = 'down' } = (await response.json()) as { status?: string }
    return status
  }

  test('is never the end of the music, whichever call fails', async () => {
    await scenario()
    const calls = await callsOf(scenario)
    expect(calls).toBeGreaterThan(50)
    for (let at = 1; at <= calls; at += 1) {
      sqlite.fail({ at, code: at % 2 === 0 ? 'SQLITE_FULL' : 'SQLITE_IOERR', forGood: false })
      await scenario()
    }
    sqlite.heal()
    expect(await health()).toBe('ok')
  })

  test('is never the end of the music, from whichever call on it fails for good', async () => {
    const calls = await callsOf(scenario)
    // What comes last in a scenario may come a little later in the next one.
    for (let at = 1; at <= calls / 2; at += 8) {
      sqlite.fail({ at, code: 'SQLITE_IOERR', forGood: true })
      await scenario()
      expect(await health()).not.toBe('ok')
      sqlite.heal()
    }
    await scenario()
    expect(await health()).toBe('ok')
  })

  test('names nobody by mistake: what is done meanwhile is nobody’s', async () => {
    await play('core.tracklist.clear')
    sqlite.fail({ at: 1, code: 'SQLITE_IOERR', forGood: true })
    await play('core.tracklist.add', { uris: URIS.slice(0, 1) })
    await play('core.mixer.set_volume', { volume: 77 })
    sqlite.heal()
    await play('core.tracklist.add', { uris: URIS.slice(1) })
    const json = async (path: string) => (await musakone.request(path, { token })).json()
    const { tracks } = (await json('/api/queue')) as { tracks: { queued_by: unknown }[] }
    expect(tracks.map(({ queued_by }) => queued_by)).toEqual([
      null,
      expect.objectContaining({ username: 'admin' }),
    ])
    const history = JSON.stringify(await json('/api/analytics/history?action_type=volume_changed'))
    expect(history).toContain('"volume":30')
    expect(history).not.toContain('"volume":77')
  })

  test('is said in the log, of each thing that could not be done', () => {
    const told = new Set(lines.map(({ msg }) => msg))
    expect([...told]).toEqual(
      expect.arrayContaining([
        'cannot answer a request',
        'cannot forget sessions that have expired',
        'cannot read who is incognito',
        'cannot write down who queued what',
        'cannot record actions',
        'cannot record plays',
      ]),
    )
    // Each once a minute, however often it fails.
    expect(lines.length).toBeLessThan(100)
  })
})
