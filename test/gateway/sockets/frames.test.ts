import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { remember, residentMemory } from '../../support/aftermath'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { connectRaw, frame, Opcode, type RawSocket, upgradeRequest } from '../../support/raw-socket'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'

const MIB = 1024 * 1024
/** Of a client that has signed in, and of one that has not. */
const LARGEST = 2 * MIB
const LARGEST_FIRST = 65_536
const TOO_BIG = 1009
const PROTOCOL_ERROR = 1002

/** A call in a text of that many bytes. */
const callOf = (bytes: number) =>
  '{"type":"mopidy","id":1,"method":"core.get_version"}'.padEnd(bytes)

describe('the size of frames', () => {
  let musakone: TestMusakone
  let token: string
  let bystander: OwnSocket
  let checkAftermath: () => Promise<void>
  const open: RawSocket[] = []
  beforeAll(async () => {
    const sockets = { inAll: 1_000, perUser: 1_000, perAddress: 1_000 }
    const strangers = { perAddress: 1_000, inAll: 1_000 }
    musakone = await startTestMusakone({ limits: { gateway: { sockets, strangers } } })
    await musakone.online()
    token = await musakone.logIn()
    bystander = await connectOwn(`${musakone.socketUrl}?token=${token}`)
  })
  afterAll(async () => {
    bystander.close()
    await musakone.stop()
  })
  beforeEach(async () => {
    checkAftermath = await remember(musakone)
  })
  afterEach(async () => {
    expect(await bystander.call('core.get_version')).toMatchObject({ result: '3.4.1' })
    for (const client of open.splice(0)) client.close()
    await checkAftermath()
  })

  async function connect(query = `?token=${token}`, headers = {}): Promise<RawSocket> {
    const client = connectRaw(Number(new URL(musakone.origin).port))
    open.push(client)
    client.write(upgradeRequest(`/ws${query}`, headers))
    expect((await client.head()).status).toBe(101)
    return client
  }

  test('C7 a frame of exactly 2 MiB is served, whole or in fragments', async () => {
    const text = callOf(LARGEST)
    const client = await connect()
    client.write(frame(text))
    expect(await client.next()).toMatchObject({ type: 'mopidy_response', id: 1 })
    client.write(frame(text.slice(0, 300_000), { fin: false }))
    client.write(frame(text.slice(300_000, 600_000), { opcode: Opcode.continuation, fin: false }))
    client.write(frame(text.slice(600_000), { opcode: Opcode.continuation }))
    expect(await client.next()).toMatchObject({ type: 'mopidy_response', id: 1 })
  })

  test('C7 before signing in a frame of exactly 64 KiB is read', async () => {
    const client = await connect('')
    client.write(frame(callOf(LARGEST_FIRST)))
    expect(await client.next()).toEqual({ type: 'auth_error', error: 'Not signed in' })
  })

  const oneMore = (bytes: number) => [frame(callOf(bytes + 1))]
  const inTwo = (bytes: number) => [
    frame(callOf(bytes / 2), { fin: false }),
    frame(' '.repeat(bytes / 2 + 1), { opcode: Opcode.continuation }),
  ]
  const signedInQuery = () => `?token=${token}`
  const signedOutQuery = () => ''
  test.each([
    ['signed in, one byte more', signedInQuery, oneMore(LARGEST)],
    ['signed in, two fragments', signedInQuery, inTwo(LARGEST)],
    ['signed in, an announcement of a terabyte', signedInQuery, [frame('', { length: 2 ** 40 })]],
    ['signed in, an announcement of 2^63 bytes', signedInQuery, [frame('', { length: 2 ** 63 })]],
    [
      'signed in, fragments without an end',
      signedInQuery,
      [
        frame(callOf(MIB / 2), { fin: false }),
        ...Array.from({ length: 4 }, () =>
          frame(' '.repeat(MIB / 2), { opcode: Opcode.continuation, fin: false }),
        ),
      ],
    ],
    ['before signing in, one byte more than 64 KiB', signedOutQuery, oneMore(LARGEST_FIRST)],
    ['before signing in, two fragments', signedOutQuery, inTwo(LARGEST_FIRST)],
    ['before signing in, a megabyte', signedOutQuery, [frame(callOf(MIB))]],
    [
      'before signing in, an announcement of a terabyte',
      signedOutQuery,
      [frame('', { length: 2 ** 40 })],
    ],
  ])('C7 too much is closed with 1009: %s', async (_, query, frames) => {
    const client = await connect(query())
    client.write(...frames)
    expect(await client.closed()).toBe(TOO_BIG)
    expect(client.frames.filter(({ opcode }) => opcode === Opcode.text)).toEqual([])
  })

  test.each([
    ['a continuation of nothing', frame('x', { opcode: Opcode.continuation }), PROTOCOL_ERROR],
    ['an unknown opcode', frame('x', { opcode: 3 }), PROTOCOL_ERROR],
    ['a ping of 200 bytes', frame('x'.repeat(200), { opcode: Opcode.ping }), PROTOCOL_ERROR],
    ['a ping in fragments', frame('x', { opcode: Opcode.ping, fin: false }), PROTOCOL_ERROR],
    ['bytes that are not UTF-8', frame(Buffer.from([0xff, 0xfe, 0x7b])), 1007],
    ['a binary frame', frame(Buffer.from(callOf(60)), { opcode: Opcode.binary }), 1008],
  ])('C7 a frame against the protocol closes its socket: %s', async (_, bytes, code) => {
    const client = await connect()
    client.write(bytes)
    expect(await client.closed()).toBe(code)
  })

  test('C7 compression, which makes big frames of small ones, is not agreed to', async () => {
    const headers = { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' }
    const client = await connect(undefined, headers)
    expect((await client.head()).text.toLowerCase()).not.toContain('sec-websocket-extensions')
  })

  /** Fifty sockets write until they are closed or have no more; bytes by which memory grew at most. */
  async function growthOf(parts: readonly Buffer[]): Promise<number> {
    // What a socket costs in itself is not the question.
    const clients = await Promise.all(Array.from({ length: 50 }, () => connect()))
    const before = residentMemory()
    for (const part of parts) {
      for (const client of clients) if (client.isOpen()) client.write(part)
      await Promise.all(clients.map((client) => client.isOpen() && client.flushed()))
      // An answer shows that the server has read what came before it.
      expect(await bystander.call('core.get_version')).toMatchObject({ result: '3.4.1' })
    }
    return residentMemory() - before
  }

  test('C7 fifty partial frames of 64 KiB cost at most 10 MB', async () => {
    const whole = frame(callOf(LARGEST_FIRST))
    expect(await growthOf([whole.subarray(0, -1)])).toBeLessThan(10 * MIB)
    expect(open.filter((client) => client.isOpen())).toHaveLength(50)
    // They were waited for, not forgotten.
    for (const client of open) client.write(whole.subarray(-1))
    for (const client of open) expect(await client.next()).toMatchObject({ result: '3.4.1' })
  })

  test('C7 fifty unfinished messages in fragments cost at most 10 MB', async () => {
    const first = frame(' '.repeat(1024), { fin: false })
    const more = frame(' '.repeat(1024), { opcode: Opcode.continuation, fin: false })
    const growth = await growthOf([
      Buffer.concat([first, ...Array.from({ length: 63 }, () => more)]),
    ])
    expect(growth).toBeLessThan(10 * MIB)
    expect(open.filter((client) => client.isOpen())).toHaveLength(50)
  })

  test('C7 fifty sockets that mean to send 15 MB each are closed and cost at most 10 MB', async () => {
    const start = frame('', { length: 15 * MIB })
    const part = Buffer.alloc(MIB)
    const growth = await growthOf([start, ...Array.from({ length: 14 }, () => part)])
    expect(growth).toBeLessThan(10 * MIB)
    for (const client of open) expect(await client.closed()).toBe(TOO_BIG)
  })
})
