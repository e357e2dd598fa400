import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startDemoMopidy } from '../../../src/demo/mopidy'
import { temporaryFolder } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import { until } from '../../support/test-musakone'
import { endAll, launch, start } from '../launch'
import { notifySocket } from './notify-socket'

afterAll(endAll)

const WATCHDOG_MS = 400
const watched = { WATCHDOG_USEC: String(WATCHDOG_MS * 1_000) }

describe('what the service manager is told', () => {
  test.each([false, true])(
    'that it is ready, how it is, and that it ends (abstract: %p)',
    async (abstract) => {
      const manager = notifySocket({ abstract })
      const mopidy = await startDemoMopidy()
      const musakone = await start({
        NOTIFY_SOCKET: manager.path,
        MOPIDY_URL: mopidy.url,
        ...watched,
      })
      await manager.hears('READY=1')
      await manager.hears('STATUS=Mopidy online, 0 clients')
      const client = await connectOwn(`${musakone.socketUrl}?token=${await musakone.logIn()}`)
      await manager.hears('STATUS=Mopidy online, 1 client')
      client.close()
      await mopidy.stop()
      await manager.hears('STATUS=Mopidy offline, 0 clients')
      expect(await musakone.stop()).toBe(0)
      const heard = manager.received()
      expect(heard.filter((message) => message.includes('READY=1'))).toHaveLength(1)
      expect(heard[0]).toStartWith('READY=1\nSTATUS=Mopidy ')
      expect(heard.at(-1)).toBe('STOPPING=1\nSTATUS=stopping')
      manager.close()
    },
  )

  test('P13 nothing of the watchdog while the event loop stands still', async () => {
    const manager = notifySocket()
    const musakone = await start({ NOTIFY_SOCKET: manager.path, ...watched })
    await manager.hears('WATCHDOG=1')
    musakone.child.kill('SIGSTOP')
    await stands(musakone.child.pid)
    const heard = manager.received().length
    // The time after which systemd would act; no message may arrive within it.
    await Bun.sleep(2 * WATCHDOG_MS)
    expect(manager.received()).toHaveLength(heard)
    musakone.child.kill('SIGCONT')
    await until(() => manager.received().length > heard, 'it to go on')
    await musakone.stop()
    manager.close()
  })

  test('P13 nothing of the watchdog while the database does not answer', async () => {
    const manager = notifySocket()
    const musakone = await start({ NOTIFY_SOCKET: manager.path, ...watched })
    await manager.hears('WATCHDOG=1')
    const file = new Database(join(musakone.cwd, 'data/musakone.db'))
    file.run('PRAGMA foreign_keys = OFF')
    file.run('ALTER TABLE users RENAME TO gone')
    await manager.hears('the database does not answer')
    const silence = () => {
      const heard = manager.received()
      return heard.slice(heard.findIndex((message) => message.includes('does not answer')) + 1)
    }
    await Bun.sleep(2 * WATCHDOG_MS)
    expect(silence()).toEqual([])
    file.run('ALTER TABLE gone RENAME TO users')
    file.close()
    await until(() => silence().some((message) => message.includes('WATCHDOG=1')), 'it to go on')
    await musakone.stop()
    manager.close()
  })

  test('P13 the unit has a hung process killed without a word: Bun would say that it has crashed', async () => {
    const unit = await Bun.file('systemd/musakone.service').text()
    expect(unit).toMatch(/^WatchdogSec=\d+$/m)
    expect(unit).toMatch(/^WatchdogSignal=SIGKILL$/m)
  })

  test('no watchdog where none is wanted, or that of another process', async () => {
    for (const variables of [{}, { ...watched, WATCHDOG_PID: '1' }]) {
      const manager = notifySocket()
      const musakone = await start({ NOTIFY_SOCKET: manager.path, ...variables })
      await manager.hears('READY=1')
      await Bun.sleep(WATCHDOG_MS)
      await musakone.stop()
      expect(manager.received().join()).not.toContain('WATCHDOG')
      manager.close()
    }
  })

  test('one that does not listen is no reason not to serve', async () => {
    const musakone = await start({ NOTIFY_SOCKET: join(temporaryFolder(), 'nobody'), ...watched })
    expect((await fetch(`${musakone.origin}/health`)).status).toBe(200)
    const warned = () =>
      musakone.lines().some(({ msg }) => msg === 'the service manager does not listen')
    await until(warned, 'it to say so')
    expect(await musakone.stop()).toBe(0)
  })

  test('P3 told to stop while it starts, it never says that it is ready', async () => {
    const manager = notifySocket()
    const cwd = temporaryFolder()
    const child = launch({ NOTIFY_SOCKET: manager.path }, { cwd })
    await until(() => existsSync(join(cwd, 'data/musakone.db-wal')), 'it to open the database')
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
    expect(manager.received()).toEqual(['STOPPING=1\nSTATUS=stopping'])
    manager.close()
  })
})

async function stands(pid: number): Promise<void> {
  const state = async () => (await Bun.file(`/proc/${pid}/stat`).text()).split(') ')[1]?.[0]
  await until(async () => (await state()) === 'T', 'it to stand still')
}
