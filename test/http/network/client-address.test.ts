import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  createClientAddress,
  createFromTrustedProxy,
  isAddressRange,
  placeOf,
} from '../../../src/http/network/client-address'
import { startTestMusakone, TEST_PASSWORD } from '../../support/test-musakone'

/** The address found for a connection from `peer` with that `X-Forwarded-For`. */
function found(trusted: readonly string[], peer: string | null, forwardedFor?: string): string {
  const headers = new Headers()
  if (forwardedFor !== undefined) headers.set('x-forwarded-for', forwardedFor)
  const request = new Request('http://localhost/', { headers })
  const server = { requestIP: () => (peer === null ? null : { address: peer }) }
  return createClientAddress(trusted)(request, server)
}

const isTrusted = (trusted: readonly string[], peer: string) =>
  createFromTrustedProxy(trusted)(new Request('http://localhost/'), {
    requestIP: () => ({ address: peer }),
  })

describe('the address of a client', () => {
  test.each<[string, readonly string[], string, string, string]>([
    ['nobody is trusted', [], '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['another is trusted', ['192.0.2.2'], '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['the proxy is trusted', ['192.0.2.1'], '192.0.2.1', '203.0.113.9', '203.0.113.9'],
    ['its network is trusted', ['192.0.2.0/24'], '192.0.2.77', '203.0.113.9', '203.0.113.9'],
    ['the client forged some', ['192.0.2.1'], '192.0.2.1', '10.0.0.1, 203.0.113.9', '203.0.113.9'],
    [
      'a chain of proxies',
      ['192.0.2.1', '198.51.100.0/24'],
      '192.0.2.1',
      '10.9.9.9, 203.0.113.9, 198.51.100.4,198.51.100.5',
      '203.0.113.9',
    ],
    ['all are proxies', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['a long form', ['192.0.2.1'], '192.0.2.1', '::0:0:0:0:0.0.0.0', '::'],
    ['the end written as IPv4', ['192.0.2.1'], '192.0.2.1', '::0.0.0.1', '::1'],
    ['two runs of zeros', ['192.0.2.1'], '192.0.2.1', '1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['a zero alone', ['192.0.2.1'], '192.0.2.1', '1:0:2:3:4:5:6:00', '1:0:2:3:4:5:6:0'],
    ['zeros at the end', ['192.0.2.1'], '192.0.2.1', '1:10::0', '1:10::'],
    ['rubbish at the end', ['192.0.2.1'], '192.0.2.1', '203.0.113.9, nonsense', '192.0.2.1'],
    ['rubbish before', ['192.0.2.1'], '192.0.2.1', 'nonsense, 203.0.113.9', '203.0.113.9'],
    ['nothing in it', ['192.0.2.1'], '192.0.2.1', '', '192.0.2.1'],
    ['commas only', ['192.0.2.1'], '192.0.2.1', ' , ,, ', '192.0.2.1'],
    ['unknown', ['192.0.2.1'], '192.0.2.1', 'unknown', '192.0.2.1'],
    ['a host name', ['192.0.2.1'], '192.0.2.1', 'localhost', '192.0.2.1'],
    ['too large a number', ['192.0.2.1'], '192.0.2.1', '203.0.113.256', '192.0.2.1'],
    ['octal', ['192.0.2.1'], '192.0.2.1', '0177.0.0.1', '192.0.2.1'],
    ['a short form', ['192.0.2.1'], '192.0.2.1', '127.1', '192.0.2.1'],
    ['a port', ['192.0.2.1'], '192.0.2.1', '203.0.113.9:4711', '203.0.113.9'],
    ['no port', ['192.0.2.1'], '192.0.2.1', '203.0.113.9:', '192.0.2.1'],
    ['IPv4 in brackets', ['192.0.2.1'], '192.0.2.1', '[203.0.113.9]', '192.0.2.1'],
    ['IPv4 with a zone', ['192.0.2.1'], '192.0.2.1', '203.0.113.9%eth0', '192.0.2.1'],
    ['IPv6', ['192.0.2.1'], '192.0.2.1', '2001:DB8:0:0::9', '2001:db8::9'],
    ['IPv6 with a port', ['192.0.2.1'], '192.0.2.1', '[2001:db8::9]:4711', '2001:db8::9'],
    ['IPv6 with a zone', ['192.0.2.1'], '192.0.2.1', 'fe80::9%eth0', 'fe80::9'],
    ['an open bracket', ['192.0.2.1'], '192.0.2.1', '[2001:db8::9', '192.0.2.1'],
    ['a proxy with IPv6', ['2001:db8::/32'], '2001:db8:1::1', '203.0.113.9', '203.0.113.9'],
    ['a proxy beside it', ['2001:db8::/32'], '2001:db9::1', '203.0.113.9', '2001:db9::1'],
  ])('A5 with %s', (_, trusted, peer, forwardedFor, expected) => {
    expect(found(trusted, peer, forwardedFor)).toBe(expected)
  })

  test.each(['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'])(
    'A5 IPv4 in IPv6 is IPv4: %s',
    (address) => {
      expect(found([], address)).toBe('192.0.2.1')
      expect(found(['192.0.2.1'], address, '203.0.113.9')).toBe('203.0.113.9')
      expect(found([address], '192.0.2.1', '203.0.113.9')).toBe('203.0.113.9')
      expect(found(['10.0.0.1'], '10.0.0.1', address)).toBe('192.0.2.1')
      expect(placeOf(address)).toBe('192.0.2.1')
    },
  )

  test.each<[string, string, boolean]>([
    ['::ffff:192.0.2.0/120', '192.0.2.255', true],
    ['::ffff:192.0.2.0/120', '192.0.3.0', false],
    ['::ffff:0:0/96', '8.8.8.8', true],
    ['::ffff:0:0/96', '2001:db8::1', false],
    ['192.0.2.1/0', '8.8.8.8', true],
    ['192.0.2.1/32', '192.0.2.2', false],
    ['192.0.2.129/25', '192.0.2.128', true],
    ['192.0.2.129/25', '192.0.2.127', false],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::/33', '2001:db8:7fff:ffff::', true],
    ['::1', '::1', true],
    ['::1', '127.0.0.1', false],
    ['127.0.0.0/8', '::1', false],
    ['::1/128', '::2', false],
  ])('A5 the range %s and %s: %p', (range, peer, expected) => {
    expect(isAddressRange(range)).toBe(true)
    expect(isTrusted([range], peer)).toBe(expected)
    expect(isTrusted(['198.51.100.1', range, 'fd00::/8'], peer)).toBe(expected)
  })

  test('A5 a range of IPv4 holds what its bits say', () => {
    const address = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(255)))
    const numberOf = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0)
    fc.assert(
      fc.property(address, address, fc.nat(32), fc.boolean(), (range, peer, bits, mapped) => {
        const size = 2 ** (32 - bits)
        const inside = Math.floor(numberOf(range) / size) === Math.floor(numberOf(peer) / size)
        const text = mapped ? `::ffff:${peer.join('.')}` : peer.join('.')
        expect(isTrusted([`${range.join('.')}/${bits}`], text)).toBe(inside)
        // One that differs in the last bit of the range only.
        const near = [...range]
        const byte = Math.max(0, Math.ceil(bits / 8) - 1)
        near[byte] = (near[byte] ?? 0) ^ (1 << (byte * 8 + 8 - bits))
        if (bits > 0) expect(isTrusted([`${range.join('.')}/${bits}`], near.join('.'))).toBe(false)
      }),
    )
  })

  test('A5 without a connection it is not known, and nothing is believed', () => {
    expect(found([], null)).toBe('unknown')
    expect(found(['0.0.0.0/0', '::/0'], null, '203.0.113.9')).toBe('unknown')
    expect(isTrusted(['0.0.0.0/0', '::/0'], 'nonsense')).toBe(false)
    expect(createClientAddress([])(new Request('http://localhost/'), null)).toBe('unknown')
  })

  test('A5 no header makes it anything but an address', () => {
    const trusted = ['192.0.2.1', '10.0.0.0/8', 'fd00::/8']
    const hop = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom(
        '10.1.2.3',
        'fd00::1',
        '::ffff:10.1.2.3',
        '[fd00::2]:80',
        'unknown',
        '_a',
        '',
      ),
      fc.string({ maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 8 }), (hops) => {
        const text = hops.join(',').replaceAll(/[^\x20-\x7e]/g, '')
        const address = found(trusted, '192.0.2.1', text)
        expect(isAddressRange(address)).toBe(true)
        expect(address).not.toContain('/')
        // It is in its plain form already.
        expect(found([], address)).toBe(address)
      }),
      { numRuns: 1_000 },
    )
  })

  test('A5 a very long header costs no more than a short one', () => {
    const long = `203.0.113.9, ${'10.0.0.1, '.repeat(100_000)}10.0.0.1`
    found(['10.0.0.0/8'], '10.0.0.1', long)
    const start = performance.now()
    // It is given up where no real chain is: whose it is cannot be told.
    expect(found(['10.0.0.0/8'], '10.0.0.1', long)).toBe('10.0.0.1')
    expect(performance.now() - start).toBeLessThan(50)
  })
})

describe('a place', () => {
  test.each<[string, string]>([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['unknown', 'unknown'],
  ])('A5 of %s is %s', (address, place) => {
    expect(placeOf(address)).toBe(place)
  })

  test('A5 is one for a /64, and another for the next', () => {
    const groups = fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 4 })
    const hex = (numbers: readonly number[]) => numbers.map((n) => n.toString(16)).join(':')
    fc.assert(
      fc.property(groups, groups, groups, (network, one, other) => {
        // An IPv4 address in IPv6 is a place of its own.
        fc.pre(network.some((group) => group !== 0))
        const place = placeOf(`${hex(network)}:${hex(one)}`)
        expect(placeOf(`${hex(network)}:${hex(other)}`.toUpperCase())).toBe(place)
        const next = [...network.slice(0, 3), (network[3] ?? 0) ^ 1]
        expect(placeOf(`${hex(next)}:${hex(one)}`)).not.toBe(place)
      }),
    )
  })
})

describe('a range of addresses', () => {
  test.each(['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '::ffff:10.0.0.0/104', '0.0.0.0/0'])(
    'may be %s',
    (text) => expect(isAddressRange(text)).toBe(true),
  )

  test.each([
    '',
    'nonsense',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/129',
    'fe80::1%eth0',
    '10.0.0.0/a',
    '/8',
    'localhost',
    '[::1]',
    '10.0.0.1:80',
  ])('may not be %p', (text) => expect(isAddressRange(text)).toBe(false))
})

describe('the address through the door', () => {
  const FORGED = '203.0.113.9'

  /** The address that the list of sessions shows of a login with that header. */
  async function shown(trustedProxies: readonly string[], forwardedFor: string) {
    const musakone = await startTestMusakone({ trustedProxies })
    const headers = { 'x-forwarded-for': forwardedFor }
    const json = { username: 'admin', password: TEST_PASSWORD }
    const login = await musakone.request('/api/auth/login', { headers, json })
    const { token } = (await login.json()) as { token: string }
    const list = await musakone.request('/api/auth/sessions', { token })
    const { sessions } = (await list.json()) as { sessions: { ip: string }[] }
    await musakone.stop()
    return sessions.map(({ ip }) => ip)
  }

  test('A5 forged by a client is not shown', async () => {
    expect(await shown([], FORGED)).toEqual(['127.0.0.1'])
    expect(await shown(['10.0.0.0/8'], FORGED)).toEqual(['127.0.0.1'])
    expect(await shown(['127.0.0.1'], `10.0.0.1, ${FORGED}`)).toEqual([FORGED])
  })

  test('A5 of a trusted proxy is shown in its plain form', async () => {
    expect(await shown(['127.0.0.0/8'], `::ffff:${FORGED}`)).toEqual([FORGED])
    expect(await shown(['::ffff:127.0.0.1'], '[2001:DB8::0:9]:4711')).toEqual(['2001:db8::9'])
    // Bun's URL parser does not read this one.
    expect(await shown(['127.0.0.1'], '1::0:0:0:0:0.0.0.1')).toEqual(['1::1'])
  })
})
