import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { type DemoMopidy, startDemoMopidy } from '../../../src/demo/mopidy'
import { online } from '../../cli/footprint'
import { manyUris } from '../../mopidy/large-add'
import { type RunningExecutable, startExecutable } from '../../support/executable'
import { frame, upgradeRequest } from '../../support/raw-socket'
import { connectRpc } from '../../support/rpc-client'

const TRACKS = 9_000
const MIB = 1024 * 1024
/** What the whole service may take up, in megabytes. */
const MOST_MB = 256
const MOST_HEALTH_MS = 500
/** Asks until its input ends, and prints how many milliseconds the slowest answer took. */
const PROBE = `
  let isOver = false
  process.stdin.on('end', () => { isOver = true }).resume()
  let slowest = 0
  while (!isOver) {
    const startedAt = performance.now()
    await (await fetch(process.argv.at(-1))).text()
    slowest = Math.max(slowest, performance.now() - startedAt)
    await Bun.sleep(5)
  }
  console.log(slowest)
`
const PASSWORD = 'correct horse battery'

describe('a guest before a queue of 9,000 tracks', () => {
  let mopidy: DemoMopidy
  let musakone: RunningExecutable
  let token: string
  beforeAll(async () => {
    mopidy = await startDemoMopidy()
    musakone = await startExecutable({ MOPIDY_URL: mopidy.url })
    await online(musakone)
    const outsider = await connectRpc(mopidy.url)
    for (let added = 0; added < TRACKS; added += 1_000)
      await outsider.call('core.tracklist.add', { uris: manyUris(1_000) })
    await outsider.close()
    const admin = await musakone.logIn()
    await post('/api/users', { username: 'guest', password: PASSWORD, role: 'guest' }, admin)
    const login = await post('/api/auth/login', { username: 'guest', password: PASSWORD })
    token = ((await login.json()) as { token: string }).token
    // In the mirror's memory from here on: the demo, in this process, is not asked while it is measured.
    await post('/mopidy/rpc', request(0), token)
  })
  afterAll(async () => {
    await musakone.stop()
    await mopidy.stop()
  })

  const post = (path: string, json: unknown, as?: string) =>
    fetch(musakone.origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(as && { authorization: `Bearer ${as}` }) },
      body: JSON.stringify(json),
    })

  const request = (id: number) => ({ jsonrpc: '2.0', id, method: 'core.tracklist.get_tl_tracks' })
  const batch = Array.from({ length: 100 }, (_, id) => request(id))

  function residentMb(): number {
    const status = readFileSync(`/proc/${musakone.child.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
  }

  /** The most memory and the slowest answer of `/health` while the work goes on. */
  async function during(work: () => Promise<void>) {
    // A process of its own: this one is busy with what the guest is sent.
    const probe = Bun.spawn([process.execPath, '-e', PROBE, `${musakone.origin}/health`], {
      stdin: 'pipe',
      stdout: 'pipe',
    })
    let mostMb = 0
    const watching = setInterval(() => {
      mostMb = Math.max(mostMb, residentMb())
    }, 5)
    await work()
    clearInterval(watching)
    probe.stdin.end()
    const slowestMs = Number(await new Response(probe.stdout).text())
    return { mostMb: Math.max(mostMb, residentMb()), slowestMs }
  }

  function expectCalm({ mostMb, slowestMs }: { mostMb: number; slowestMs: number }): void {
    expect(mostMb).toBeLessThan(MOST_MB)
    expect(slowestMs).toBeLessThan(MOST_HEALTH_MS)
  }

  test('B1 batches of 100 times the whole queue on ten sockets cost at most 256 MB', async () => {
    const url = musakone.socketUrl.replace('/ws', '/mopidy/ws')
    const headers = { authorization: `Bearer ${token}` }
    const clients = await Promise.all(
      Array.from({ length: 10 }, () => connectRpc(url, { headers })),
    )
    const measured = await during(async () => {
      for (const client of clients) client.send(JSON.stringify(batch))
      for (const client of clients) expect(await client.nextFrame()).toHaveLength(100)
    })
    for (const client of clients) await client.close()
    expectCalm(measured)
  })

  test('B1 sixty requests over HTTP that nobody reads cost at most 256 MB', async () => {
    const body = JSON.stringify(batch)
    const head = [
      'POST /mopidy/rpc HTTP/1.1',
      'host: 127.0.0.1',
      `authorization: Bearer ${token}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ]
    const sockets: Socket[] = []
    const measured = await during(async () => {
      for (let each = 0; each < 60; each += 1) {
        const socket = connect(musakone.port, '127.0.0.1')
        sockets.push(socket)
        socket.on('error', () => {})
        socket.pause()
        socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
      }
      await Bun.sleep(2_000)
    })
    for (const socket of sockets) socket.destroy()
    expectCalm(measured)
  })

  test('C7 32 partial frames of 2 MiB of clients that have not signed in cost at most 80 MB', async () => {
    const before = residentMb()
    const part = frame('x'.repeat(2 * MIB)).subarray(0, -1)
    const sockets: Socket[] = []
    const measured = await during(async () => {
      for (let each = 0; each < 48; each += 1) {
        const socket = connect(musakone.port, '127.0.0.1')
        sockets.push(socket)
        socket.on('error', () => {})
        socket.write(upgradeRequest('/ws'))
        await new Promise((resolve) => socket.once('data', resolve))
        socket.write(part)
      }
      await Bun.sleep(1_000)
    })
    for (const socket of sockets) socket.destroy()
    expect(measured.mostMb - before).toBeLessThan(80)
    expect(measured.slowestMs).toBeLessThan(MOST_HEALTH_MS)
  })
})
