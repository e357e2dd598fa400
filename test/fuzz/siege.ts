import { join } from 'node:path'
import { createRandom } from '../mopidy/seeded-random'
import { startDemoProcess } from '../support/demo-process'
import { atEnd } from '../support/end'
import { startExecutable, temporaryFolder } from '../support/executable'
import { connectRpc } from '../support/rpc-client'
import { TEST_PASSWORD, until } from '../support/test-musakone'
import { addUser, withRows } from '../support/user-rows'
import type { Category, Insider } from './attacks'
import { type Deed, openPhone, type Waited } from './honest-phone'
import type { Orders } from './insider-program'
import { durationOf, startWatch } from './watch'

type SiegeOptions = Readonly<{
  seed: number
  ms: number
  categories: readonly Category[]
  /** Tracks in the queue. */
  queueLength?: number
  /** Attacks that go on at once. */
  atOnce?: number
}>

/** What was measured; times in milliseconds, memory in megabytes. */
export type Findings = Readonly<{
  seed: number
  attacks: Readonly<Record<string, number>>
  /** Calls of the phone, the longest wait, and the longest beyond what Mopidy was busy with. */
  calls: number
  longestMs: number
  longestBeyondMs: number
  longestCall: string
  healthMs: number
  memoryMb: number
  /** Answers to the phone that were errors. */
  problems: readonly string[]
  /** How long songs were played, and were recorded as heard. */
  playedMs: Readonly<{ least: number; most: number }>
  heardMs: number
  done: readonly Deed[]
  recorded: readonly Deed[]
}>

const HYMN = 'demo:track:the-kettle-hymnal:01'

/** Lets insiders do their worst to the executable while an honest phone plays, and tells what it noticed. */
export async function siege(options: SiegeOptions): Promise<Findings> {
  const { seed, ms, categories, queueLength = 5_000, atOnce = 4 } = options
  const random = createRandom(seed)
  const demo = await startDemoProcess()
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const musakone = await startExecutable({
    DATABASE_PATH: databasePath,
    MOPIDY_URL: demo.url,
  })
  const tlids = await fill(demo.url, queueLength)
  const enter = async (username: string, role: 'guest' | 'member') => {
    await addUser(databasePath, { username, role })
    return logIn(musakone.origin, username)
  }
  const waits: Waited[] = []
  const token = await enter('honest', 'member')
  const phone = await openPhone({
    origin: musakone.origin,
    token,
    random: random.fork(),
    tlids: tlids.slice(0, 20),
    onWaited: (waited) => void waits.push(waited),
  })
  const insiders: Insider[] = [
    { name: 'guest', token: await enter('guest', 'guest'), origin: musakone.origin },
    { name: 'member', token: await enter('careless', 'member'), origin: musakone.origin },
  ]
  const { pid } = musakone.child
  const watch = await startWatch({ origin: musakone.origin, mopidyUrl: demo.url, pid })
  const attackers = startInsiders({ insiders, categories, seed, atOnce })
  try {
    await phone.liveUntil(performance.now() + ms)
  } finally {
    attackers.stop()
  }
  const counts = attackers.counts()
  await watch.close()
  phone.close()
  const done = phone.deeds
  // The record is written at most a quarter of a second late.
  await until(
    () => recordedBy(databasePath, 'honest').length >= done.length,
    'the record',
    5_000,
  ).catch(() => {})
  const recorded = recordedBy(databasePath, 'honest')
  const memoryMb = watch.mostMemory()
  const { least } = phone.playedMs()
  await musakone.stop()
  const playedMs = { least, most: phone.playedMs().most }
  demo.child.kill('SIGKILL')

  const worst = waits.toSorted((a, b) => watch.beyond(b) - watch.beyond(a))[0]
  return {
    seed,
    attacks: counts,
    calls: waits.length,
    longestMs: Math.round(Math.max(0, ...waits.map(durationOf))),
    longestBeyondMs: worst === undefined ? 0 : Math.round(watch.beyond(worst)),
    longestCall: worst?.name ?? '',
    healthMs: Math.round(Math.max(0, ...watch.health().map(watch.healthBeyond))),
    memoryMb: Math.round(memoryMb),
    problems: phone.problems,
    playedMs,
    heardMs: heardMs(databasePath),
    done,
    recorded,
  }
}

/** Fills the queue as a program beside Musakone would; the tlids. */
async function fill(mopidyUrl: string, length: number): Promise<number[]> {
  const direct = await connectRpc(mopidyUrl)
  const uris = Array.from({ length }, () => HYMN)
  const added = await direct.call<{ tlid: number }[]>('core.tracklist.add', { uris })
  await direct.close()
  return added.map(({ tlid }) => tlid)
}

async function logIn(origin: string, username: string): Promise<string> {
  const reply = await fetch(`${origin}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: TEST_PASSWORD }),
  })
  if (!reply.ok) throw new Error(`login of ${username}: ${reply.status} ${await reply.text()}`)
  return ((await reply.json()) as { token: string }).token
}

function startInsiders(orders: Orders) {
  const program = join(import.meta.dir, 'insider-program.ts')
  const child = Bun.spawn([process.execPath, program, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  atEnd(() => child.kill('SIGKILL'))
  const counts: Record<string, number> = {}
  void (async () => {
    for await (const chunk of child.stdout)
      for (const name of new TextDecoder().decode(chunk).split('\n'))
        if (name !== '') counts[name] = (counts[name] ?? 0) + 1
  })()
  return { counts: () => counts, stop: () => child.kill('SIGKILL') }
}

type Row = { type: string; metadata: string | null; position: number | null }

/** What the record says of a user, in the order in which it was done. */
function recordedBy(databasePath: string, username: string): Deed[] {
  const rows = withRows(databasePath, (file) =>
    file
      .query<Row, { username: string }>(
        `SELECT action_type AS type, metadata, position_ms AS position FROM user_actions
          WHERE user_id = (SELECT id FROM users WHERE username = $username) ORDER BY id`,
      )
      .all({ username }),
  )
  return rows.map(({ type, metadata, position }) => {
    const known = JSON.parse(metadata ?? '{}') as Record<string, unknown>
    if (type === 'volume_changed') return [type, known.volume]
    if (type === 'seek') return [type, position]
    return [type, type === 'play' ? known.tlid : null]
  })
}

/** What was heard of the queue's songs, in milliseconds; imports are of others. */
function heardMs(databasePath: string): number {
  const row = withRows(databasePath, (file) =>
    file
      .query<{ ms: number | null }, { uri: string }>(
        'SELECT SUM(listened_ms) AS ms FROM plays WHERE track_uri = $uri',
      )
      .get({ uri: HYMN }),
  )
  return row?.ms ?? 0
}
