import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { GATEWAY_LIMITS } from '../../../src/gateway/gateway'
import { createFloodGuard, FLOOD_BOUNDS, newTally } from '../../../src/gateway/sockets/flood-guard'
import { remember } from '../../support/aftermath'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { connectRaw, frame, Opcode, type RawSocket, upgradeRequest } from '../../support/raw-socket'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'

const METHOD = 'core.get_version'
const BUSY = { code: -32003, message: 'Too many requests' }
const messages = { mostATurn: 10, mostRefused: 20, forgivenPerSecond: 1 }

const texts = (client: RawSocket) =>
  client.frames.filter(({ opcode }) => opcode === Opcode.text).map(({ payload }) => String(payload))
const framesOf = (each: readonly unknown[]) =>
  each.map((message) => frame(typeof message === 'string' ? message : JSON.stringify(message)))
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('what one client sends at once', () => {
  let musakone: TestMusakone
  let token: string
  let bystander: OwnSocket
  let checkAftermath: () => Promise<void>
  const open: RawSocket[] = []
  beforeAll(async () => {
    musakone = await startTestMusakone({ limits: { gateway: { messages } } })
    await musakone.online()
    token = await musakone.logIn()
    bystander = await connectOwn(`${musakone.socketUrl}?token=${token}`)
  })
  afterAll(async () => {
    bystander.close()
    await musakone.stop()
  })
  beforeEach(async () => {
    // So that Musakone answers from memory.
    await bystander.call(METHOD)
    checkAftermath = await remember(musakone)
  })
  afterEach(async () => {
    expect(await bystander.call(METHOD)).toMatchObject({ result: '3.4.1' })
    for (const client of open.splice(0)) client.close()
    await checkAftermath()
  })

  async function connect(query = `?token=${token}`): Promise<RawSocket> {
    const client = connectRaw(Number(new URL(musakone.origin).port))
    open.push(client)
    client.write(upgradeRequest(`/ws${query}`))
    expect((await client.head()).status).toBe(101)
    return client
  }

  /** The answers to messages that come in one piece, each parsed. */
  async function answersTo(client: RawSocket, each: readonly unknown[], count = each.length) {
    client.write(...framesOf(each))
    await until(() => texts(client).length >= count, `${count} answers`)
    return client.frames.splice(0).map(({ payload }) => JSON.parse(String(payload)))
  }

  test('C9 is answered up to the limit, the rest refused: one answer each, with its own id', async () => {
    const client = await connect()
    const calls = range(14).map((id) => ({ type: 'mopidy', id, method: METHOD }))
    const answers = await answersTo(client, calls)
    expect(answers.map(({ id }) => id)).toEqual(range(14))
    for (const answer of answers.slice(0, 10)) expect(answer).toMatchObject({ result: '3.4.1' })
    for (const answer of answers.slice(10))
      expect(answer).toEqual({ type: 'mopidy_error', id: answer.id, method: METHOD, error: BUSY })
    // Then everybody has had a turn.
    expect(await answersTo(client, calls.slice(0, 1))).toMatchObject([{ id: 0, result: '3.4.1' }])
  })

  test('C9 is refused in Mopidy’s dialect as well, with ids as they were written', async () => {
    const client = await connect()
    const call = (id: string) => `{"jsonrpc":"2.0","id":${id},"method":"${METHOD}"}`
    const ids = ['"a"', '12345678901234567890', '-0', 'null', '1.50']
    client.write(
      ...framesOf(range(10).map((id) => call(String(id)))),
      ...framesOf(ids.map(call)),
      frame(`{"jsonrpc":"2.0","method":"${METHOD}"}`),
      frame('{"jsonrpc":'),
    )
    await until(() => texts(client).length >= 16, 'the answers')
    const error = JSON.stringify(BUSY)
    expect(texts(client).slice(10, 15)).toEqual(
      ids.map((id) => `{"jsonrpc":"2.0","id":${id},"error":${error}}`),
    )
    expect(texts(client).slice(15)).toEqual([
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    ])
  })

  test('C9 a batch counts as its requests, and each of them is answered', async () => {
    const client = await connect()
    const batch = (from: number) =>
      range(6).map((id) => ({ jsonrpc: '2.0', id: from + id, method: METHOD }))
    const answers = await answersTo(client, [batch(0), batch(10), batch(20)])
    expect(answers.map((each) => each.map(({ id }: { id: number }) => id))).toEqual(
      [0, 10, 20].map((from) => batch(from).map(({ id }) => id)),
    )
    const refused = answers.map((each) => each.filter(({ error }: { error: unknown }) => error))
    expect(refused.map((each) => each.length)).toEqual([0, 0, 6])
  })

  test('C9 counts while a token is being checked', async () => {
    const client = await connect('')
    const calls = range(12).map((id) => ({ type: 'mopidy', id, method: METHOD }))
    const answers = await answersTo(client, [{ type: 'auth', token }, ...calls])
    const refused = answers.filter(({ error }) => error !== undefined)
    expect(refused).toMatchObject([9, 10, 11].map((id) => ({ id, error: BUSY })))
    expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(9)
  })

  test('C9 a sign-in too many is an auth_error', async () => {
    const client = await connect('')
    const answers = await answersTo(
      client,
      range(11)
        .fill(0)
        .map(() => ({ type: 'auth', token })),
    )
    expect(answers).toContainEqual({ type: 'auth_error', error: 'Too many requests' })
    expect(answers.filter(({ type }) => type === 'auth_success')).toHaveLength(10)
  })

  test.each([
    ['calls', `?token=TOKEN`, `{"type":"mopidy","method":"${METHOD}"}`],
    ['JSON-RPC notifications', `?token=TOKEN`, `{"jsonrpc":"2.0","method":"${METHOD}"}`],
    ['calls of a stranger', '', `{"type":"mopidy","method":"${METHOD}"}`],
    ['texts without a meaning', '', '?'],
  ])('C9 far too many close the socket with 1008: %s', async (_, query, text) => {
    const client = await connect(query.replace('TOKEN', token))
    client.write(
      ...framesOf(
        range(31)
          .fill(0)
          .map(() => text),
      ),
    )
    expect(await client.closed()).toBe(1008)
    expect(texts(client).length).toBeLessThanOrEqual(30)
  })

  test('C9 pings, which Bun answers by itself, are no way around it', async () => {
    const client = await connect()
    client.write(...range(31).map(() => frame('', { opcode: Opcode.ping })))
    expect(await client.closed()).toBe(1008)
  })
})

describe('the limit on messages', () => {
  test('forgives with time what was refused', () => {
    const guard = createFloodGuard({ mostATurn: 0, mostRefused: 10, forgivenPerSecond: 5 })
    const tally = newTally()
    const time = spyOn(performance, 'now')
    try {
      time.mockReturnValue(1_000)
      for (const _ of range(10)) expect(guard.count(tally)).toBe('refuse')
      time.mockReturnValue(2_000)
      for (const _ of range(5)) expect(guard.count(tally)).toBe('refuse')
      expect(guard.count(tally)).toBe('close')
    } finally {
      time.mockRestore()
    }
  })

  test('begins anew each turn, after few messages and after many', async () => {
    const guard = createFloodGuard(FLOOD_BOUNDS)
    const tallies = [newTally(), newTally()] as const
    for (const _ of range(20)) {
      for (const _ of range(999)) expect(guard.count(tallies[0])).toBe('serve')
      expect(guard.count(tallies[1])).toBe('serve')
      await new Promise((resolve) => setImmediate(resolve))
    }
  })

  test('as installed, lets everyone have as many calls open as may be', () => {
    expect(GATEWAY_LIMITS.messages.mostATurn).toBeGreaterThan(GATEWAY_LIMITS.mostPendingPerClient)
  })
})
