import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { HASHING_COST } from '../../../src/accounts/passwords/passwords'
import { remember } from '../../support/aftermath'
import { temporaryFolder } from '../../support/executable'
import { startTestMusakone, type TestMusakone, UNTHROTTLED } from '../../support/test-musakone'
import { addUser, withRows } from '../../support/user-rows'

const WRONG = 'a wrong password'
// An eighth of the usual: what else a login does shows the more beside it, and a busy machine, to whose
// other work hashing gives way, is not kept for minutes.
const COST = { ...HASHING_COST, memoryCost: HASHING_COST.memoryCost / 8 }
const FEWEST = 150
/** By chance alone 150 differ by more than 0.05 now and then; what is more than chance stays. */
const MOST = 900
const BLOCK = 75
/** What no chance explains at the fewest. */
const CERTAIN = 0.2

const ACCOUNTS = {
  known: '',
  disabled: 'UPDATE users SET disabled = 1 WHERE username = $name',
  ended: 'UPDATE users SET expires_at = 1 WHERE username = $name',
  'without a password': "UPDATE users SET password_hash = '' WHERE username = $name",
  damaged: "UPDATE users SET password_hash = '$argon2id$' WHERE username = $name",
} as const

type Kind = keyof typeof ACCOUNTS
const KINDS = Object.keys(ACCOUNTS) as Kind[]
const nameOf = (kind: Kind) => `user-${kind.replaceAll(' ', '-')}`

describe('A2 the time that a login takes', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  beforeAll(async () => {
    musakone = await startTestMusakone({
      databasePath,
      hashingCost: COST,
      limits: { throttle: UNTHROTTLED },
    })
    for (const kind of KINDS) {
      const [username, sql] = [nameOf(kind), ACCOUNTS[kind]]
      await addUser(databasePath, { username, hashingCost: COST })
      if (sql !== '') withRows(databasePath, (rows) => rows.query(sql).run({ name: username }))
    }
    await musakone.online()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone)
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  async function timeOf(username: string): Promise<number> {
    const startedAt = performance.now()
    const json = { username, password: WRONG }
    const response = await musakone.request('/api/auth/login', { json })
    const body = await response.text()
    const ms = performance.now() - startedAt
    expect(response.status).toBe(401)
    expect(body).toBe(
      '{"error":"invalid_credentials","message":"The username or the password is wrong."}',
    )
    return ms
  }

  test('A2 does not tell who has an account, nor of what kind', async () => {
    const unknown: number[] = []
    const times = Object.fromEntries(KINDS.map((kind) => [kind, [] as number[]])) as Record<
      Kind,
      number[]
    >
    const auc = (kind: Kind) => areaUnderCurve(times[kind], unknown)
    const alike = (kind: Kind) => auc(kind) >= 0.45 && auc(kind) <= 0.55
    // Neither good nor, with certainty, bad.
    const isOpen = () =>
      !KINDS.every(alike) && KINDS.every((kind) => Math.abs(auc(kind) - 0.5) < CERTAIN)
    const measures = [
      // Names that nobody has, as long as those that somebody has.
      async () => void unknown.push(await timeOf(`user-nobody-${unknown.length % 10}`)),
      ...KINDS.map((kind) => async () => void times[kind].push(await timeOf(nameOf(kind)))),
    ]
    for (let warmUp = 0; warmUp < 5; warmUp += 1) for (const measure of measures) await measure()
    for (const list of [unknown, ...Object.values(times)]) list.length = 0

    do
      for (let round = 0; round < BLOCK; round += 1)
        for (const measure of shuffled(measures)) await measure()
    while (unknown.length < FEWEST || (unknown.length < MOST && isOpen()))

    const aucs = KINDS.map((kind) => `${kind} ${auc(kind).toFixed(3)}`).join(', ')
    process.stderr.write(`A2: AUC against unknown names, n = ${unknown.length} each: ${aucs}\n`)
    for (const kind of KINDS) expect({ kind, alike: alike(kind) }).toEqual({ kind, alike: true })
  }, 300_000)
})

/** How often one of the first list is greater than one of the second: 0.5 when nobody can tell. */
function areaUnderCurve(first: readonly number[], second: readonly number[]): number {
  let greater = 0
  for (const one of first)
    for (const other of second) greater += one > other ? 1 : one === other ? 0.5 : 0
  return greater / (first.length * second.length)
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
