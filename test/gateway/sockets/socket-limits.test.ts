import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { GATEWAY_LIMITS } from '../../../src/gateway/gateway'
import type { MostSeats } from '../../../src/gateway/sockets/seats'
import { createSeats } from '../../../src/gateway/sockets/seats'
import { createStage } from '../../mopidy/stage'
import { temporaryFolder } from '../../support/executable'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { connectRaw, upgradeRequest } from '../../support/raw-socket'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'
import { connectWeb } from '../proxy/web-socket'
import { setWebStage } from '../proxy/web-stage'

const MANY = 1_000
const FULL = 1013

const stage = createStage()
afterEach(stage.clear)

describe('the number of open sockets', () => {
  let musakone: TestMusakone
  let tokens: Record<'admin' | 'member', string>
  const paths = () => [`/ws?token=${tokens.admin}`, `/mopidy/ws?token=${tokens.admin}`]

  async function start(limits: Partial<MostSeats>): Promise<void> {
    const databasePath = join(temporaryFolder(), 'musakone.db')
    const sockets = { inAll: MANY, perUser: MANY, perAddress: MANY, ...limits }
    musakone = await startTestMusakone({ databasePath, limits: { gateway: { sockets } } })
    stage.keep(musakone)
    await musakone.online()
    await addUser(databasePath, { username: 'member' })
    tokens = { admin: await musakone.logIn(), member: await musakone.logIn('member') }
  }

  /** A socket that stays open to the end of the test. */
  async function connect(token?: string): Promise<OwnSocket> {
    const client = await connectOwn(musakone.socketUrl + (token ? `?token=${token}` : ''))
    stage.keep({ stop: client.close })
    return client
  }

  /** The answer to an upgrade that is refused. */
  async function refusal(path: string) {
    const client = connectRaw(Number(new URL(musakone.origin).port))
    client.write(upgradeRequest(path))
    const { status, text } = await client.head()
    await until(() => client.rest().includes('}'), 'the body')
    const body = JSON.parse(client.rest().slice(text.length + 4))
    const retryAfter = /retry-after: (\d+)/i.exec(text)?.[1]
    client.close()
    return { status, error: body.error, message: body.message, retryAfter }
  }

  async function expectServed(clients: readonly OwnSocket[]): Promise<void> {
    for (const client of clients)
      expect(await client.call('core.get_version')).toMatchObject({ result: '3.4.1' })
  }

  test('C13 one more than a user may have is refused with 429, and a place that is left is free', async () => {
    await start({ perUser: 3 })
    const mine = [await connect(tokens.admin), await connect(tokens.admin)]
    mine.push(await connect())
    await mine[2]?.signIn(tokens.admin)
    for (const path of paths())
      expect(await refusal(path)).toEqual({
        status: 429,
        error: 'too_many_requests',
        message: 'Too many connections of yours are open.',
        retryAfter: '10',
      })
    const others = [await connect(tokens.member)]
    await expectServed([...mine, ...others])
    mine[0]?.close()
    await mine[0]?.closed
    await until(() => musakone.services.gateway.seats.taken() === 3, 'the socket to be gone')
    await expectServed([await connect(tokens.admin)])
    expect((await refusal(paths()[0] ?? '')).status).toBe(429)
  })

  test('C13 who signs in by a message and is one too many is closed with 1013', async () => {
    await start({ perUser: 2 })
    const mine = [await connect(tokens.admin), await connect(tokens.admin)]
    const late = await connect()
    late.send({ type: 'auth', token: tokens.admin })
    expect((await late.closed).code).toBe(FULL)
    expect(late.messages).toEqual([])
    const calling = await connect()
    calling.send({ type: 'mopidy', id: 1, token: tokens.admin, method: 'core.get_version' })
    expect((await calling.closed).code).toBe(FULL)
    expect(calling.messages).toEqual([])
    // Who signs in again, with another session of the same user, is counted once.
    await mine[0]?.signIn(await musakone.logIn())
    await expectServed(mine)
  })

  test('C13 a socket that becomes somebody else’s no longer counts as its first user’s', async () => {
    await start({ perUser: 1 })
    const client = await connect(tokens.admin)
    await client.signIn(tokens.member)
    const other = await connect(tokens.admin)
    await expectServed([client, other])
    expect((await refusal(`/ws?token=${tokens.member}`)).status).toBe(429)
    other.close()
    client.close()
    await until(() => musakone.services.gateway.seats.taken() === 0, 'all to be gone')
    await expectServed([await connect(tokens.admin)])
  })

  test('C13 one more than an address may have is refused with 429, signed in or not', async () => {
    await start({ perAddress: 3 })
    const clients = [await connect(tokens.admin), await connect(tokens.member)]
    const stranger = await connect()
    for (const path of [...paths(), '/ws'])
      expect(await refusal(path)).toMatchObject({ status: 429, error: 'too_many_requests' })
    await expectServed(clients)
    stranger.send('{}')
    expect(await stranger.next()).toMatchObject({ type: 'mopidy_error' })
  })

  test('C13 one more than fit in all is refused with 503', async () => {
    await start({ inAll: 2 })
    const clients = [await connect(tokens.admin), await connect(tokens.member)]
    for (const path of [...paths(), '/ws'])
      expect(await refusal(path)).toMatchObject({ status: 503, error: 'unavailable' })
    await expectServed(clients)
  })

  test('C13 a crowd that comes at once gets exactly the places that there are', async () => {
    await start({ perUser: 10 })
    const dials = Array.from({ length: 40 }, () => connect(tokens.admin).catch(() => undefined))
    const open = (await Promise.all(dials)).filter((client) => client !== undefined)
    expect(open).toHaveLength(10)
    await expectServed(open)
  })

  test('C13 those that are cut off leave their places', async () => {
    await start({ perUser: 5 })
    for (let round = 0; round < 4; round += 1) {
      const clients = await Promise.all(Array.from({ length: 5 }, () => connect(tokens.admin)))
      for (const { socket } of clients) socket.terminate()
      await until(() => musakone.services.gateway.seats.taken() === 0, 'all to be gone')
    }
  })
})

test('C13 the sockets of web clients take places too', async () => {
  const sockets = { inAll: MANY, perUser: 3, perAddress: MANY }
  const web = stage.keep(await setWebStage({ limits: { gateway: { sockets } } }))
  const { socketUrl, origin, clientsOrigin } = web.musakone
  const headers = { authorization: `Bearer ${web.tokens.admin}` }
  const proxied = `${clientsOrigin.replace('http', 'ws')}/stand-in/ws`
  const own = await connectOwn(socketUrl, headers)
  const clients = [await connectWeb(proxied, { headers }), await connectWeb(proxied, { headers })]
  for (const [at, path] of [
    [origin, '/ws'],
    [clientsOrigin, '/stand-in/ws'],
  ] as const) {
    const client = connectRaw(Number(new URL(at).port))
    client.write(upgradeRequest(path, headers))
    expect((await client.head()).status).toBe(429)
    client.close()
  }
  clients[0]?.socket.close()
  await clients[0]?.closed
  await until(() => web.musakone.services.gateway.seats.taken() === 2, 'a place to be free')
  clients.push(await connectWeb(proxied, { headers }))
  for (const { socket } of [own, ...clients]) socket.close()
  await until(() => web.musakone.services.gateway.seats.taken() === 0, 'all to be gone')
})

describe('the places', () => {
  test('are counted by user, by address and in all', () => {
    const seats = createSeats({ inAll: 3, perUser: 1, perAddress: 2 })
    const person = { userId: 7, inviteId: null }
    const first = seats.take('2001:db8::/64')
    expect(seats.give(first, person)).toBe(true)
    expect(() => seats.check('10.0.0.1', person)).toThrow('Too many connections of yours are open.')
    seats.check('2001:db8::/64')
    seats.take('2001:db8::/64')
    expect(() => seats.check('2001:db8::/64')).toThrow('of your address')
    seats.check('10.0.0.1')
    const third = seats.take('10.0.0.1')
    expect(seats.give(third, person)).toBe(false)
    expect(() => seats.check('10.0.0.2')).toThrow('Too many connections are open.')
    seats.leave(third)
    seats.leave(first)
    seats.check('2001:db8::/64', person)
    expect(seats.taken()).toBe(1)
  })

  test('B5 all the guests of one invite have twice as many as one user', () => {
    const seats = createSeats({ inAll: 100, perUser: 2, perAddress: 100 })
    const sit = (userId: number) => seats.give(seats.take('10.0.0.1'), { userId, inviteId: 3 })
    expect([1, 1, 1, 2, 3, 4].map(sit)).toEqual([true, true, false, true, true, false])
    expect(seats.give(seats.take('10.0.0.1'), { userId: 5, inviteId: 4 })).toBe(true)
  })

  test('as installed: 64 a user, 8,000 an address, 10,000 in all', () => {
    expect(GATEWAY_LIMITS.sockets).toEqual({ inAll: 10_000, perUser: 64, perAddress: 8_000 })
  })
})
