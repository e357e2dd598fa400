import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { remember } from '../support/aftermath'
import { startTestMusakone, type TestMusakone, UNTHROTTLED } from '../support/test-musakone'

const KEYS = [
  'from',
  'to',
  'limit',
  'cursor',
  'action_type',
  'event_type',
  'user',
  '__proto__',
] as const

/** Texts that have broken parsers of numbers, times and lists. */
const oddText = fc.oneof(
  fc.constantFrom('', ' ', '-1', '0', '-0', '1e308', '1e999', 'NaN', 'Infinity', '0x10', '1.5'),
  fc.constantFrom('9007199254740993', '99999999999999999999', '٣', 'null', 'true', '[]', '{}'),
  fc.constantFrom('play', 'play,', 'play,pause', 'play,play', "'", '%', '\u0000', '\ud800', '0-0'),
  fc.constantFrom('999999999999999-999999999999999', '0-999999999999999', '1-', '-', '1-1-1'),
  fc.integer().map(String),
  fc.double().map(String),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

const oddQuery = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), oddText), { maxLength: 6 })
  .map((pairs) =>
    pairs.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&'),
  )

const PATHS = ['/api/analytics/history', '/api/analytics/stats', '/api/audit'] as const

describe('requests that nobody would think of', () => {
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let token: string
  beforeAll(async () => {
    musakone = await startTestMusakone({ limits: { throttle: UNTHROTTLED } })
    token = await musakone.logIn()
    await musakone.online()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    // What the first ones of their kind cost, in code that is compiled, is no leak.
    for (const body of fc.sample(fc.json(), 200)) await post(body)
    for (const path of PATHS)
      for (const query of fc.sample(oddQuery, 200))
        await musakone.request(`${path}?${query}`, { token })
    checkAftermath = await remember(musakone)
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  async function expectAnswer(response: Response, statuses: readonly number[]): Promise<void> {
    expect(statuses).toContain(response.status)
    const reply = (await response.json()) as Record<string, unknown>
    if (response.status !== 200)
      expect(reply).toEqual({ error: expect.any(String), message: expect.any(String) })
  }

  const post = (body: string) =>
    musakone.request('/api/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })

  test('A13 no body makes a login fail with a 5xx: any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ noUnicodeString: false }), async (body) =>
        expectAnswer(await post(body), [400, 401]),
      ),
      { numRuns: 300 },
    )
  })

  test('A13 no body makes a login fail with a 5xx: any name and password', async () => {
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.jsonValue())
    const credentials = fc.record(
      { username: value, password: value, __proto__: value, extra: value },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(credentials, async (body) =>
        expectAnswer(await post(JSON.stringify(body)), [400, 401]),
      ),
      { numRuns: 150 },
    )
  })

  // Property tests found these: Elysia fails when it puts them into a message.
  test.each([
    '{"password":{"toString":0}}',
    '{"username":"a","password":[{"toString":0}]}',
    '{"username":{"toString":null,"valueOf":null},"password":"b"}',
    '{"username":{"a":[{"valueOf":1,"toString":{}}]},"password":"b"}',
  ])('A13 an object that cannot be made a text is a wrong value: %s', async (body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('A13 no body makes a login fail with a 5xx: any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) =>
        expectAnswer(await post(body), [400, 401]),
      ),
      { numRuns: 300 },
    )
  })

  test.each(PATHS)('A13 no query makes %s fail with a 5xx', async (path) => {
    await fc.assert(
      fc.asyncProperty(oddQuery, async (query) =>
        // 404: an admin asks for somebody who is not there.
        expectAnswer(await musakone.request(`${path}?${query}`, { token }), [200, 400, 404]),
      ),
      { numRuns: 500 },
    )
  })

  test('A13 no query makes history fail with a 5xx, however it is written', async () => {
    const piece = fc.constantFrom(
      ...KEYS,
      '=',
      '&',
      '[',
      ']',
      '%',
      '%00',
      '%ff',
      '+',
      ';',
      '1',
      '.',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const path = `/api/analytics/history?${pieces.join('')}`
        await expectAnswer(await musakone.request(path, { token }), [200, 400, 404])
      }),
      { numRuns: 500 },
    )
  })
})
