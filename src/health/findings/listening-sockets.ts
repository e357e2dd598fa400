import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { plainAddress } from '../../http/network/ip-address'

/** A TCP socket that waits for connections. */
export type ListeningSocket = Readonly<{
  address: string
  port: number
  inode: string
}>

const LISTEN = '0A'

/** The listening sockets of this machine, or of this container; undefined without a `/proc`. */
export function listeningSockets(proc = '/proc'): ListeningSocket[] | undefined {
  // ProcSubset=pid of the systemd unit hides /proc/net, but not that of a process.
  const tables = ['tcp', 'tcp6'].map(
    (name) => read(`${proc}/net/${name}`) ?? read(`${proc}/self/net/${name}`),
  )
  if (tables.every((table) => table === undefined)) return undefined
  return tables.flatMap((table) => parseSockets(table ?? ''))
}

/** The listening sockets in the text of `/proc/net/tcp` or `tcp6`. */
export function parseSockets(table: string): ListeningSocket[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    const [hex = '', port = ''] = local.split(':')
    if (state !== LISTEN || !/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/.test(hex)) return []
    return [{ address: addressOf(hex), port: Number.parseInt(port, 16), inode }]
  })
}

/** Whether only programs on this machine reach the address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/**
 * The inodes of the sockets of each process whose command line fits the pattern. Only root and the user of
 * that process can read them; for others the result is empty.
 */
export function socketsOf(command: RegExp, proc = '/proc'): Set<string> {
  const inodes = new Set<string>()
  for (const pid of list(proc)) {
    if (!/^\d+$/.test(pid)) continue
    const words = read(`${proc}/${pid}/cmdline`)?.split('\0') ?? []
    // An interpreter is named first: `python3 /usr/bin/mopidy`.
    if (!words.slice(0, 4).some((word) => command.test(word))) continue
    for (const descriptor of list(`${proc}/${pid}/fd`)) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(link(`${proc}/${pid}/fd/${descriptor}`)) ?? []
      if (inode !== undefined) inodes.add(inode)
    }
  }
  return inodes
}

/** The kernel writes each four bytes of an address as a number of this machine, lowest byte first. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  )
  // An IPv4 address in IPv6 form becomes plain IPv4.
  return plainAddress(groups.join(':')) ?? groups.join(':')
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    // The process belongs to another user, or has ended.
    return []
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
