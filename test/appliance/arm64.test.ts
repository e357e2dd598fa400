import { beforeAll, describe, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { notifySocket } from '../cli/service/notify-socket'
import { atEnd } from '../support/end'
import { temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'
import { armLibraries } from './debian'
import { missing, named, run } from './tools'

// A Raspberry Pi 3, 4 and 5.
const CPUS = ['cortex-a53', 'cortex-a72', 'cortex-a76']
const MINUTES = 60_000
const reason = missing('qemu-aarch64-static', 'mmdebstrap')

describe.skipIf(reason !== undefined)(named('the executable for 64-bit ARM', reason), () => {
  const folder = temporaryFolder()
  let emulator: string[]
  beforeAll(() => {
    emulator = ['qemu-aarch64-static', '-L', armLibraries()]
    run([process.execPath, 'build.ts', '--target', 'linux-arm64', '--into', folder], {
      cwd: resolve(import.meta.dir, '../..'),
    })
  }, 5 * MINUTES)

  test.each(CPUS)(
    'P17 starts, lets in, relays, writes and stops in order on a %s',
    async (cpu) => {
      const mopidy = await startDemoMopidy()
      const manager = notifySocket()
      const child = Bun.spawn([...emulator, '-cpu', cpu, join(folder, 'musakone-linux-arm64')], {
        cwd: temporaryFolder(),
        env: {
          PORT: '0',
          NODE_ENV: 'development',
          LOG_FORMAT: 'json',
          MOPIDY_URL: mopidy.url,
          NOTIFY_SOCKET: manager.path,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      atEnd(() => child.kill('SIGKILL'))
      let log = ''
      const reading = (async () => {
        for await (const chunk of child.stdout) log += new TextDecoder().decode(chunk)
      })()
      const port = () => /"port":(\d+).*is listening/.exec(log)?.[1]
      await until(() => port() !== undefined || child.exitCode !== null, 'it to listen', MINUTES)
      await manager.hears('READY=1')
      const origin = `http://127.0.0.1:${port()}`

      const response = await fetch(`${origin}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'admin', password: 'admin' }),
      })
      expect(response.status).toBe(200)
      const { token } = (await response.json()) as { token: string }
      const client = await connectOwn(`ws://127.0.0.1:${port()}/ws?token=${token}`)
      expect(await client.call('core.mixer.set_volume', { volume: 31 })).toMatchObject({
        type: 'mopidy_response',
        result: true,
      })
      const history = async () => {
        const headers = { authorization: `Bearer ${token}` }
        return (await fetch(`${origin}/api/analytics/history`, { headers })).text()
      }
      await until(async () => (await history()).includes('volume_changed'), 'the row', MINUTES)

      child.kill('SIGTERM')
      expect(await child.exited).toBe(0)
      await reading
      expect(log).toContain('musakone has stopped')
      expect(manager.received().at(-1)).toStartWith('STOPPING=1')
      manager.close()
      await mopidy.stop()
    },
    3 * MINUTES,
  )
})
