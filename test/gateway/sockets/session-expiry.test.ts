import { afterEach, describe, expect, test } from 'bun:test'
import { GATEWAY_LIMITS, type GatewayLimits } from '../../../src/gateway/gateway'
import { remember } from '../../support/aftermath'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { fixedClock, startTestMusakone, type TestMusakone } from '../../support/test-musakone'

const SESSION_MS = 30 * 86_400_000
const NEVER_MS = 2 ** 31 - 1

describe('a session that expires', () => {
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let clock: ReturnType<typeof fixedClock>
  afterEach(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  async function start(limits: Partial<GatewayLimits>): Promise<string> {
    clock = fixedClock()
    musakone = await startTestMusakone({ clock, limits: { gateway: limits } })
    await musakone.online()
    checkAftermath = await remember(musakone)
    return musakone.logIn()
  }

  /** A socket of the own dialect and one of JSON-RPC. */
  async function socketsOf(token: string): Promise<[OwnSocket, OwnSocket]> {
    const own = await connectOwn(musakone.socketUrl)
    await own.signIn(token)
    const rpc = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    rpc.send({ jsonrpc: '2.0', id: 1, method: 'core.get_version' })
    await rpc.next()
    return [own, rpc]
  }

  test('C2 its sockets close with 4401 in both dialects, at the next sweep and not before', async () => {
    const token = await start({ sweepMs: 20, signInMs: 1_000 })
    const sockets = await socketsOf(token)
    const stranger = await connectOwn(musakone.socketUrl)
    clock.advance(SESSION_MS - 1_000)
    // That the stranger was closed shows that a sweep went by; it left the others alone.
    expect((await stranger.closed).code).toBe(4401)
    expect(await sockets[0].call('core.get_version')).toMatchObject({ result: '3.4.1' })

    clock.advance(1_000)
    const expiredAt = performance.now()
    for (const client of sockets)
      expect(await client.closed).toEqual({ code: 4401, reason: 'Session expired' })
    expect(performance.now() - expiredAt).toBeLessThan(5_000)
    for (const client of sockets) expect(client.messages).toEqual([])
  })

  test('C2 between the end and the sweep nothing is handled', async () => {
    const token = await start({ sweepMs: NEVER_MS })
    const [own, rpc] = await socketsOf(token)
    clock.advance(SESSION_MS)
    const params = { uri: 'm3u:too-late' }
    own.send({ type: 'mopidy', id: 1, method: 'core.playlists.lookup', params })
    rpc.send({ jsonrpc: '2.0', id: 1, method: 'core.playlists.lookup', params })
    for (const client of [own, rpc]) {
      expect((await client.closed).code).toBe(4401)
      expect(client.messages).toEqual([])
    }
    await musakone.services.mopidy.idle()
    expect(musakone.demo?.received.filter((text) => text.includes('too-late'))).toEqual([])
  })

  test('C2 a fresh token keeps a socket open past the end of the first', async () => {
    const token = await start({ sweepMs: 20, signInMs: 1_000 })
    const [own, rpc] = await socketsOf(token)
    clock.advance(SESSION_MS - 1_000)
    await own.signIn(await musakone.logIn())
    clock.advance(1_000)
    expect((await rpc.closed).code).toBe(4401)
    expect(await own.call('core.get_version')).toMatchObject({ result: '3.4.1' })
    own.close()
  })

  test('C2 it is refused over HTTP and at the door of the socket in the same second', async () => {
    const token = await start({ sweepMs: NEVER_MS })
    clock.advance(SESSION_MS - 1_000)
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(200)
    clock.advance(1_000)
    for (const path of ['/api/auth/me', '/api/analytics/stats', '/api/playback/state'])
      expect((await musakone.request(path, { token })).status).toBe(401)
    expect((await musakone.request(`/ws?token=${token}`)).status).toBe(401)
    const client = await connectOwn(musakone.socketUrl)
    await expect(client.signIn(token)).rejects.toThrow('Invalid token')
    client.close()
  })
})

test('C2 as installed, a sweep comes at least every four seconds', () => {
  expect(GATEWAY_LIMITS.sweepMs).toBeLessThanOrEqual(4_000)
})
