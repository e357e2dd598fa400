import { BlockList, isIP } from 'node:net'
import { groupsOf, plainAddress } from './ip-address'

/** The server, which knows the address that a request came from. */
export type RequestServer = { requestIP(request: Request): { address: string } | null }

/** Where a request comes from: an IP address in its plain form, or `unknown`. */
export type ClientAddress = (request: Request, server: RequestServer | null) => string

/** Whether a request comes directly from one of the proxies that are trusted. */
export type FromTrustedProxy = (request: Request, server: RequestServer | null) => boolean

/** Hops of an `X-Forwarded-For` that are read; no real chain of proxies is longer. */
const MOST_HOPS = 32
/** Bits of an IPv6 address before the IPv4 address that it holds. */
const MAPPED_BITS = 96

/**
 * Finds the address of clients. Only proxies in `trusted` (addresses and CIDRs) are believed: their
 * `X-Forwarded-For` is walked from right to left, to the first address that is not one of them.
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const proxies = blockListOf(trusted)

  return (request, server) => {
    let address = peerOf(request, server)
    let hops = request.headers.get('x-forwarded-for')
    for (let seen = 0; seen < MOST_HOPS; seen += 1) {
      if (hops === null || !isIn(proxies, address)) return address
      const comma = hops.lastIndexOf(',')
      const before = plainAddress(hops.slice(comma + 1).trim())
      // No proxy writes anything but an address here: what stands to its left is not believed.
      if (before === undefined) return address
      address = before
      hops = comma === -1 ? null : hops.slice(0, comma)
    }
    return address
  }
}

/** Tells whether requests come directly from an address in `trusted` (addresses and CIDRs). */
export function createFromTrustedProxy(trusted: readonly string[]): FromTrustedProxy {
  const proxies = blockListOf(trusted)
  return (request, server) => isIn(proxies, peerOf(request, server))
}

/** The headers by which a proxy says that it forwards a request. */
const FORWARDING = [
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

export type ProxySigns = ReturnType<typeof createProxySigns>

/**
 * Notices that requests come through a proxy on this machine that is not in `trusted`: all people then have
 * its address. A proxy that changes nothing of a request cannot be noticed.
 */
export function createProxySigns(trusted: readonly string[], onSeen: () => void) {
  const fromTrustedProxy = createFromTrustedProxy(trusted)
  let seen = false

  return {
    /** Looks at a request to the port. */
    look(request: Request, server: (RequestServer & { port?: number | undefined }) | null): void {
      if (seen || !looksForwarded(request, server?.port)) return
      const address = peerOf(request, server)
      if (address !== '::1' && !address.startsWith('127.')) return
      if (fromTrustedProxy(request, server)) return
      seen = true
      onSeen()
    },

    seen: (): boolean => seen,
  }
}

function looksForwarded({ headers }: Request, port: number | undefined): boolean {
  if (FORWARDING.some((name) => headers.has(name))) return true
  // Who reaches this server directly names its port.
  const [, named = '80'] = /:(\d+)$/.exec(headers.get('host') ?? '') ?? []
  return port !== undefined && Number(named) !== port
}

/** The place that tries are counted for: an IPv4 address, or an IPv6 address's /64, which one person has. */
export function placeOf(address: string): string {
  const plain = plainAddress(address)
  if (plain === undefined || isIP(plain) !== 6) return plain ?? address
  const network = groupsOf(plain).slice(0, 4)
  return `${network.map((group) => group.toString(16)).join(':')}::/64`
}

/** Whether the text is an address or a CIDR. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

function peerOf(request: Request, server: RequestServer | null): string {
  return plainAddress(server?.requestIP(request)?.address ?? '') ?? 'unknown'
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [text = '', suffix] = range.split('/')
    const address = plainAddress(text) ?? text
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const most = family === 'ipv6' ? 128 : 32
    // Addresses are compared in their plain form, in which `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
    const shift = family === 'ipv4' && isIP(text) === 6 ? MAPPED_BITS : 0
    const bits = suffix === undefined ? most : Number(suffix) - shift
    if (bits < 0) list.addSubnet(text, Number(suffix), 'ipv6')
    else list.addSubnet(address, bits, family)
  }
  return list
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
