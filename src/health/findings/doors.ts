import { readFileSync } from 'node:fs'
import { reasonOf } from '../../errors'
import { type Finding, note, ok, unknown, wrong } from './finding'
import { isLoopback, type ListeningSocket, listeningSockets, socketsOf } from './listening-sockets'
import { isClosed, MOPIDY_CONF, valueIn } from './mopidy-conf'

type DoorsOptions = {
  mopidyUrl: string
  /** Of musakone itself, which may well be open. */
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

/** What can be reached from the network without passing musakone. */
export function checkDoors(options: DoorsOptions): Finding[] {
  const check = 'front door'
  const { mopidyUrl, port, conf = MOPIDY_CONF, proc } = options
  const sockets = listeningSockets(proc)
  if (sockets === undefined)
    return [unknown(check, 'It cannot be told what else listens: there is no /proc here.')]
  const { hostname, port: mopidyPort } = new URL(mopidyUrl)
  const isHere = isLocal(hostname)
  const byMopidy = socketsOf(MOPIDY, proc)
  const open = sockets
    .filter((socket) => !isLoopback(socket.address) && socket.port !== port)
    .flatMap((socket) => {
      const door = doorOf(socket, isHere ? Number(mopidyPort) : undefined, byMopidy)
      return door === undefined ? [] : [{ socket, door }]
    })
  const findings = open.map(({ socket, door }) =>
    wrong(
      check,
      `${door.what} listens on ${shown(socket)}: whoever reaches it gets past musakone.`,
      closing(door, conf),
    ),
  )
  const elsewhere = isHere
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

/** The door that a socket is, by its port, or because Mopidy holds it. */
function doorOf(
  { port, inode }: ListeningSocket,
  mopidyPort: number | undefined,
  byMopidy: Set<string>,
) {
  if (port === mopidyPort) return http
  const known = DOORS[port]
  if (known !== undefined) return known
  if (!byMopidy.has(inode)) return undefined
  const close = () =>
    'see which extension of Mopidy listens there, and set its hostname to 127.0.0.1'
  return { what: 'An extension of Mopidy', program: MOPIDY, close }
}

/** How to close it; where it is closed in the file already, Mopidy has not read that yet. */
function closing(door: Door, conf: string): string {
  const said = door.close(conf)
  const [, section] = /section \[(http|mpd)\], set hostname/.exec(said) ?? []
  if (section === undefined) return said
  try {
    const value = valueIn(readFileSync(conf, 'utf8'), section, 'hostname')
    if (value !== undefined && isClosed(value))
      return `${conf} says ${value} already: sudo systemctl restart mopidy`
    return said
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT')
      return `${said}; there is no ${conf} here: name Mopidy's with --mopidy-config`
    return `${said} (${conf} cannot be read: ${reasonOf(error)})`
  }
}

const isLocal = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || isLoopback(hostname)

const shown = ({ address, port }: ListeningSocket) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** One line for what listens with IPv4 and IPv6 alike. */
function unique(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    ({ message }, index) => findings.findIndex((other) => other.message === message) === index,
  )
}
