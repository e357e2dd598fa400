import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createDurations } from '../../../src/health/metrics/durations'
import { createMeasures } from '../../../src/health/metrics/measures'
import { createLog } from '../../../src/log'
import { startExecutable } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import {
  startTestMusakone,
  TEST_PASSWORD,
  type TestMusakone,
  until,
} from '../../support/test-musakone'

type Metrics = Readonly<Record<string, number>>

const LINE = /^([a-zA-Z_:][\w:]*(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})?) (-?[\d.e+-]+|\+Inf|NaN)$/

/** Parses the text format of Prometheus; throws where Prometheus would reject it. */
function parse(text: string): Metrics {
  const metrics: Record<string, number> = {}
  const types = new Map<string, string>()
  const wrong: string[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const [, name = '', type = ''] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (name !== '') {
      if (types.has(name)) wrong.push(line)
      types.set(name, type)
      continue
    }
    const [, series = '', value] = LINE.exec(line) ?? []
    const base = series.replace(/\{.*/, '')
    const isTyped = types.has(base) || types.has(base.replace(/_(bucket|sum|count)$/, ''))
    if (!isTyped || series in metrics) wrong.push(line)
    metrics[series] = Number(value)
  }
  expect(wrong).toEqual([])
  return metrics
}

describe('GET /metrics', () => {
  let musakone: TestMusakone
  let admin: string
  beforeAll(async () => {
    musakone = await startTestMusakone({ trustedProxies: ['127.0.0.1'] })
    await musakone.online()
    admin = await musakone.logIn()
  })
  afterAll(() => musakone.stop())

  async function read(): Promise<Metrics> {
    const response = await musakone.request('/metrics', { token: admin })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toStartWith('text/plain; version=0.0.4')
    expect(response.headers.get('cache-control')).toBe('no-store')
    return parse(await response.text())
  }

  /** The counters change after the answer has been sent, so this waits for them. */
  async function untilCounted(series: string, value: number): Promise<void> {
    await until(async () => (await read())[series] === value, `${series} to be ${value}`)
  }

  test('requests, by route and kind of status, never by path', async () => {
    for (const id of ['999991', '999992', '%27']) await musakone.request(`/api/users/${id}`)
    for (const path of ['/none/1', '/none/2', '/etc/passwd?token=abc']) await musakone.request(path)
    await untilCounted(
      'musakone_http_requests_total{method="GET",route="/api/users/:id",status="4xx"}',
      3,
    )
    await untilCounted('musakone_http_requests_total{method="GET",route="/*",status="4xx"}', 3)
    const metrics = await read()
    expect(Object.keys(metrics).join()).not.toMatch(/9999|passwd|none\/|abc/)
    expect(metrics['musakone_http_request_duration_seconds_count{route="/api/users/:id"}']).toBe(3)
    expect(
      metrics['musakone_http_request_duration_seconds_bucket{le="+Inf",route="/api/users/:id"}'],
    ).toBe(3)
  })

  test('whatever is sent, the number of series is bounded', async () => {
    const before = Object.keys(await read()).length
    for (let number = 0; number < 200; number += 1) {
      await musakone.request(`/x${number}/${number}`, { method: number % 2 ? 'GET' : 'PUT' })
      await musakone.request(`/api/users/${number}`, { method: 'DELETE' })
      await musakone.request('/health', { headers: { host: `h${number}.example` } })
    }
    expect(Object.keys(await read()).length).toBeLessThan(before + 100)
  })

  test('logins that went well, that failed, and that were held back', async () => {
    const before = await read()
    const logIn = (username: string, password: string) =>
      musakone.request('/api/auth/login', { json: { username, password } })
    expect((await logIn('admin', TEST_PASSWORD)).status).toBe(200)
    let status = 0
    let failed = 0
    while (status !== 429) {
      status = (await logIn('nobody', 'wrong')).status
      if (status === 401) failed += 1
    }
    const of = (outcome: string) => `musakone_logins_total{outcome="${outcome}"}`
    await untilCounted(of('ok'), (before[of('ok')] ?? 0) + 1)
    await untilCounted(of('failed'), (before[of('failed')] ?? 0) + failed)
    await untilCounted(of('locked'), (before[of('locked')] ?? 0) + 1)
  })

  test('sockets by dialect, reads from memory and passed on, calls and how long they took', async () => {
    const before = await read()
    const token = await musakone.logIn()
    const own = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    const silent = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    const foreign = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    foreign.send({ jsonrpc: '2.0', id: 1, method: 'core.get_version' })
    for (let time = 0; time < 200; time += 1) await own.call('core.tracklist.get_tl_tracks', {})
    for (let time = 0; time < 8; time += 1) await own.call('core.tracklist.get_next_tlid', {})
    await own.call('core.library.search', { query: { any: ['kettle'] } })
    const metrics = await read()
    const sockets = (dialect: string) => metrics[`musakone_sockets{dialect="${dialect}"}`]
    expect([sockets('own'), sockets('mopidy'), sockets('undecided')]).toEqual([1, 1, 1])
    expect(sockets('web_client')).toBe(0)
    const grown = (series: string) => (metrics[series] ?? 0) - (before[series] ?? 0)
    expect(grown('musakone_reads_total{answered_by="memory"}')).toBeGreaterThanOrEqual(199)
    expect(grown('musakone_reads_total{answered_by="mopidy"}')).toBeGreaterThanOrEqual(1)
    expect(grown('musakone_call_duration_seconds_count{kind="memory"}')).toBeGreaterThanOrEqual(2)
    expect(grown('musakone_call_duration_seconds_count{kind="relayed"}')).toBeGreaterThanOrEqual(2)
    expect(grown('musakone_call_duration_seconds_count{kind="library"}')).toBe(1)
    for (const socket of [own, silent, foreign]) socket.close()
    await untilCounted('musakone_sockets{dialect="own"}', 0)
  })

  test('what waits to be written, Mopidy, the process, the event loop', async () => {
    const token = await musakone.logIn()
    const own = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    await untilCounted('musakone_actions_waiting', 0)
    await own.call('core.tracklist.set_repeat', { value: true })
    await untilCounted('musakone_actions_waiting', 1)
    await untilCounted('musakone_actions_waiting', 0)
    own.close()
    await until(
      async () => ((await read()).musakone_event_loop_lag_seconds_count ?? 0) > 0,
      'a look at the event loop',
    )
    const metrics = await read()
    expect(metrics.musakone_actions_dropped_total).toBe(0)
    expect(metrics.musakone_mopidy_online).toBe(1)
    expect(metrics['musakone_mopidy_info{version="3.4.1"}']).toBe(1)
    expect(metrics.musakone_uptime_seconds).toBeGreaterThan(0)
    expect(metrics.process_cpu_seconds_total).toBeGreaterThan(0)
    expect(metrics.process_resident_memory_bytes).toBeGreaterThan(1e7)
    expect(metrics.process_resident_memory_bytes).toBeLessThan(4e9)
    expect(metrics.process_open_fds).toBeGreaterThan(3)
    expect(metrics.process_max_fds).toBeGreaterThan(metrics.process_open_fds ?? 0)
    expect(metrics.process_start_time_seconds).toBeLessThan(Date.now() / 1_000)
  })

  test('T3 nothing is granted for coming from this machine, through a proxy or not', async () => {
    const status = async (headers: Record<string, string>, token?: string) =>
      (await musakone.request('/metrics', { headers, ...(token && { token }) })).status
    const { administration } = musakone.services.accounts
    for (const role of ['member', 'guest'] as const)
      await administration.create(
        { by: 'the test' },
        { username: role, role, password: TEST_PASSWORD },
      )
    for (const headers of [
      {},
      { 'x-forwarded-for': '203.0.113.9' },
      { 'x-forwarded-for': '127.0.0.1' },
      { via: '1.1 radio.example' },
      { 'x-real-ip': '127.0.0.1' },
      { host: 'localhost' },
    ]) {
      expect(await status(headers)).toBe(401)
      expect(await status(headers, 'not.a.token')).toBe(401)
      expect(await status(headers, await musakone.logIn('guest'))).toBe(403)
      expect(await status(headers, await musakone.logIn('member'))).toBe(403)
      expect(await status(headers, admin)).toBe(200)
    }
  })

  test('T3 a key reads it whose role has been given see.metrics', async () => {
    const made = await musakone.request('/api/keys', {
      token: admin,
      json: { name: 'prometheus', role: 'guest' },
    })
    const { key } = (await made.json()) as { key: string }
    const read = async () => (await musakone.request('/metrics', { token: key })).status
    expect(await read()).toBe(403)
    const permissions = ['see', 'see.metrics']
    const changed = await musakone.request('/api/roles/guest', {
      method: 'PATCH',
      token: admin,
      json: { permissions },
    })
    expect(changed.status).toBe(200)
    expect(await read()).toBe(200)
    await musakone.request('/api/roles/guest', { method: 'DELETE', token: admin })
    expect(await read()).toBe(403)
  })

  test('A14 it holds no name, no address and no secret', async () => {
    const token = await musakone.logIn()
    await musakone.request('/api/auth/me', { token })
    const text = await (await musakone.request('/metrics', { token: admin })).text()
    for (const secret of [token, TEST_PASSWORD, 'admin', '127.0.0.1', '203.0.113.9'])
      expect(text).not.toContain(secret)
  })
})

test('the executable has it too', async () => {
  const musakone = await startExecutable({ DATABASE_PATH: ':memory:' }, { args: ['demo'] })
  expect((await fetch(`${musakone.origin}/metrics`)).status).toBe(401)
  const login = await fetch(`${musakone.origin}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'admin' }),
  })
  const { token } = (await login.json()) as { token: string }
  const headers = { authorization: `Bearer ${token}` }
  const text = await (await fetch(`${musakone.origin}/metrics`, { headers })).text()
  const metrics = parse(text)
  expect(metrics.process_resident_memory_bytes).toBeGreaterThan(1e7)
  const [info = ''] = Object.keys(metrics).filter((series) => series.startsWith('musakone_info'))
  expect(info).toMatch(/^musakone_info\{version="\d+\.\d+\.\d+",commit="[0-9a-f]{12}(-dirty)?"\}$/)
  expect(await musakone.stop()).toBe(0)
})

describe('the counting', () => {
  test('each duration lands where it belongs', () => {
    const durations = createDurations([1, 2, 5])
    for (const seconds of [0, 1, 1.5, 5, 6]) durations.note(seconds)
    expect(durations.read()).toEqual({ upTo: [2, 3, 4], count: 5, sum: 13.5 })
  })

  test('costs less than a tenth of a microsecond a message', async () => {
    const log = await createLog({ level: 'silent', format: 'json' })
    const measures = createMeasures({ log })
    const rounds = 200_000
    const best = Math.min(
      ...Array.from({ length: 8 }, () => {
        const startedAt = performance.now()
        for (let round = 0; round < rounds; round += 1) {
          measures.noteRead(round % 16 !== 0)
          measures.noteCall(0.002, round % 16 === 0)
        }
        return ((performance.now() - startedAt) * 1e6) / rounds
      }),
    )
    measures.close()
    // biome-ignore lint/suspicious/noConsole: the number belongs to the result
    console.log(`a read and a call are counted in ${best.toFixed(1)} ns`)
    expect(best).toBeLessThan(100)
  })
})
