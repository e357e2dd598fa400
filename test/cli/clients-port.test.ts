import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { executable, runExecutable } from '../support/executable'
import { until } from '../support/test-musakone'
import { healthOf, online } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

/** A port that is taken, with a free one before it. */
function takePort() {
  for (;;) {
    const before = Bun.serve({ port: 0, fetch: () => new Response('') })
    const port = Number(before.port) + 1
    void before.stop(true)
    try {
      const taken = Bun.serve({ port, fetch: () => new Response('somebody else') })
      return { before: port - 1, port, stop: () => taken.stop(true) }
    } catch {
      // Another program has that port; the next pair may be free.
    }
  }
}

describe('the port of the web clients', () => {
  beforeAll(() => void executable())
  const open: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close()
  })

  test('is the one after PORT', async () => {
    const { before, port, stop } = takePort()
    await stop()
    const musakone = await start({ PORT: String(before) })
    open.push(() => musakone.stop('SIGKILL'))
    expect(musakone.clientsOrigin).toBe(`http://127.0.0.1:${port}`)
    expect((await fetch(`${musakone.clientsOrigin}/api/users`)).status).toBe(404)
    expect((await fetch(`${musakone.clientsOrigin}/local/a.png`)).status).toBe(401)
    expect(await musakone.stop()).toBe(0)
  })

  test('taken, and nobody chose it: a warning, degraded health, and the rest runs', async () => {
    const mopidy = await startDemoMopidy()
    open.push(() => mopidy.stop())
    const { before, port, stop } = takePort()
    open.push(stop)
    const musakone = await start({ PORT: String(before), MOPIDY_URL: mopidy.url })
    open.push(() => musakone.stop('SIGKILL'))
    await online(musakone)
    await until(async () => (await healthOf(musakone)).mopidy.online, 'Mopidy to be online')
    const problem = `Mopidy's web clients cannot be opened: port ${port} is already in use: stop what listens there, or set CLIENTS_PORT.`
    expect(await healthOf(musakone)).toMatchObject({
      status: 'degraded',
      web_clients: { ok: false, problem },
    })
    expect(musakone.lines()).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringContaining('set CLIENTS_PORT') }),
    )
    const token = await musakone.logIn()
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${musakone.origin}/api/queue`, { headers })).status).toBe(200)
    const list = await (await fetch(`${musakone.origin}/api/clients`, { headers })).json()
    expect(list).toMatchObject({ problem })
    const navigation = { ...headers, 'sec-fetch-mode': 'navigate' }
    const page = await fetch(`${musakone.origin}/mopidy/`, { headers: navigation })
    expect([page.status, await page.json()]).toEqual([
      503,
      { error: 'unavailable', message: problem },
    ])
    const probe = await runExecutable(['--health'], { PORT: String(before) })
    expect(probe).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('degraded') })
    expect(await musakone.stop()).toBe(0)
  })

  test('taken, though it was chosen: it does not start, and says so in a sentence', async () => {
    const { port, stop } = takePort()
    open.push(stop)
    const { exitCode, stderr } = await runExecutable([], { PORT: '0', CLIENTS_PORT: String(port) })
    expect(exitCode).toBe(1)
    expect(stderr.trim().split('\n').at(-1)).toContain(
      `port ${port} is already in use: stop what listens there, or set CLIENTS_PORT`,
    )
  })

  test.each<[Record<string, string>, string]>([
    [{ PORT: '3001', CLIENTS_PORT: '3001' }, 'CLIENTS_PORT must differ from PORT'],
    [{ CLIENTS_PORT: '70000' }, 'CLIENTS_PORT must be a port number'],
    [{ CLIENTS_ORIGIN: 'https://clients.example' }, 'CLIENTS_ORIGIN needs PUBLIC_URL'],
    [{ CLIENTS_ORIGIN: 'https://clients.example/' }, 'CLIENTS_ORIGIN must be an origin'],
    [
      { CLIENTS_ORIGIN: 'https://radio.example', PUBLIC_URL: 'https://radio.example' },
      'CLIENTS_ORIGIN must differ from PUBLIC_URL',
    ],
    [
      { CLIENTS_ORIGIN: 'http://clients.example', PUBLIC_URL: 'https://radio.example' },
      'CLIENTS_ORIGIN must begin with https:// as PUBLIC_URL does',
    ],
  ])('wrong: %j', async (variables, problem) => {
    const { exitCode, stderr } = await runExecutable(['config'], variables)
    expect([exitCode, stderr]).toEqual([78, expect.stringContaining(problem)])
  })

  test('is shown by config', async () => {
    const { stdout } = await runExecutable(['config'], {
      CLIENTS_ORIGIN: 'https://clients.example',
      PUBLIC_URL: 'https://radio.example',
    })
    expect(stdout).toContain('CLIENTS_PORT=3002 (the one after PORT)\n')
    expect(stdout).toContain('CLIENTS_ORIGIN=https://clients.example\n')
    expect(stdout).toContain('PUBLIC_URL=https://radio.example\n')
  })
})
