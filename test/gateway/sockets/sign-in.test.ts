import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { remember } from '../../support/aftermath'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { connectRaw, upgradeRequest } from '../../support/raw-socket'
import { fixedClock, startTestMusakone, type TestMusakone } from '../../support/test-musakone'

const DAY_MS = 86_400_000
const WANTED = { type: 'mopidy', method: 'core.playlists.lookup', params: { uri: 'm3u:wanted' } }

describe('signing in', () => {
  const clock = fixedClock()
  let musakone: TestMusakone
  let tokens: Record<'good' | 'expired' | 'loggedOut', string>
  let checkAftermath: () => Promise<void>
  const open: { close(): void }[] = []
  beforeAll(async () => {
    musakone = await startTestMusakone({
      clock,
      limits: { gateway: { sweepMs: 20, signInMs: 60_000 } },
    })
    await musakone.online()
    const { accounts } = musakone.services
    const expired = await musakone.logIn()
    clock.advance(31 * DAY_MS)
    const loggedOut = await musakone.logIn()
    accounts.ownAccount.logOut(await accounts.door.identify(loggedOut))
    tokens = { good: await musakone.logIn(), expired, loggedOut }
  })
  afterAll(() => musakone.stop())
  beforeEach(async () => {
    musakone.demo?.received.splice(0)
    checkAftermath = await remember(musakone)
  })
  afterEach(async () => {
    for (const client of open.splice(0)) client.close()
    await checkAftermath()
    // Now that every call has been answered: none of these was made.
    expect(upstream()).toEqual([])
  })

  async function connect(query = ''): Promise<OwnSocket> {
    const client = await connectOwn(`${musakone.socketUrl}${query}`)
    open.push(client)
    return client
  }
  const upstream = () => (musakone.demo?.received ?? []).filter((text) => text.includes('wanted'))
  const port = () => Number(new URL(musakone.origin).port)

  /** Its call is refused, and nothing of it reached Mopidy. */
  async function expectStranger(client: OwnSocket): Promise<void> {
    client.send(WANTED)
    expect(await client.next()).toEqual({ type: 'auth_error', error: 'Not signed in' })
    expect(upstream()).toEqual([])
  }

  test.each([
    ['empty', () => ''],
    ['not a token', () => 'nonsense'],
    ['expired', () => tokens.expired],
    ['of a session that was logged out', () => tokens.loggedOut],
    ['with a letter more', () => `${tokens.good}x`],
    ['8,000 characters long', () => 'a.'.repeat(4_000)],
  ])('C1 a bad token is refused before the upgrade: %s', async (_, token) => {
    const presentations: [string, Record<string, string>][] = [
      [`/ws?token=${token()}`, {}],
      ['/ws', { authorization: `Bearer ${token()}` }],
      ['/ws', { cookie: `musakone=${token()}` }],
    ]
    for (const [path, headers] of presentations) {
      // An empty header or cookie is none at all, and such a socket may still sign in.
      if (token() === '' && path === '/ws') continue
      const client = connectRaw(port())
      open.push(client)
      client.write(upgradeRequest(path, headers))
      expect((await client.head()).status).toBe(401)
    }
  })

  test.each<[string, (good: string) => string]>([
    ['missing', () => '{"type":"auth"}'],
    ['null', () => '{"type":"auth","token":null}'],
    ['a number', () => '{"type":"auth","token":5}'],
    ['true', () => '{"type":"auth","token":true}'],
    ['a good one in a list', (good) => `{"type":"auth","token":["${good}"]}`],
    ['a good one in an object', (good) => `{"type":"auth","token":{"token":"${good}"}}`],
    ['an object that is no text', () => '{"type":"auth","token":{"toString":1,"valueOf":1}}'],
    [
      '10,000 lists deep',
      () => `{"type":"auth","token":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    ],
    ['empty', () => '{"type":"auth","token":""}'],
    ['not a token', () => '{"type":"auth","token":"nonsense"}'],
    ['expired', () => `{"type":"auth","token":"${tokens.expired}"}`],
    ['logged out', () => `{"type":"auth","token":"${tokens.loggedOut}"}`],
    ['a good one in a list, with a call', (good) => JSON.stringify({ ...WANTED, token: [good] })],
    ['expired, with a call', () => JSON.stringify({ ...WANTED, token: tokens.expired })],
    ['null, with a call', () => JSON.stringify({ ...WANTED, token: null })],
  ])('C1 a bad token in a message is an auth_error: %s', async (_, text) => {
    const client = await connect()
    client.send(text(tokens.good))
    expect(await client.next()).toEqual({ type: 'auth_error', error: 'Invalid token' })
    await expectStranger(client)
  })

  test('C1 JSON-RPC without a token is an auth_error, a batch and a notification too', async () => {
    const client = await connect()
    const { method, params } = WANTED
    for (const message of [
      { jsonrpc: '2.0', id: 1, method, params },
      [{ jsonrpc: '2.0', id: 1, method, params }],
      { jsonrpc: '2.0', method, params },
    ]) {
      client.send(message)
      expect(await client.next()).toEqual({ type: 'auth_error', error: 'Not signed in' })
    }
    await expectStranger(client)
  })

  test('C1 who is not signed in never gets an event', async () => {
    const stranger = await connect()
    const refused = await connect()
    refused.send({ type: 'auth', token: 'nonsense' })
    await refused.next('auth_error')
    const member = await connect(`?token=${tokens.good}`)
    await member.call('core.mixer.set_volume', { volume: 31 })
    await member.event('volume_changed')
    // What the event would have gone before.
    for (const client of [stranger, refused]) await expectStranger(client)
    expect(stranger.texts).toHaveLength(1)
    expect(refused.texts).toHaveLength(2)
  })

  test('C1 frames right behind a bad token wait for the verdict and are refused', async () => {
    const client = await connect()
    client.send({ type: 'auth', token: tokens.expired })
    for (let sent = 0; sent < 50; sent += 1) client.send(WANTED)
    expect(await client.next()).toEqual({ type: 'auth_error', error: 'Invalid token' })
    for (let sent = 0; sent < 50; sent += 1)
      expect(await client.next()).toEqual({ type: 'auth_error', error: 'Not signed in' })
    expect(upstream()).toEqual([])
  })

  test('C1 a flood behind a token that is being checked is closed with 1008', async () => {
    const { accounts } = musakone.services
    const { identify } = accounts.door
    const checked = Promise.withResolvers<void>()
    const spy = spyOn(accounts.door, 'identify').mockImplementation(async (...args) => {
      await checked.promise
      return identify(...args)
    })
    const client = await connect()
    client.send({ type: 'auth', token: tokens.good })
    for (let sent = 0; sent < 100; sent += 1) client.send(WANTED)
    expect((await client.closed.finally(() => spy.mockRestore())).code).toBe(1008)
    checked.resolve()
    expect(client.messages).toEqual([])
  })

  test('C1 a bad token does not end who is signed in already', async () => {
    const client = await connect()
    await client.signIn(tokens.good)
    client.send({ type: 'auth', token: 'nonsense' })
    await client.next('auth_error')
    expect(await client.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
  })

  test('C1 who does not sign in in time is closed with 4401', async () => {
    const early = await connect()
    const member = await connect(`?token=${tokens.good}`)
    clock.advance(59_999)
    const late = await connect()
    clock.advance(1)
    expect((await early.closed).code).toBe(4401)
    await expectStranger(late)
    expect(await member.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
  })
})
