import { startExecutable } from '../support/executable'
import { until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'
import { type Figure, ratio } from './figure'
import { type Load, startLoad } from './load'
import { interleave } from './rounds'
import { type Stage, variablesFor } from './stage'
import { median, type Summary, summaryOf } from './statistics'

const MOST_LOGIN_MS = 150
const MOST_OVER_QUIET = 2
const PEOPLE = 100
const PLACES = 50
const PASSWORD = 'admin'
const CALL = { method: 'core.playback.get_state' }
const BEAT_EVERY_MS = 2

/** How long a login takes, and what a crowd at the door does to who is inside. */
export async function logins(stage: Stage): Promise<Figure[]> {
  const variables = variablesFor(stage)
  const musakone = await startExecutable({ ...variables, TRUSTED_PROXIES: '127.0.0.1' })
  const load = startLoad()
  try {
    await until(
      async () => (await (await fetch(`${musakone.origin}/health`)).text()).includes('"ok"'),
      'Mopidy to be online',
    )
    addPeople(variables.DATABASE_PATH ?? '')
    const token = await musakone.logIn()
    await load.open('socket', { url: `${musakone.socketUrl}?token=${token}`, dialect: 'own' }, 1)
    const logIn = (person: number) => timeOfLogin(musakone.origin, person)
    return [await unloaded(stage, logIn), ...(await crowdAtTheDoor(stage, load, logIn))]
  } finally {
    await load.stop()
    await musakone.stop()
  }
}

type LogIn = (person: number) => Promise<{ status: number; ms: number }>

async function unloaded({ quick }: Stage, logIn: LogIn): Promise<Figure> {
  const times: number[] = []
  for (let person = 0; person < (quick ? 40 : 200); person += 1)
    times.push((await logIn(person % PEOPLE)).ms)
  const { p95, median, p99, count } = summaryOf(times)
  const note = `median ${median.toFixed(1)}, p99 ${p99.toFixed(1)} ms; ${count} logins`
  return { name: 'a login, unloaded: p95', value: p95, unit: 'ms', target: MOST_LOGIN_MS, note }
}

async function crowdAtTheDoor({ quick }: Stage, load: Load, logIn: LogIn): Promise<Figure[]> {
  const statuses: number[] = []
  const spans: number[] = []
  // As long as the crowd is there: afterwards it would be quiet again.
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: PEOPLE }, (_, person) => logIn(person)))
  const beat = { call: CALL, everyMs: BEAT_EVERY_MS, ms: performance.now() - startedAt }
  const names = ['quiet', 'crowd'] as const
  const round = async (name: (typeof names)[number]): Promise<Summary> => {
    if (name === 'quiet') return summaryOf(await load.ask('beat', 'socket', { beat }))
    const startedAt = performance.now()
    const crowd = Promise.all(Array.from({ length: PEOPLE }, (_, person) => logIn(person)))
    const heard = summaryOf(await load.ask('beat', 'socket', { beat }))
    statuses.push(...(await crowd).map(({ status }) => status))
    spans.push(performance.now() - startedAt)
    return heard
  }
  await interleave(names, 2, round)
  const results = await interleave(names, quick ? 5 : 25, round)
  const p99s = (name: (typeof names)[number]) => results[name].map(({ p99 }) => p99)
  const share = statuses.filter((status) => status === 200).length / statuses.length
  const span = `${median(spans).toFixed(0)} ms`
  const note = `${(share * 100).toFixed(0)} % let in, the others told to come back, in ${span}`
  const title = `${PEOPLE} logins at once, a socket's round trip`
  return [
    ratio(`${title}: p99 / quiet`, p99s('crowd'), p99s('quiet'), { target: MOST_OVER_QUIET, note }),
    ...names.map((name) => ({
      name: `${title}: p99, ${name}`,
      value: median(p99s(name)),
      unit: 'ms' as const,
      note: `median ${median(results[name].map((times) => times.median)).toFixed(3)} ms`,
    })),
  ]
}

async function timeOfLogin(origin: string, person: number) {
  const startedAt = performance.now()
  const response = await fetch(`${origin}/api/auth/login`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': `192.0.2.${person % PLACES}`,
    },
    body: JSON.stringify({ username: `person ${person}`, password: PASSWORD }),
  })
  await response.arrayBuffer()
  return { status: response.status, ms: performance.now() - startedAt }
}

/** With the password of the admin, to be hashed only once. */
function addPeople(databasePath: string): void {
  withRows(databasePath, (rows) => {
    const insert = rows.query(
      `INSERT INTO users (username, password_hash, role, created_at)
       SELECT $username, password_hash, 'member', 0 FROM users WHERE id = 1`,
    )
    for (let person = 0; person < PEOPLE; person += 1) insert.run({ username: `person ${person}` })
  })
}
