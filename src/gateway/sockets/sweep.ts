import { every } from '../../guard'
import type { Log } from '../../log'
import type { Announcements } from './announcements'
import { Close } from './close'
import type { Connections } from './connections'
import { beats, type PulseTimes } from './pulse'
import type { SignIn } from './sign-in'

type SweepOptions = {
  connections: Connections
  announcements: Announcements
  signIn: SignIn
  /** Milliseconds between two sweeps. */
  everyMs: number
  pulse: PulseTimes
  log: Log
}

/** Ends at intervals the connections whose session has expired or whose client gives no sign of life. */
export function createSweep(options: SweepOptions) {
  const { connections, announcements, signIn, everyMs, pulse, log } = options
  const stop = every(everyMs, { what: 'look after the sockets', log }, sweep)

  function sweep(): void {
    announcements.sweep()
    for (const client of connections.all()) {
      const reason = signIn.lapsed(client)
      if (reason !== undefined) connections.end(client, Close.notSignedIn, reason)
      else if (!beats(client.pulse, client.socket, pulse)) connections.cutOff(client)
    }
  }

  return { close: stop }
}
