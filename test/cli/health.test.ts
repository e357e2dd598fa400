import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { executable, runExecutable } from '../support/executable'
import { until } from '../support/test-musakone'
import { expectAsBefore, footprintOf, healthOf, online } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

const LONGEST_PROBE_MS = 2_500

/** Runs the probe against a port, and fails when it takes longer than it may. */
async function probe(port: number, variables: Record<string, string> = {}, option = '--health') {
  const run = await runExecutable([option], { PORT: String(port), ...variables })
  expect(run.ms).toBeLessThan(LONGEST_PROBE_MS)
  expect(run.stderr).toBe('')
  expect(run.stdout).toMatch(/^[^\n]+\n$/)
  return { exitCode: run.exitCode, says: run.stdout }
}

describe('P14 the probe', () => {
  beforeAll(() => void executable())
  const open: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of open.splice(0)) await close()
  })

  test('P14 up, degraded, hung, up again, absent: 0, 0, 1, 0, 1', async () => {
    const mopidy = await startDemoMopidy()
    open.push(() => mopidy.stop())
    const musakone = await start({ MOPIDY_URL: mopidy.url })
    open.push(() => musakone.stop('SIGKILL'))
    await online(musakone)
    const before = footprintOf(musakone)
    const { port } = musakone
    expect(await probe(port)).toMatchObject({ exitCode: 0, says: expect.stringContaining('ok:') })
    expect((await probe(port, {}, 'health')).exitCode).toBe(0)

    mopidy.faults.refuse(true)
    await until(async () => !(await healthOf(musakone)).mopidy.online, 'Mopidy to be away')
    const degraded = await probe(port)
    expect(degraded).toEqual({ exitCode: 0, says: expect.stringContaining('degraded') })

    musakone.child.kill('SIGSTOP')
    const hung = await probe(port)
    expect(hung).toEqual({ exitCode: 1, says: expect.stringContaining('did not answer in time') })
    musakone.child.kill('SIGCONT')
    expect((await probe(port)).exitCode).toBe(0)
    await expectAsBefore(musakone, before)

    await musakone.stop()
    const absent = await probe(port)
    expect(absent).toEqual({ exitCode: 1, says: expect.stringContaining('nothing answers') })
  })

  test.each([
    ['a host of its own', { HOST: '127.0.0.1' }],
    ['every address', { HOST: '0.0.0.0' }],
    ['every address of both kinds', { HOST: '::' }],
    ['a name', { HOST: 'localhost' }],
  ])('P14 finds one that listens on %s', async (_, variables) => {
    const musakone = await start(variables)
    open.push(() => musakone.stop())
    expect((await probe(musakone.port, variables)).exitCode).toBe(0)
  })

  test('P14 does not ask a proxy for this machine itself', async () => {
    const musakone = await start()
    open.push(() => musakone.stop())
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])
      expect((await probe(musakone.port, { [name]: 'http://127.0.0.1:1' })).exitCode).toBe(0)
  })

  const json = (body: unknown, status = 200) => Response.json(body, { status })
  const healthy = {
    status: 'ok',
    version: '0.1.0',
    uptime_s: 1,
    mopidy: { online: true },
    database: { ok: true },
  }
  const drip = () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(' ')
          await Bun.sleep(100)
        },
      }),
    )

  test.each<[string, (request: Request) => Response, string]>([
    ['returns HTML', () => new Response('<h1>It works</h1>'), 'something else'],
    ['returns other JSON', () => json({ status: 'ok' }), 'something else'],
    ['returns null', () => json(null), 'something else'],
    ['returns a list', () => json([healthy]), 'something else'],
    ['is another service that is up', () => json({ ...healthy, status: 'UP' }), 'something else'],
    ['has not found anything', () => json({ error: 'not found' }, 404), 'something else'],
    ['cannot serve', () => json(healthy, 503), '503'],
    ['drips spaces for ever', drip, 'in time'],
    ['redirects in circles', ({ url }) => Response.redirect(url), 'something else'],
  ])('P14 a stranger on the port who %s: 1', async (_, fetch, says) => {
    const stranger = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch })
    open.push(() => stranger.stop(true))
    const result = await probe(stranger.port ?? 0)
    expect(result).toEqual({ exitCode: 1, says: expect.stringContaining(says) })
  })

  test('P14 a stranger who redirects to a healthy one is still a stranger', async () => {
    const musakone = await start()
    open.push(() => musakone.stop())
    const stranger = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => Response.redirect(`${musakone.origin}/health`),
    })
    open.push(() => stranger.stop(true))
    expect((await probe(stranger.port ?? 0)).exitCode).toBe(1)
  })

  test.each([
    ['never says a word', ''],
    ['speaks another language', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['stops in the middle of a header', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['promises more than it sends', 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"status":"ok"'],
  ])('P14 a stranger who accepts and %s: 1', async (_, words) => {
    const stranger = Bun.listen({
      port: 0,
      hostname: '127.0.0.1',
      socket: { open: (socket) => void socket.write(words), data() {} },
    })
    open.push(() => stranger.stop(true))
    expect((await probe(stranger.port)).exitCode).toBe(1)
  })
})
