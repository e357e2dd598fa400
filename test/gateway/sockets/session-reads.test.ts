import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import {
  startTestMusakone,
  type TestMusakone,
  UNTHROTTLED,
  until,
} from '../../support/test-musakone'
import { startWebMopidy, type WebMopidy } from '../proxy/web-mopidy'
import { connectWeb } from '../proxy/web-socket'
import { openFakeSocket } from './fake-socket'

const SESSIONS = 10
const SOCKETS = 5_000

describe('a logout with 5,000 sockets of 10 sessions open', () => {
  let mopidy: WebMopidy
  let musakone: TestMusakone
  let counter: ReturnType<typeof countReads>
  beforeEach(async () => {
    counter = countReads()
    mopidy = await startWebMopidy()
    musakone = await startTestMusakone({
      mopidyUrl: mopidy.url,
      limits: {
        throttle: UNTHROTTLED,
        gateway: { sockets: { inAll: 10_000, perUser: 6_000, perAddress: 8_000 } },
      },
    })
    await musakone.online()
  })
  afterEach(async () => {
    await musakone.stop()
    await mopidy.stop()
    counter.stop()
  })

  test('looks each session up once, for the gateway and the proxy together', async () => {
    const { accounts, gateway, proxy } = musakone.services
    const tokens = await Promise.all(Array.from({ length: SESSIONS }, () => musakone.logIn()))
    const identities = await Promise.all(tokens.map((token) => accounts.door.identify(token)))
    const sockets = Array.from({ length: SOCKETS }, (_, index) => {
      const identity = identities[index % SESSIONS]
      const socket = openFakeSocket(gateway.accept(identity, 'own', '192.0.2.1'))
      return { identity, socket }
    })
    await musakone.request('/api/clients', { token: tokens[0] ?? '' })
    const proxied = await Promise.all(
      tokens.map((token) =>
        connectWeb(`${musakone.clientsOrigin.replace('http', 'ws')}/iris/ws`, {
          headers: { authorization: `Bearer ${token}` },
        }),
      ),
    )
    await until(() => proxy.open() === SESSIONS, 'the sockets of the web client to be open')

    const [ended] = identities
    if (ended === undefined) throw new Error('nobody is signed in')
    counter.reads = 0
    accounts.ownAccount.logOut(ended)
    // One more is the session that ends.
    expect(counter.reads).toBeLessThanOrEqual(SESSIONS + 1)
    const closed = sockets.filter(({ socket }) => socket.closedWith !== undefined)
    expect(closed.every(({ identity }) => identity === ended)).toBe(true)
    expect(closed.map(({ socket }) => socket.closedWith)).toEqual(
      Array.from({ length: SOCKETS / SESSIONS }, () => 4401),
    )
    expect(await proxied[0]?.closed).toMatchObject({ code: 4401 })
    expect(proxy.open()).toBe(SESSIONS - 1)
    for (const { socket } of proxied) socket.close()
  })
})

/** Counts the rows that are asked for one by one, of databases that are opened from now on. */
function countReads() {
  const { query } = Database.prototype
  const counted = new WeakSet()
  const counter = { reads: 0, stop: () => spy.mockRestore() }
  const countingQuery = function (this: Database, sql: string) {
    const statement = query.call(this, sql)
    // A text that was prepared before gives the same statement again.
    if (counted.has(statement)) return statement
    counted.add(statement)
    const { get } = statement
    statement.get = (...parameters) => {
      counter.reads += 1
      return get.apply(statement, parameters)
    }
    return statement
  }
  const spy = spyOn(Database.prototype, 'query').mockImplementation(countingQuery as typeof query)
  return counter
}
