import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createRecorder } from '../../src/actions/recorder/recorder'
import { openDatabase } from '../../src/database/database'
import { createApp } from '../../src/http/app'
import { createLog } from '../../src/log'
import { openServices } from '../../src/services'
import { temporaryFolder } from '../support/executable'
import { watchEventLoop } from './event-loop'
import { exportSpeed } from './export-speed'
import type { Figure } from './figure'
import { BUSIEST, FIRST_MS, LAST_MS, PASSWORD, QUIETEST, writeHistory } from './history-database'
import type { Stage } from './stage'
import { summaryOf } from './statistics'
import { entryOf } from './steady-recording'

const SIZES = { '100 thousand': 100_000, '1 million': 1_000_000, '10 million': 10_000_000 }

const MOST_MS = { month: 20, allTime: 50, page: 5 }
const LEAST_A_SECOND = 5_000
const RECORDED = 20_000
const WARM_UPS = 5

const DAY = 86_400
const MONTHS = 60
const FIRST = FIRST_MS / 1_000
const LAST = LAST_MS / 1_000

/**
 * How fast statistics, pages of history and recording are on five years of history, over the HTTP of the
 * program, without the network. The busiest user has done three of five things.
 */
export async function statisticsSpeed({ quick }: Pick<Stage, 'quick'>): Promise<Figure[]> {
  const sizes = Object.entries(SIZES).filter(([, actions]) => !quick || actions <= 1_000_000)
  const measured: Measured[] = []
  for (const [name, actions] of sizes) {
    console.error(`bench: ${name} actions`)
    const folder = join(temporaryFolder(), 'data')
    mkdirSync(folder, { mode: 0o700 })
    try {
      measured.push({ name, figures: await measure(folder, actions, quick) })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return [
    ...measured.flatMap(({ name, figures }) =>
      figures.map((figure) => ({ ...figure, name: `${figure.name}, ${name} actions` })),
    ),
    ...growth(measured),
  ]
}

type Measured = { name: string; figures: Figure[] }

async function measure(folder: string, actions: number, quick: boolean): Promise<Figure[]> {
  const path = await writeHistory(folder, actions)
  const before = statSync(path).size
  const startedAt = performance.now()
  openDatabase(path).close()
  const seconds = (performance.now() - startedAt) / 1_000
  const rollups = statSync(path).size - before
  const program = await openProgram(path, actions / (LAST - FIRST))
  try {
    return [
      {
        name: 'database, bytes an action with its tenth of a play',
        value: statSync(path).size / actions,
        unit: 'bytes',
        note: `of it roll-ups ${(rollups / actions).toFixed(0)}; made in ${seconds.toFixed(1)} s from the version without`,
      },
      ...(await statistics(program, quick ? 40 : 150)),
      ...(await pages(program, quick ? 40 : 150)),
      ...(await exportSpeed(program, actions)),
      ...(await recording(program)),
      await forgetting(program),
    ]
  } finally {
    await program.close()
  }
}

type Program = Awaited<ReturnType<typeof openProgram>>

async function openProgram(databasePath: string, actionsASecond: number) {
  const log = await createLog({ level: 'silent', format: 'json' })
  const services = openServices({
    databasePath,
    // Nobody listens there; what is measured does not ask.
    mopidyUrl: 'ws://127.0.0.1:9/mopidy/ws',
    secret: 'a-secret-for-the-benchmark-of-48-characters-long',
    sessionDays: 1,
    log,
    clock: { now: () => LAST_MS, elapsed: () => performance.now() },
  })
  const app = createApp({ services, allowedOrigins: [], allowedHosts: [], log })
  const { token } = await services.accounts.ownAccount.logIn(
    { username: `user${BUSIEST}`, password: PASSWORD },
    { ip: null, userAgent: null },
  )
  const headers = { authorization: `Bearer ${token}` }
  app.listen({ port: 0, hostname: '127.0.0.1' })
  return {
    databasePath,
    actionsASecond,
    origin: `http://127.0.0.1:${app.server?.port}`,
    token,

    async close(): Promise<void> {
      await app.stop(true)
      await services.close()
    },

    async ask(address: string, method = 'GET'): Promise<unknown> {
      const request = new Request(`http://localhost/api/${address}`, { headers, method })
      const reply = await app.handle(request)
      const text = await reply.text()
      if (!reply.ok) throw new Error(`${address}: ${reply.status} ${text}`)
      return JSON.parse(text)
    },
  }
}

async function statistics(program: Program, times: number): Promise<Figure[]> {
  const tz = 'tz=Europe/Berlin'
  /** A month of the calendar in Berlin in winter; in summer an hour late, which is as hard. */
  const month = (time: number) => {
    const [from, to] = [0, 1].map((next) => Date.UTC(2021, (time % MONTHS) + next) / 1_000 - 3_600)
    return `from=${from}&to=${to}&${tz}`
  }
  const days30 = (time: number) => {
    const to = LAST - time * 11 * DAY - 12_345
    return `from=${to - 30 * DAY}&to=${to}&${tz}`
  }
  const years = (time: number) =>
    `from=${FIRST + (100 + time) * DAY + 7}&to=${LAST - (100 + time) * DAY + 7}&${tz}`
  const year = (time: number) => `${2021 + (time % 5)}`
  const of = (user: number) => `analytics/stats?user=${user}&`
  const room = 'analytics/stats/room?'
  const most = { target: MOST_MS.month }
  const mostOfAll = { target: MOST_MS.allTime }
  const asked: [name: string, address: (time: number) => string, terms: { target?: number }][] = [
    ['a month of the busiest user', (time) => of(BUSIEST) + month(time), most],
    ['a month of the quietest user', (time) => of(QUIETEST) + month(time), most],
    ['a month of the room', (time) => room + month(time), {}],
    ['any 30 days of the busiest user', (time) => of(BUSIEST) + days30(time), {}],
    ['any 30 days of the quietest user', (time) => of(QUIETEST) + days30(time), {}],
    ['all time of the busiest user', () => of(BUSIEST) + tz, mostOfAll],
    ['all time of the quietest user', () => of(QUIETEST) + tz, mostOfAll],
    ['all time of the room', () => room + tz, {}],
    ['four odd years of the busiest user', (time) => of(BUSIEST) + years(time), {}],
    ['four odd years of the room', (time) => room + years(time), {}],
    ['a year in review, busiest user', (time) => `analytics/review/${year(time)}?${tz}`, {}],
    ['a year in review, the room', (time) => `analytics/review/${year(time)}/room?${tz}`, {}],
  ]
  const figures: Figure[] = []
  const held = watchEventLoop()
  for (const [name, address, terms] of asked)
    figures.push(await timed(`statistics of ${name}`, times, terms, (n) => program.ask(address(n))))
  return [...figures, held('statistics')]
}

async function pages(program: Program, times: number): Promise<Figure[]> {
  const cursors = {
    first: '',
    middle: `&cursor=${(FIRST + LAST) / 2}-0`,
    last: `&cursor=${FIRST + DAY}-0`,
  }
  const figures: Figure[] = []
  for (const [name, cursor] of Object.entries(cursors))
    figures.push(
      await timed(`a page of history, the ${name}`, times, { target: MOST_MS.page }, () =>
        program.ask(`analytics/history?limit=50${cursor}`),
      ),
    )
  return figures
}

/** Through the recorder alone, with a connection of its own. */
async function recording({ databasePath }: Program): Promise<Figure[]> {
  const log = await createLog({ level: 'silent', format: 'json' })
  const database = openDatabase(databasePath)
  const recorder = createRecorder({ database, log })
  const held = watchEventLoop()
  const startedAt = performance.now()
  for (let row = 0; row < RECORDED; row += 1) {
    recorder.record(entryOf(row, LAST + Math.floor(row / 40)))
    // The recorder keeps so many; the rest waits for its turn.
    if (row % 10_000 === 9_999) await recorder.flushed()
  }
  await recorder.flushed()
  const seconds = (performance.now() - startedAt) / 1_000
  const longest = held('recording')
  await recorder.close()
  database.close()
  return [
    {
      name: 'recording, one action of eight queues a track and one searches',
      value: RECORDED / seconds,
      unit: 'actions/s',
      least: LEAST_A_SECOND,
      note: `${RECORDED} actions`,
    },
    longest,
  ]
}

async function forgetting(program: Program): Promise<Figure> {
  const held = watchEventLoop()
  const seconds = Math.ceil(1_000 / program.actionsASecond)
  await program.ask(`analytics/history?from=${LAST - seconds}&to=${LAST}`, 'DELETE')
  return held('deleting a thousand rows of history')
}

/** The 99th of a hundred, when it has been asked a few times. */
async function timed(
  name: string,
  times: number,
  terms: { target?: number },
  ask: (time: number) => Promise<unknown>,
): Promise<Figure> {
  const taken: number[] = []
  for (let time = -WARM_UPS; time < times; time += 1) {
    const startedAt = performance.now()
    await ask(Math.abs(time))
    taken.push(performance.now() - startedAt)
    // Replies alone would never let the event loop go on.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { median, p95, p99 } = summaryOf(taken.slice(WARM_UPS))
  const note = `p99 of ${times}; median ${median.toFixed(1)}, p95 ${p95.toFixed(1)} ms`
  return { name, value: p99, unit: 'ms', ...terms, note }
}

/** How much each figure has grown from the last size but one to the last, ten times as large. */
function growth(measured: readonly Measured[]): Figure[] {
  const [before, after] = measured.slice(-2)
  if (before === undefined || after === undefined) return []
  return after.figures.map(({ name, value = Number.NaN }, index) => ({
    name: `${name}, from ${before.name} to ${after.name}`,
    value: value / (before.figures[index]?.value ?? Number.NaN),
    unit: '×',
    note: '',
  }))
}
