import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { join } from 'node:path'
import { remember } from '../../support/aftermath'
import { temporaryFolder } from '../../support/executable'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'

const NEW_PASSWORD = 'another horse, another battery'

describe('the end of a session', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const open: OwnSocket[] = []
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let people = 0
  beforeAll(async () => {
    musakone = await startTestMusakone({ databasePath })
    await musakone.online()
  })
  afterAll(() => musakone.stop())
  beforeEach(async () => {
    musakone.demo?.received.splice(0)
    checkAftermath = await remember(musakone)
  })
  afterEach(async () => {
    for (const client of open.splice(0)) client.close()
    await checkAftermath()
  })

  async function someone(): Promise<string> {
    people += 1
    const username = `someone-${people}`
    await addUser(databasePath, { username })
    return username
  }

  /** Sockets of one session in every way to sign in and both dialects. */
  async function socketsOf(token: string): Promise<Record<'own' | 'rpc', OwnSocket[]>> {
    const connect = async (query = '', headers = {}) => {
      const client = await connectOwn(`${musakone.socketUrl}${query}`, headers)
      open.push(client)
      return client
    }
    const byQuery = await connect(`?token=${token}`)
    const byHeader = await connect('', { authorization: `Bearer ${token}` })
    const byCookie = await connect('', { cookie: `musakone=${token}` })
    const byMessage = await connect()
    await byMessage.signIn(token)
    const byCall = await connect()
    byCall.send({ type: 'mopidy', token, method: 'core.get_version' })
    await byCall.next('mopidy_response')
    const rpc = [await connect(`?token=${token}`), await connect()]
    await rpc[1]?.signIn(token)
    for (const client of rpc) {
      client.send({ jsonrpc: '2.0', id: 1, method: 'core.get_version' })
      await client.next()
    }
    return { own: [byQuery, byHeader, byCookie, byMessage, byCall], rpc }
  }

  /**
   * Ends the session by `end`, with calls of all its sockets on the wire in the very tick in which
   * it ends and right after; none may be handled, and all sockets close with 4401 in two seconds.
   */
  async function expectEnd(
    token: string,
    { own, rpc }: Record<'own' | 'rpc', OwnSocket[]>,
    end: () => Promise<unknown>,
  ): Promise<void> {
    const identity = await musakone.services.accounts.door.identify(token)
    const call = (uri: string) => ({ method: 'core.playlists.lookup', params: { uri } })
    const sendAll = (when: string) => {
      for (const client of own) client.send({ type: 'mopidy', ...call(`m3u:${when}`) })
      for (const client of rpc) client.send({ jsonrpc: '2.0', id: 2, ...call(`m3u:${when}`) })
    }
    const { closeEnded } = musakone.services.gateway
    let endedAt = 0
    const { gateway } = musakone.services
    const spy = spyOn(gateway, 'closeEnded').mockImplementation((stillSignedIn) => {
      // It is also called when another process, such as the one that made the user, has written.
      if (stillSignedIn(identity)) return closeEnded(stillSignedIn)
      endedAt = performance.now()
      sendAll('as-it-ends')
      closeEnded(stillSignedIn)
      sendAll('after-it-ended')
    })
    try {
      await end()
    } finally {
      spy.mockRestore()
    }
    expect(endedAt).toBeGreaterThan(0)
    for (const client of [...own, ...rpc]) {
      // Those that have not heard of it yet go on.
      client.socket.send(JSON.stringify({ type: 'mopidy', ...call('m3u:later') }))
      expect((await client.closed).code).toBe(4401)
      expect(client.messages).toEqual([])
    }
    expect(performance.now() - endedAt).toBeLessThan(2_000)
    await musakone.services.mopidy.idle()
    expect(musakone.demo?.received.filter((text) => text.includes('m3u:'))).toEqual([])
  }

  async function expectOpen({ own, rpc }: Record<'own' | 'rpc', OwnSocket[]>): Promise<void> {
    for (const client of own)
      expect(await client.call('core.get_version')).toMatchObject({ result: '3.4.1' })
    for (const client of rpc) {
      client.send({ jsonrpc: '2.0', id: 3, method: 'core.get_version' })
      expect(await client.next()).toEqual({ jsonrpc: '2.0', id: 3, result: '3.4.1' })
    }
  }

  async function expectRefused(token: string): Promise<void> {
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(401)
    const client = await connectOwn(musakone.socketUrl)
    open.push(client)
    await expect(client.signIn(token)).rejects.toThrow('Invalid token')
    await expect(connectOwn(`${musakone.socketUrl}?token=${token}`)).rejects.toThrow('refused')
  }

  test('C3 logout closes the sockets of that session, and nothing is handled after it', async () => {
    const username = await someone()
    const [token, otherSession, otherUser] = await Promise.all([
      musakone.logIn(username),
      musakone.logIn(username),
      musakone.logIn(),
    ])
    const sockets = await socketsOf(token)
    const others = [await socketsOf(otherSession), await socketsOf(otherUser)]
    await expectEnd(token, sockets, async () => {
      const response = await musakone.request('/api/auth/logout', { method: 'POST', token })
      expect(response.status).toBe(200)
    })
    await expectRefused(token)
    for (const other of others) await expectOpen(other)
  })

  test("C3 a password change closes all the user's sockets, and nobody else's", async () => {
    const username = await someone()
    const [token, otherSession, otherUser] = await Promise.all([
      musakone.logIn(username),
      musakone.logIn(username),
      musakone.logIn(),
    ])
    const mine = [await socketsOf(token), await socketsOf(otherSession)]
    const others = await socketsOf(otherUser)
    const all = { own: mine.flatMap(({ own }) => own), rpc: mine.flatMap(({ rpc }) => rpc) }
    let fresh = ''
    await expectEnd(token, all, async () => {
      const json = { current_password: TEST_PASSWORD, new_password: NEW_PASSWORD }
      const response = await musakone.request('/api/auth/password', { token, json })
      expect(response.status).toBe(200)
      fresh = ((await response.json()) as { token: string }).token
    })
    await expectRefused(token)
    await expectRefused(otherSession)
    await expectOpen(others)
    await expectOpen(await socketsOf(fresh))
  })

  test('C3 a session that ends while its token is being checked lets nobody in', async () => {
    const token = await musakone.logIn(await someone())
    const { accounts } = musakone.services
    const { identify } = accounts.door
    const client = await connectOwn(musakone.socketUrl)
    open.push(client)
    const spy = spyOn(accounts.door, 'identify').mockImplementation(async (...args) => {
      const identity = await identify(...args)
      accounts.ownAccount.logOut(identity)
      return identity
    })
    await expect(client.signIn(token).finally(() => spy.mockRestore())).rejects.toThrow('Invalid')
    client.send({ type: 'mopidy', method: 'core.get_version' })
    expect(await client.next()).toEqual({ type: 'auth_error', error: 'Not signed in' })
  })

  test('C3 a session that ends during the handshake gets a socket that closes', async () => {
    const token = await musakone.logIn(await someone())
    const { accounts } = musakone.services
    const { identify } = accounts.door
    const spy = spyOn(accounts.door, 'identify').mockImplementation(async (...args) => {
      const identity = await identify(...args)
      accounts.ownAccount.logOut(identity)
      return identity
    })
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`).finally(() =>
      spy.mockRestore(),
    )
    expect((await client.closed).code).toBe(4401)
    expect(client.messages).toEqual([])
  })

  test('C3 who changes to another session on a socket is closed with the new one only', async () => {
    const [first, second] = await Promise.all([musakone.logIn(), musakone.logIn(await someone())])
    const client = await connectOwn(`${musakone.socketUrl}?token=${first}`)
    open.push(client)
    await client.signIn(second)
    await musakone.request('/api/auth/logout', { method: 'POST', token: first })
    expect(await client.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
    await musakone.request('/api/auth/logout', { method: 'POST', token: second })
    expect((await client.closed).code).toBe(4401)
  })
})
