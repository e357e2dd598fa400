import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import {
  executable,
  type RunningExecutable,
  runExecutable,
  temporaryFolder,
} from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { expectAsBefore, footprintOf } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

const LONGEST_REFUSAL_MS = 1_000

describe('a second instance', () => {
  beforeAll(() => void executable())

  /** A client that is signed in on the first instance, and notices any change there. */
  async function guest(first: RunningExecutable) {
    const token = await first.logIn()
    const client = await connectOwn(`${first.socketUrl}?token=${token}`)
    const before = footprintOf(first)
    return async () => {
      expect(client.socket.readyState).toBe(WebSocket.OPEN)
      const headers = { authorization: `Bearer ${token}` }
      expect((await fetch(`${first.origin}/api/auth/me`, { headers })).status).toBe(200)
      await first.logIn()
      await expectAsBefore(first, before)
      client.close()
      expect(await first.stop()).toBe(0)
    }
  }

  test.each([
    ['by the same path', (path: string) => path],
    ['by a path relative to elsewhere', (path: string) => join(path, '../../data/./musakone.db')],
    [
      'through a link to the folder',
      (path: string) => {
        const link = join(temporaryFolder(), 'link')
        symlinkSync(join(path, '..'), link)
        return join(link, 'musakone.db')
      },
    ],
    [
      'through a link to the file',
      (path: string) => {
        const link = join(temporaryFolder(), 'other.db')
        symlinkSync(path, link)
        return link
      },
    ],
  ])('P9 on the same data is refused %s, the first unaffected', async (_, other) => {
    const path = join(temporaryFolder(), 'data/musakone.db')
    const first = await start({ DATABASE_PATH: path })
    const expectUnaffected = await guest(first)
    const second = await runExecutable([], { DATABASE_PATH: other(path), PORT: '0' })
    expect(second.exitCode).toBe(1)
    expect(second.ms).toBeLessThan(LONGEST_REFUSAL_MS)
    expect(second.stderr).toMatch(/^musakone: another musakone is already running on \S+\n$/)
    // A second attempt is refused too: the first did not release the lock.
    expect((await runExecutable([], { DATABASE_PATH: path, PORT: '0' })).exitCode).toBe(1)
    await expectUnaffected()

    const next = await start({ DATABASE_PATH: path })
    await next.logIn()
    expect(await next.stop()).toBe(0)
  })

  test('P9 after a kill -9 nothing stale keeps it from starting', async () => {
    const path = join(temporaryFolder(), 'musakone.db')
    const first = await start({ DATABASE_PATH: path })
    await first.stop('SIGKILL')
    const next = await start({ DATABASE_PATH: path })
    await next.logIn()
    expect(await next.stop()).toBe(0)
  })

  test('P10 on a port in use it exits and names the port, the first unaffected', async () => {
    const first = await start()
    const expectUnaffected = await guest(first)
    for (const args of [[], ['demo']]) {
      const second = await runExecutable(args, { PORT: String(first.port) })
      expect(second.exitCode).toBe(1)
      expect(second.stderr).toMatch(/^musakone: [^\n]+\n$/)
      expect(second.stderr).toContain(`port ${first.port} is already in use`)
    }
    await expectUnaffected()
  })

  test('P10 a port that another program holds, on one address only, is in use too', async () => {
    const other = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const cwd = temporaryFolder()
    const variables = { PORT: String(other.port), HOST: '127.0.0.1' }
    const { exitCode, stderr } = await runExecutable([], variables, cwd)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`port ${other.port} is already in use`)
    other.stop(true)
    // The refused instance has closed what it had opened.
    expect(readdirSync(join(cwd, 'data'))).not.toContain('musakone.db-wal')
    const later = await start(variables, { cwd })
    expect(later.port).toBe(other.port)
    expect(await later.stop()).toBe(0)
  })
})
