import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import { type RunningExecutable, temporaryFolder } from '../support/executable'
import { connectOwn, type OwnSocket } from '../support/own-socket'
import { until } from '../support/test-musakone'
import { online } from './footprint'
import { endAll, launch, start } from './launch'

afterAll(endAll)

const SOCKETS = 100
const LONGEST_STOP_MS = 5_000
/** The number of this level in pino. */
const WARN = 40

function threadsOf(pid: number): string[] {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).map((task) => {
    try {
      return readFileSync(`${tasks}/${task}/comm`, 'utf8').trim()
    } catch {
      return 'gone by now'
    }
  })
}

describe('P3 stopping', () => {
  let mopidy: DemoMopidy
  let musakone: RunningExecutable
  let token: string
  let clients: OwnSocket[]
  beforeEach(async () => {
    mopidy = await startDemoMopidy()
    musakone = await start({ MOPIDY_URL: mopidy.url, MAX_SOCKETS_PER_USER: String(2 * SOCKETS) })
    await online(musakone)
    token = await musakone.logIn()
    const url = `${musakone.socketUrl}?token=${token}`
    clients = await Promise.all(Array.from({ length: SOCKETS }, () => connectOwn(url)))
  })
  afterEach(() => mopidy.stop())

  const stop = async (signal: NodeJS.Signals) => {
    const startedAt = performance.now()
    const exitCode = await musakone.stop(signal)
    return { exitCode, ms: performance.now() - startedAt }
  }
  const endings = async () => {
    const all = await Promise.all(clients.map(({ closed }) => closed))
    return [...new Set(all.map(({ code, reason }) => `${code} ${reason}`))]
  }
  const recorded = (): unknown[][] => {
    const path = join(musakone.cwd, 'data/musakone.db')
    // A database that was closed in order has no write-ahead log beside it.
    expect(existsSync(`${path}-wal`)).toBe(false)
    const file = new Database(path, { readonly: true })
    expect(file.query('PRAGMA integrity_check').values()).toEqual([['ok']])
    const rows = file
      .query('SELECT action_type, COUNT(*) FROM user_actions GROUP BY action_type')
      .values()
    file.close()
    return rows
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'P3 %s: calls on their way are answered, actions written, sockets told 1001',
    async (signal) => {
      // Without the stop, an action answered now would be on the disk a quarter of a second later.
      mopidy.faults.delay(500, 'core.tracklist.set_repeat')
      await Promise.all(
        clients.map((client) => client.call('core.tracklist.set_random', { value: true })),
      )
      const late = clients.map((client) =>
        client.call('core.tracklist.set_repeat', { value: true }),
      )
      await until(() => mopidy.received.filter(isRepeat).length === SOCKETS, 'calls to arrive')
      // The recorder's thread, which is part of the executable, writes this many.
      await until(() => threadsOf(musakone.child.pid).includes('Worker'), 'the thread')
      const { exitCode, ms } = await stop(signal)
      expect(exitCode).toBe(0)
      expect(ms).toBeLessThan(LONGEST_STOP_MS)
      for (const answer of late) expect(await answer).toMatchObject({ type: 'mopidy_response' })
      expect(await endings()).toEqual(['1001 Musakone is stopping'])
      expect(musakone.lines().filter(({ level }) => Number(level) > WARN)).toEqual([])
      expect(recorded()).toEqual([['options_changed', 2 * SOCKETS]])
    },
  )

  test('P3 neither a hung Mopidy, nor clients that never leave, nor more signals hold it up', async () => {
    mopidy.faults.mute('core.tracklist.set_repeat')
    const { port } = musakone
    const upgrade = `GET /ws?token=${token} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
    const halfSent = `POST /api/auth/login HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"user`
    const idle = [await openRaw(port, upgrade, 'HTTP/1.1 101'), await openRaw(port, halfSent)]
    await Promise.all(
      clients.map((client) => client.call('core.tracklist.set_random', { value: true })),
    )
    const unanswered = clients.map((client) => client.call('core.tracklist.set_repeat', [true]))
    const given = Promise.allSettled(unanswered)
    const stopping = stop('SIGTERM')
    await until(() => musakone.lines().some(({ msg }) => msg === 'stopping'), 'it to stop')
    musakone.child.kill('SIGTERM')
    musakone.child.kill('SIGINT')
    await Promise.race(clients.map(({ closed }) => closed))
    musakone.child.kill('SIGTERM')
    const { exitCode, ms } = await stopping
    expect(exitCode).toBe(0)
    expect(ms).toBeLessThan(LONGEST_STOP_MS)
    expect(await endings()).toEqual(['1001 Musakone is stopping'])
    await given
    expect(recorded()).toEqual([['options_changed', SOCKETS]])
    const said = musakone.lines().map(({ msg }) => msg)
    expect(said.filter((msg) => msg === 'stopping')).toHaveLength(1)
    expect(said.at(-1)).toBe('musakone has stopped')
    expect(said).not.toContain('unexpected error')
    for (const socket of idle) socket.terminate()
  })
})

test('P3 told to stop while it starts, it ends in order', async () => {
  const cwd = temporaryFolder()
  const child = launch({ LOG_FORMAT: 'json' }, { cwd })
  await until(() => existsSync(join(cwd, 'data/musakone.db-wal')), 'it to open the database')
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  expect(await new Response(child.stdout).text()).toContain('musakone has stopped')
  expect(existsSync(join(cwd, 'data/musakone.db-wal'))).toBe(false)
})

const isRepeat = (frame: string) => frame.includes('core.tracklist.set_repeat')

/** A TCP connection that sends this text and then nothing more. */
async function openRaw(port: number, text: string, reply = '') {
  let heard = ''
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, bytes) {
        heard += bytes.toString('latin1')
      },
      error() {},
    },
  })
  socket.write(text)
  await until(() => heard.startsWith(reply), 'the server to answer')
  return socket
}
