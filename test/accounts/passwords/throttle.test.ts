import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { join } from 'node:path'
import type { ThrottleLimits } from '../../../src/accounts/passwords/throttle'
import { THROTTLE_LIMITS } from '../../../src/accounts/passwords/throttle'
import type { Clock } from '../../../src/clock'
import { temporaryFolder } from '../../support/executable'
import {
  fixedClock,
  startTestMusakone,
  TEST_PASSWORD,
  type TestMusakone,
} from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'

const WRONG = 'a wrong password'
const YEAR_MS = 365 * 86_400_000
const [HOME, AWAY] = ['192.0.2.1', '198.51.100.7']

describe('A3 guessing passwords', () => {
  let musakone: TestMusakone
  let databasePath: string
  let clock: ReturnType<typeof fixedClock>
  beforeEach(() => open())
  afterEach(() => musakone.stop())

  async function open(limits: Partial<ThrottleLimits> = {}, ownClock?: Clock): Promise<void> {
    clock = fixedClock()
    databasePath = join(temporaryFolder(), 'musakone.db')
    musakone = await startTestMusakone({
      databasePath,
      clock: ownClock ?? clock,
      trustedProxies: ['127.0.0.1'],
      limits: { throttle: limits },
    })
    await addUser(databasePath, { username: 'berta' })
  }
  async function reopen(...options: Parameters<typeof open>): Promise<void> {
    await musakone.stop()
    await open(...options)
  }

  const post = (path: string, place: string, json: unknown, token?: string) =>
    musakone.request(path, {
      json,
      headers: { 'x-forwarded-for': place },
      ...(token !== undefined && { token }),
    })
  const logIn = (password: string, { place = HOME, username = 'admin' } = {}) =>
    post('/api/auth/login', place, { username, password })
  const statusOf = async (...login: Parameters<typeof logIn>) => (await logIn(...login)).status
  /** The status and the wait of wrong tries, one after the other. */
  async function wrong(times: number, who: Parameters<typeof logIn>[1] = {}): Promise<number[]> {
    const statuses: number[] = []
    for (let time = 0; time < times; time += 1) statuses.push(await statusOf(WRONG, who))
    return statuses
  }
  const waitOf = (response: Response) => Number(response.headers.get('retry-after'))
  const events = (event_type: string) =>
    musakone.services.accounts.audit({ event_type }).events.map(({ details, ip, subject }) => ({
      scope: details?.scope,
      ip,
      subject: subject?.username ?? null,
    }))

  test('A3 after five wrong ones the right one has to wait as well, unhashed', async () => {
    expect(await wrong(5)).toEqual(Array(5).fill(401))
    const hashing = spyOn(Bun.password, 'verify')
    const replies = [await logIn(WRONG), await logIn(TEST_PASSWORD), await logIn('')]
    expect(hashing).not.toHaveBeenCalled()
    hashing.mockRestore()
    for (const reply of replies) {
      expect(reply.status).toBe(429)
      expect(reply.headers.get('retry-after')).toBe('1')
      expect(await reply.json()).toEqual({
        error: 'too_many_requests',
        message: 'Too many wrong tries: wait a while.',
      })
    }
    clock.advance(1_000)
    expect(await statusOf(TEST_PASSWORD)).toBe(200)
  })

  test('A3 the wait doubles to a quarter of an hour, and Retry-After is true', async () => {
    await wrong(5)
    const waits: number[] = []
    for (let time = 0; time < 13; time += 1) {
      const wait = waitOf(await logIn(WRONG))
      waits.push(wait)
      clock.advance(wait * 1000 - 1)
      expect(await statusOf(TEST_PASSWORD)).toBe(429)
      clock.advance(1)
      expect(await statusOf(WRONG)).toBe(401)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  })

  test('A3 it is forgotten after an hour', async () => {
    await wrong(15)
    for (let time = 0; time < 4; time += 1) {
      clock.advance(900_000)
      await wrong(1)
    }
    clock.advance(3_600_000)
    expect(await wrong(6)).toEqual([401, 401, 401, 401, 401, 429])
  })

  test('A3 somebody who gets in starts anew', async () => {
    await wrong(4)
    expect(await statusOf(TEST_PASSWORD)).toBe(200)
    expect(await wrong(6)).toEqual([401, 401, 401, 401, 401, 429])
  })

  test('A3 nobody can tell by the waits who has an account', async () => {
    const answers = async (username: string) => {
      const replies: unknown[] = []
      for (let time = 0; time < 9; time += 1) {
        const reply = await logIn(WRONG, { username, place: `203.0.113.${username.length}` })
        replies.push([reply.status, reply.headers.get('retry-after'), await reply.text()])
        clock.advance(500)
      }
      return replies
    }
    const known = await answers('ADMIN')
    expect(await answers('nobody')).toEqual(known)
    expect(await answers('n'.repeat(60_000))).toEqual(known)
    // One name is one, however it is written.
    expect(await answers('AdMiN')).not.toEqual(known)
  })

  test('A3 a place has twenty wrong ones, whoever it tries', async () => {
    for (let name = 0; name < 20; name += 1)
      expect(await statusOf(WRONG, { username: `name ${name}` })).toBe(401)
    expect(waitOf(await logIn(TEST_PASSWORD))).toBe(1)
    expect(await statusOf(TEST_PASSWORD, { place: AWAY })).toBe(200)
    clock.advance(1_000)
    // Who gets in does not make the others of that place start anew.
    expect(await statusOf(TEST_PASSWORD)).toBe(200)
    expect(await statusOf(WRONG, { username: 'another' })).toBe(401)
    expect(waitOf(await logIn(TEST_PASSWORD))).toBe(2)
  })

  test('A5 a /64 is one place', async () => {
    for (let host = 1; host <= 5; host += 1)
      expect(await statusOf(WRONG, { place: `2001:db8::${host}` })).toBe(401)
    expect(await statusOf(TEST_PASSWORD, { place: '2001:db8::ffff' })).toBe(429)
    expect(await statusOf(TEST_PASSWORD, { place: '2001:db8:0:1::1' })).toBe(200)
  })

  test('A3 an account has a hundred over all places, but for those that it knows', async () => {
    expect(await statusOf(TEST_PASSWORD, { username: 'berta' })).toBe(200)
    for (let place = 0; place < 20; place += 1)
      await wrong(5, { place: `203.0.113.${place}`, username: 'berta' })
    expect(waitOf(await logIn(TEST_PASSWORD, { place: AWAY, username: 'berta' }))).toBe(1)
    expect(await statusOf(TEST_PASSWORD, { place: AWAY })).toBe(200)
    expect(await statusOf(TEST_PASSWORD, { username: 'berta' })).toBe(200)
  })

  test('A3 the places that an account knows are known after a restart', async () => {
    expect(await statusOf(TEST_PASSWORD)).toBe(200)
    await musakone.stop()
    musakone = await startTestMusakone({
      databasePath,
      clock,
      trustedProxies: ['127.0.0.1'],
      limits: { throttle: { free: { ...THROTTLE_LIMITS.free, account: 1 } } },
    })
    await wrong(1, { place: '203.0.113.1' })
    expect(await statusOf(TEST_PASSWORD, { place: AWAY })).toBe(429)
    expect(await statusOf(TEST_PASSWORD)).toBe(200)
  })

  test('A3 of a hundred guesses at once five are checked, and of a place twenty', async () => {
    const hashing = spyOn(Bun.password, 'verify')
    const many = (username: (guess: number) => string, place: string) =>
      Promise.all(
        Array.from({ length: 100 }, (_, guess) =>
          statusOf(`${WRONG} ${guess}`, { username: username(guess), place }),
        ),
      )
    const ofOne = await many(() => 'admin', HOME)
    expect(hashing).toHaveBeenCalledTimes(5)
    const ofAll = await many((guess) => `name ${guess}`, AWAY)
    expect(hashing).toHaveBeenCalledTimes(25)
    hashing.mockRestore()
    const checked = (statuses: number[]) => statuses.filter((status) => status === 401).length
    expect([checked(ofOne), checked(ofAll)]).toEqual([5, 20])
  })

  test('A3 changing a password is no way around it', async () => {
    const token = await musakone.logIn()
    const change = (current_password: string, place = HOME) =>
      post('/api/auth/password', place, { current_password, new_password: 'Xyq 77 violets' }, token)
    for (let time = 0; time < 5; time += 1) expect((await change(WRONG)).status).toBe(401)
    const refused = await change(TEST_PASSWORD)
    expect(refused.status).toBe(429)
    expect(waitOf(refused)).toBe(1)
    // It is one account, and one lock.
    expect(await statusOf(TEST_PASSWORD)).toBe(429)
    expect((await change(TEST_PASSWORD, AWAY)).status).toBe(200)
  })

  test('A3 every way to a password leads through the limiter', async () => {
    const callers: string[] = []
    for (const file of new Bun.Glob('**/*.ts').scanSync('src'))
      if (/passwords?\.verify\(/.test(await Bun.file(`src/${file}`).text())) callers.push(file)
    expect(callers.sort()).toEqual([
      'accounts/passwords/password-check.ts',
      'accounts/passwords/passwords.ts',
    ])
  })

  test('a lock is noted once, and refused tries not at all', async () => {
    await wrong(9)
    expect(events('login_failed')).toHaveLength(5)
    expect(events('login_locked')).toEqual([
      { scope: 'account_at_place', ip: HOME, subject: 'admin' },
    ])
    clock.advance(1_000)
    await wrong(3)
    expect(events('login_failed')).toHaveLength(6)
    expect(events('login_locked')).toHaveLength(1)
    for (let name = 0; name < 14; name += 1) await wrong(1, { username: `name ${name}` })
    expect(events('login_locked')).toHaveLength(2)
    expect(events('login_locked')[0]).toEqual({ scope: 'place', ip: HOME, subject: null })
  })

  test('P11 a clock that is set by ten years locks nobody for longer, and opens nothing', async () => {
    let [now, elapsed] = [Date.UTC(2026, 0, 5), 0]
    await reopen({}, { now: () => now, elapsed: () => elapsed })
    await wrong(5)
    for (const jump of [10 * YEAR_MS, -20 * YEAR_MS, 10 * YEAR_MS]) {
      now += jump
      expect(waitOf(await logIn(TEST_PASSWORD))).toBe(1)
    }
    elapsed += 1_000
    expect(await statusOf(TEST_PASSWORD)).toBe(200)
  })
})
