import { dlopen, ptr } from 'bun:ffi'
import { reasonOf } from '../../errors'
import type { Log } from '../../log'
import type { Condition } from './running'

type Variables = Readonly<Record<string, string | undefined>>

/** Milliseconds between two looks at how the service is, unless the watchdog wants more of them. */
const BEAT_MS = 5_000

/**
 * Tells the service manager, systemd, how the service is, as sd_notify(3) has it: at the socket that
 * `NOTIFY_SOCKET` names. Nothing here throws: who is not heard is restarted.
 */
export function createServiceManager({
  variables,
  pid,
  log,
}: {
  variables: Variables
  pid: number
  log: Log
}) {
  const send = openSocket(variables.NOTIFY_SOCKET ?? '', log)
  const watchdogMs = watchdogOf(variables, pid)
  let beat: ReturnType<typeof setInterval> | undefined
  let said = ''

  return {
    /** It serves. From here on it is looked after, as long as the event loop turns. */
    ready(condition: () => Condition): void {
      const { status } = condition()
      said = status
      send(`READY=1\nSTATUS=${status}`)
      const look = () => {
        const { alive, status } = condition()
        const news = [
          ...(alive && watchdogMs !== undefined ? ['WATCHDOG=1'] : []),
          ...(status === said ? [] : [`STATUS=${status}`]),
        ]
        said = status
        if (news.length > 0) send(news.join('\n'))
      }
      beat = setInterval(look, Math.min(BEAT_MS, (watchdogMs ?? Number.POSITIVE_INFINITY) / 2))
    },

    /** It is about to end. */
    stopping(): void {
      clearInterval(beat)
      send('STOPPING=1\nSTATUS=stopping')
    },
  }
}

/** Milliseconds within which the service manager wants to hear of this process, if it does. */
function watchdogOf({ WATCHDOG_USEC, WATCHDOG_PID }: Variables, pid: number): number | undefined {
  if (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== pid) return undefined
  const ms = Number(WATCHDOG_USEC) / 1_000
  return ms > 0 ? ms : undefined
}

const AF_UNIX = 1
const SOCK_DGRAM_CLOEXEC = 0o2000002
const MSG_DONTWAIT_NOSIGNAL = 0x4040

// Bun has no datagram sockets of the Unix kind, so this asks the C library.
function openSocket(path: string, log: Log): (message: string) => void {
  try {
    const { symbols } = dlopen('libc.so.6', {
      socket: { args: ['int', 'int', 'int'], returns: 'int' },
      sendto: { args: ['int', 'ptr', 'usize', 'int', 'ptr', 'uint32_t'], returns: 'int64_t' },
    })
    const descriptor = symbols.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0)
    const address = addressOf(path)
    let heard = true
    return (message) => {
      const bytes = Buffer.from(message)
      const sent = symbols.sendto(
        descriptor,
        ptr(bytes),
        bytes.length,
        MSG_DONTWAIT_NOSIGNAL,
        ptr(address),
        address.length,
      )
      const hears = Number(sent) === bytes.length
      // Once, not at every beat.
      if (heard && !hears) log.warn({ path }, 'the service manager does not listen')
      heard = hears
    }
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'the service manager cannot be told anything')
    return () => {}
  }
}

/** A `sockaddr_un`: the family in the machine's byte order, little on both, then the path. */
function addressOf(path: string): Uint8Array {
  // An at sign stands for the NUL of a name that is no file.
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : path)
  return Uint8Array.from([AF_UNIX, 0, ...name])
}
