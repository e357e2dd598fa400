import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { hostname } from 'node:os'
import { remember } from '../support/aftermath'
import { connectRaw } from '../support/raw-socket'
import { startTestMusakone, type TestMusakone } from '../support/test-musakone'

const PATHS = ['/health', '/login', '/swagger', '/api/auth/me', '/ws', '/mopidy/rpc', '/iris/', '/']

describe('the host that is asked for', () => {
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  beforeAll(async () => {
    musakone = await startTestMusakone({ allowedHosts: ['radio.example', 'pi'] })
    await musakone.online()
    checkAftermath = await remember(musakone)
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  /** The answer to a request in exactly these words. */
  async function ask(...lines: readonly string[]) {
    const client = connectRaw(Number(new URL(musakone.origin).port))
    client.write(Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1'))
    const { status } = await client.head()
    await client.closed()
    return { status, text: client.rest() }
  }

  test.each([
    'localhost',
    'LocalHost:3001',
    '127.0.0.1',
    '192.168.1.7:3001',
    '[::1]:3001',
    '[fe80::1]',
    'radio.example',
    'RADIO.example:443',
    'musicbox.local',
    'my-pi_2.local:3001',
    hostname(),
    'pi',
    'pi:3001',
  ])('is ours: %s', async (host) => {
    const { status } = await ask('GET /health HTTP/1.1', `Host: ${host}`)
    expect(status).toBe(200)
  })

  const others: [string, string[]][] = [
    ['foreign', ['Host: evil.example']],
    ['short', ['Host: ab']],
    ['one letter', ['Host: a']],
    ['empty', ['Host:']],
    ['double', ['Host: localhost', 'Host: evil.example']],
    ['double, foreign first', ['Host: evil.example', 'Host: localhost']],
    ['double, both ours', ['Host: localhost', 'Host: localhost']],
    ['a list', ['Host: localhost, evil.example']],
    ['a user', ['Host: evil.example@localhost']],
    ['a user of a local name', ['Host: evil.example@musicbox.local']],
    ['a path', ['Host: evil.example/musicbox.local']],
    ['a query', ['Host: evil.example?musicbox.local']],
    ['a fragment', ['Host: evil.example#.local']],
    ['a scheme', ['Host: http://localhost']],
    ['a dot at the end', ['Host: localhost.']],
    ['a dot at the end of a local name', ['Host: musicbox.local.']],
    ['a dot at the start', ['Host: .local']],
    ['two dots', ['Host: musicbox..local']],
    ['a suffix', ['Host: radio.example.evil.example']],
    ['a prefix', ['Host: evilradio.example']],
    ['no number as port', ['Host: localhost:abc']],
    ['two ports', ['Host: localhost:80:80']],
    ['a name as port', ['Host: localhost:80.evil.example']],
    ['a long port', ['Host: localhost:123456']],
    ['no port', ['Host: localhost:']],
    ['no address', ['Host: 999.1.1.1']],
    ['no IPv6 address', ['Host: [::1::2]']],
    ['an address and more', ['Host: [::1].evil.example']],
    ['an open bracket', ['Host: [::1']],
    ['a zone', ['Host: [fe80::1%25eth0]']],
    ['a space', ['Host: local host']],
    ['a tab', ['Host: musicbox\t.local']],
    ['another alphabet', ['Host: m\xfcsic.local']],
    ['very long', [`Host: ${'a'.repeat(4_000)}.example`]],
    ['missing', []],
  ]

  test.each(others)('A10 is not ours: %s', async (_, headers) => {
    for (const path of PATHS) {
      const { status, text } = await ask(`GET ${path} HTTP/1.1`, ...headers)
      expect([path, [400, 421].includes(status)]).toEqual([path, true])
      if (status === 421) {
        expect(text).toContain('"error":"wrong_host"')
        expect(text).toContain('nosniff')
      }
    }
    const { status } = await ask(
      'POST /api/auth/login HTTP/1.1',
      ...headers,
      'Content-Type: application/json',
      'Content-Length: 2',
    )
    expect([400, 421]).toContain(status)
  })

  test('A10 missing, as HTTP/1.0 allows', async () => {
    for (const path of PATHS) expect((await ask(`GET ${path} HTTP/1.0`)).status).toBe(421)
  })

  test('A10 that the address names does not stand in for the header', async () => {
    const line = 'GET http://localhost/health HTTP/1.1'
    expect((await ask(line, 'Host: evil.example')).status).toBe(421)
    const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13']
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    const socket = await ask('GET /ws HTTP/1.1', 'Host: evil.example', ...upgrade, key)
    expect(socket.status).toBe(421)
  })

  test('A10 a short one that is ours leads to the same addresses as a long one', async () => {
    for (const host of ['pi', 'localhost'])
      for (const [path, status] of [
        ['/zz/health', 404],
        ['/z/api/auth/me', 404],
        ['/api/auth/me', 401],
        ['/health', 200],
        ['/login', 200],
      ] as const) {
        const answer = await ask(`GET ${path} HTTP/1.1`, `Host: ${host}`)
        expect([host, path, answer.status]).toEqual([host, path, status])
      }
  })
})
