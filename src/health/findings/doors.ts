import { readFileSync } from 'node:fs'
import { reasonOf } from '../../errors'
import { type Finding, note, ok, unknown, wrong } from './finding'
import { isLoopback, type ListeningSocket, listeningSockets, socketsOf } from './listening-sockets'
import { isClosed, MOPIDY_CONF, valueIn } from './mopidy-conf'

type DoorsOptions = {
  mopidyUrl: string
  /** The port of musakone itself, which may be open to the network. */
  port: number
  conf: string | undefined
  proc?: string
}

type Door = Readonly<{ what: string; program: RegExp; close: (conf: string) => string }>

const MOPIDY = /(^|\/)mopidy$/
const SNAPSERVER = /(^|\/)snapserver$/
const restart = 'then: sudo systemctl restart'

const inMopidy = (section: string) => (conf: string) =>
  `in ${conf}, section [${section}], set hostname = 127.0.0.1 (musakone doctor --fix does), ${restart} mopidy`
const inSnapserver = (section: string) => () =>
  `in /etc/snapserver.conf, section [${section}], set bind_to_address = 127.0.0.1, ${restart} snapserver`

const http: Door = { what: "Mopidy's web server", program: MOPIDY, close: inMopidy('http') }
const DOORS: Readonly<Record<number, Door>> = {
  6600: { what: "Mopidy's MPD server", program: MOPIDY, close: inMopidy('mpd') },
  6680: http,
  1705: { what: "Snapcast's control", program: SNAPSERVER, close: inSnapserver('tcp') },
  1780: { what: "Snapcast's web server", program: SNAPSERVER, close: inSnapserver('http') },
}

/** A finding for each port of Mopidy or Snapcast that the network reaches past musakone. */
export function checkDoors(options: DoorsOptions): Finding[] {
  const check = 'front door'
  const { mopidyUrl, port, conf = MOPIDY_CONF, proc } = options
  const sockets = listeningSockets(proc)
  if (sockets === undefined)
    return [unknown(check, 'It cannot be told what else listens: there is no /proc here.')]
  const { hostname, port: mopidyPort } = new URL(mopidyUrl)
  const isLocalMopidy = isLocal(hostname)
  const mopidySockets = socketsOf(MOPIDY, proc)
  const open = sockets
    .filter((socket) => !isLoopback(socket.address) && socket.port !== port)
    .flatMap((socket) => {
      const door = doorOf(socket, isLocalMopidy ? Number(mopidyPort) : undefined, mopidySockets)
      return door === undefined ? [] : [{ socket, door }]
    })
  const findings = open.map(({ socket, door }) =>
    wrong(
      check,
      `${door.what} listens on ${shown(socket)}: whoever reaches it gets past musakone.`,
      closing(door, conf),
    ),
  )
  const elsewhere = isLocalMopidy
    ? []
    : [
        note(
          check,
          `Mopidy runs elsewhere, on ${hostname}: what it lets in there is not seen from here.`,
          'run musakone beside it, or see that only musakone reaches it',
        ),
      ]
  if (findings.length > 0 || elsewhere.length > 0) return [...unique(findings), ...elsewhere]
  return [ok(check, 'Nothing of Mopidy or Snapcast can be reached past it.')]
}

/** What listens on a socket, known by its port or because Mopidy's process holds it; undefined for others. */
function doorOf(
  { port, inode }: ListeningSocket,
  mopidyPort: number | undefined,
  mopidySockets: Set<string>,
) {
  if (port === mopidyPort) return http
  const known = DOORS[port]
  if (known !== undefined) return known
  if (!mopidySockets.has(inode)) return undefined
  const close = () =>
    'see which extension of Mopidy listens there, and set its hostname to 127.0.0.1'
  return { what: 'An extension of Mopidy', program: MOPIDY, close }
}

/** How to close it: by the configuration, or by a restart when the configuration says so already. */
function closing(door: Door, conf: string): string {
  const advice = door.close(conf)
  const [, section] = /section \[(http|mpd)\], set hostname/.exec(advice) ?? []
  if (section === undefined) return advice
  try {
    const value = valueIn(readFileSync(conf, 'utf8'), section, 'hostname')
    if (value !== undefined && isClosed(value))
      return `${conf} says ${value} already: sudo systemctl restart mopidy`
    return advice
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT')
      return `${advice}; there is no ${conf} here: name Mopidy's with --mopidy-config`
    return `${advice} (${conf} cannot be read: ${reasonOf(error)})`
  }
}

const isLocal = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || isLoopback(hostname)

const shown = ({ address, port }: ListeningSocket) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** Without repetitions, which a program that listens with IPv4 and IPv6 gives. */
function unique(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    ({ message }, index) => findings.findIndex((other) => other.message === message) === index,
  )
}
