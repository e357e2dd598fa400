import { Elysia } from 'elysia'
import { createAccounts } from '../../src/accounts/accounts'
import { createAuth } from '../../src/accounts/door/auth'
import { systemClock } from '../../src/clock'
import { openDatabase } from '../../src/database/database'
import { createLog } from '../../src/log'
import type { Figure } from './figure'
import { interleave } from './rounds'
import { type Stage, startMusakone } from './stage'
import { median, middleHalf } from './statistics'

const MOST_MS = 0.05
const PASSWORD = 'correct horse battery'

/** What it costs that a request is signed in, over the same without. */
export async function identify(stage: Stage): Promise<Figure[]> {
  return [...(await throughTheDoor(stage)), ...(await overTheNetwork(stage))]
}

/** Two routes that do nothing, but that one of them needs a session. */
async function throughTheDoor({ quick }: Stage): Promise<Figure[]> {
  const database = openDatabase(':memory:')
  const accounts = createAccounts({
    database,
    clock: systemClock,
    log: await createLog({ level: 'silent', format: 'json' }),
    secret: 'a-secret-for-benchmarks-of-more-than-32-bytes',
    sessionDays: 30,
  })
  await accounts.createFirstAdmin(PASSWORD)
  const credentials = { username: 'admin', password: PASSWORD }
  const { token } = await accounts.ownAccount.logIn(credentials, { ip: null, userAgent: null })
  const app = new Elysia()
    .use(createAuth(accounts.door))
    .get('/public', () => 'ok', { public: true })
    .get('/signed-in', () => 'ok', { signedIn: true })
    .get('/permitted', () => 'ok', { needs: 'users' })
  const headers = { authorization: `Bearer ${token}` }
  const ask = (path: string) => app.handle(new Request(`http://localhost${path}`, { headers }))
  const works = {
    public: () => ask('/public'),
    'signed in': () => ask('/signed-in'),
    permitted: () => ask('/permitted'),
    identify: () => accounts.door.identify(token),
  }
  try {
    if ((await works.permitted()).status !== 200) throw new Error('nobody is signed in')
    const names = Object.keys(works) as (keyof typeof works)[]
    const time = (name: keyof typeof works) => timeOf(works[name], 2_000)
    await interleave(names, 3, time)
    const times = await interleave(names, quick ? 10 : 60, time)
    const over = (name: keyof typeof works) =>
      times[name].map((ms, round) => ms - (times.public[round] ?? Number.NaN))
    return [
      figure('a signed-in request’s check', over('signed in'), MOST_MS),
      figure('a signed-in request’s check, with a permission', over('permitted'), MOST_MS),
      figure('identify alone, a cached session', times.identify, MOST_MS),
      figure('a public route that does nothing, in process', times.public),
    ]
  } finally {
    accounts.close()
    database.close()
  }
}

/** The executable: who one is, which reads the account as well, against the health. */
async function overTheNetwork(stage: Stage): Promise<Figure[]> {
  const musakone = await startMusakone(stage)
  const headers = { authorization: `Bearer ${await musakone.logIn()}` }
  const paths = { '/health': '/health', '/api/auth/me': '/api/auth/me' }
  const ask = async (path: string) => {
    const response = await fetch(musakone.origin + path, { headers })
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    await response.arrayBuffer()
  }
  try {
    const names = Object.keys(paths) as (keyof typeof paths)[]
    const time = (name: keyof typeof paths) => timeOf(() => ask(paths[name]), 200)
    await interleave(names, 3, time)
    const times = await interleave(names, stage.quick ? 5 : 30, time)
    return names.map((name) => figure(`GET ${name}, over the network`, times[name]))
  } finally {
    await musakone.stop()
  }
}

/** Milliseconds that one takes, of so many in a row. */
async function timeOf(work: () => unknown, times: number): Promise<number> {
  const startedAt = performance.now()
  for (let time = 0; time < times; time += 1) await work()
  return (performance.now() - startedAt) / times
}

function figure(name: string, times: readonly number[], target?: number): Figure {
  const [low, high] = middleHalf(times)
  const note = `middle half of ${times.length} rounds ${low.toFixed(4)}–${high.toFixed(4)} ms`
  return { name, value: median(times), unit: 'ms', ...(target !== undefined && { target }), note }
}
