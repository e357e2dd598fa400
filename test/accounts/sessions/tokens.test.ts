import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { remember } from '../../support/aftermath'
import { temporaryFolder } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import { connectRaw, upgradeRequest } from '../../support/raw-socket'
import { startTestMusakone, TEST_SECRET, type TestMusakone } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'
import { claimsIn, forgedToken, plantSession, withClaims } from './forged-token'

const YEAR_S = 31_536_000

describe('a forged token', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let good: string
  let otherUser: number
  beforeAll(async () => {
    musakone = await startTestMusakone({ databasePath })
    otherUser = await addUser(databasePath, { username: 'other' })
    await musakone.online()
    good = await musakone.logIn()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone)
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  /** The status that a request with these headers gets, on an upgrade too. */
  async function statusOf(path: string, headers: Record<string, string>): Promise<number> {
    const client = connectRaw(Number(new URL(musakone.origin).port))
    client.write(upgradeRequest(path, headers))
    const { status } = await client.head()
    client.close()
    return status
  }

  async function expectRefused(token: string): Promise<void> {
    const bearer = { authorization: `Bearer ${token}` }
    const cookie = { cookie: `musakone=${token}` }
    for (const headers of [bearer, cookie]) {
      const response = await fetch(`${musakone.origin}/api/auth/me`, { headers })
      expect(response.status).toBe(401)
      expect(await response.json()).toEqual({ error: 'unauthorized', message: 'Invalid token' })
      expect(await statusOf('/ws', headers)).toBe(401)
    }
    expect(await statusOf(`/ws?token=${token}`, {})).toBe(401)
    const client = await connectOwn(musakone.socketUrl)
    client.send({ type: 'auth', token })
    expect(await client.next()).toEqual({ type: 'auth_error', error: 'Invalid token' })
    client.send({ type: 'mopidy', token, method: 'core.get_version' })
    expect(await client.next()).toEqual({ type: 'auth_error', error: 'Invalid token' })
    client.close()
  }

  const now = () => Math.floor(Date.now() / 1000)
  const claims = (more: Record<string, unknown> = {}) => ({
    sub: '1',
    exp: now() + YEAR_S,
    jti: crypto.randomUUID(),
    ...more,
  })

  test('A6 the forger of these tests makes tokens that are good but for one thing', async () => {
    const token = forgedToken({ claims: claims() })
    plantSession(databasePath, token)
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(200)
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    expect(await client.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
    client.close()
  })

  const otherSecret = `${TEST_SECRET}.`
  // Each has a session in the database: what is wrong with it is the only reason to refuse it.
  test.each<[string, () => string]>([
    ['alg none', () => forgedToken({ alg: 'none', claims: claims() })],
    ['alg None', () => forgedToken({ alg: 'None', claims: claims() })],
    ['an empty alg', () => forgedToken({ alg: '', claims: claims() })],
    ['HS384 with the right key', () => forgedToken({ alg: 'HS384', claims: claims() })],
    ['HS512 with the right key', () => forgedToken({ alg: 'HS512', claims: claims() })],
    ['hs256 in small letters', () => forgedToken({ header: { alg: 'hs256' }, claims: claims() })],
    ['RS256 over an HMAC', () => forgedToken({ header: { alg: 'RS256' }, claims: claims() })],
    ['a wrong key', () => forgedToken({ secret: otherSecret, claims: claims() })],
    ['an empty key', () => forgedToken({ secret: '', claims: claims() })],
    ['no signature', () => forgedToken({ claims: claims() }).replace(/[^.]*$/, '')],
    ['no third part', () => forgedToken({ claims: claims() }).replace(/\.[^.]*$/, '')],
    ['a fourth part', () => `${forgedToken({ claims: claims() })}.x`],
    ['a payload of its own', () => withClaims(good, { ...claimsIn(good), exp: now() + YEAR_S })],
    ['a subject of its own', () => withClaims(good, { ...claimsIn(good), sub: String(otherUser) })],
    ['no exp', () => forgedToken({ claims: claims({ exp: undefined }) })],
    ['an exp that is null', () => forgedToken({ claims: claims({ exp: null }) })],
    ['an exp in text', () => forgedToken({ claims: claims({ exp: String(now() + YEAR_S) }) })],
    ['an exp that has passed', () => forgedToken({ claims: claims({ exp: now() - 1 }) })],
    ['an exp of 0', () => forgedToken({ claims: claims({ exp: 0 }) })],
    ['an nbf to come', () => forgedToken({ claims: claims({ nbf: now() + YEAR_S }) })],
    ['no subject', () => forgedToken({ claims: claims({ sub: undefined }) })],
    ["another user's subject", () => forgedToken({ claims: claims({ sub: String(otherUser) }) })],
    ['a subject with a space', () => forgedToken({ claims: claims({ sub: ' 1' }) })],
    ['a subject with a fraction', () => forgedToken({ claims: claims({ sub: '1.0' }) })],
    ['a subject of SQL', () => forgedToken({ claims: claims({ sub: '1 OR 1=1' }) })],
    ['an unknown crit', () => forgedToken({ header: { crit: ['x'], x: 1 }, claims: claims() })],
    [
      'a key of its own',
      () =>
        forgedToken({
          secret: 'mine',
          header: { jwk: { kty: 'oct', k: Buffer.from('mine').toString('base64url') } },
          claims: claims(),
        }),
    ],
  ])('A6 is refused everywhere, for %s', async (_, forge) => {
    const token = forge()
    plantSession(databasePath, token)
    await expectRefused(token)
  })

  // These are signed with the right key. That they were never handed out is the reason.
  test.each<[string, () => string]>([
    ['the right claims', () => forgedToken({ claims: claims() })],
    ['an exp in the year 9999', () => forgedToken({ claims: claims({ exp: 253_402_300_799 }) })],
    ['an exp of 1e300', () => forgedToken({ claims: claims({ exp: 1e300 }) })],
    ['an iat to come', () => forgedToken({ claims: claims({ iat: now() + YEAR_S }) })],
    ['a kid', () => forgedToken({ header: { kid: '../../../dev/null' }, claims: claims() })],
    ['a kid of SQL', () => forgedToken({ header: { kid: "' UNION SELECT 1" }, claims: claims() })],
    ['a jku', () => forgedToken({ header: { jku: musakone.origin }, claims: claims() })],
    ['the claims of a good one', () => forgedToken({ claims: { x: 1, ...claimsIn(good) } })],
    ["another user's subject", () => forgedToken({ claims: claims({ sub: String(otherUser) }) })],
    ['a great subject', () => forgedToken({ claims: claims({ sub: '9'.repeat(30) }) })],
  ])('A6 is refused without a session, with the right key and %s', async (_, forge) => {
    await expectRefused(forge())
  })

  test.each<[string, (token: string) => string]>([
    ['a letter more', (token) => `${token}A`],
    ['a letter less', (token) => token.slice(0, -1)],
    ['padding', (token) => `${token}=`],
    ['the other case', (token) => token.toUpperCase()],
    ['the header of none', (token) => token.replace(/^[^.]*/, btoa('{"alg":"none"}'))],
    ['itself behind it', (token) => `${token}.${token}`],
  ])('A6 a good token is refused with %s', async (_, spoil) => {
    await expectRefused(spoil(good))
    expect((await musakone.request('/api/auth/me', { token: good })).status).toBe(200)
  })
})
