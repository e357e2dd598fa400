import { dlopen, ptr } from 'bun:ffi'
import type { Variables } from '../../config/environment'
import { reasonOf } from '../../errors'
import { every } from '../../guard'
import type { Log } from '../../log'
import type { Condition } from './running'

/** Milliseconds between two reports; fewer when the watchdog expects them more often. */
const BEAT_MS = 5_000

/**
 * Reports the condition of the service to systemd, as sd_notify(3) describes, over the socket that
 * `NOTIFY_SOCKET` names. Nothing here throws: without reports, systemd restarts the service.
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
  let stopBeating = () => {}
  let reported = ''

  return {
    /** Reports that the service has started. From here on the watchdog gets a report while the event loop runs. */
    ready(condition: () => Condition): void {
      const { status } = condition()
      reported = status
      send(`READY=1\nSTATUS=${status}`)
      const look = () => {
        const { alive, status } = condition()
        const news = [
          ...(alive && watchdogMs !== undefined ? ['WATCHDOG=1'] : []),
          ...(status === reported ? [] : [`STATUS=${status}`]),
        ]
        reported = status
        if (news.length > 0) send(news.join('\n'))
      }
      const everyMs = Math.min(BEAT_MS, (watchdogMs ?? Number.POSITIVE_INFINITY) / 2)
      stopBeating = every(everyMs, { what: 'report to the service manager', log }, look)
    },

    /** Reports that the service is about to end. */
    stopping(): void {
      stopBeating()
      send('STOPPING=1\nSTATUS=stopping')
    },
  }
}

/** Milliseconds after which systemd restarts this process without a report; undefined without a watchdog. */
function watchdogOf({ WATCHDOG_USEC, WATCHDOG_PID }: Variables, pid: number): number | undefined {
  if (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== pid) return undefined
  const ms = Number(WATCHDOG_USEC) / 1_000
  return ms > 0 ? ms : undefined
}

const AF_UNIX = 1
const SOCK_DGRAM_CLOEXEC = 0o2000002
const MSG_DONTWAIT_NOSIGNAL = 0x4040

// Bun has no Unix datagram sockets, so this calls the C library.
function openSocket(path: string, log: Log): (message: string) => void {
  try {
    const { symbols } = dlopen('libc.so.6', {
      socket: { args: ['int', 'int', 'int'], returns: 'int' },
      sendto: { args: ['int', 'ptr', 'usize', 'int', 'ptr', 'uint32_t'], returns: 'int64_t' },
    })
    const descriptor = symbols.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0)
    const address = addressOf(path)
    let wasReceived = true
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
      const isReceived = Number(sent) === bytes.length
      // A warning for each change, not for each report.
      if (wasReceived && !isReceived) log.warn({ path }, 'the service manager does not listen')
      wasReceived = isReceived
    }
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'the service manager cannot be told anything')
    return () => {}
  }
}

/** A `sockaddr_un`: the family in the machine's byte order, little on both, then the path. */
function addressOf(path: string): Uint8Array {
  // A leading `@` stands for the NUL byte of an abstract socket, which has no file.
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : path)
  return Uint8Array.from([AF_UNIX, 0, ...name])
}
