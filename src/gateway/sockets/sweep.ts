import type { Announcements } from './announcements'
import { Close } from './close'
import type { Connections } from './connections'
import { beats, type PulseTimes } from './pulse'
import type { SignIn } from './sign-in'

type SweepOptions = {
  connections: Connections
  announcements: Announcements
  signIn: SignIn
  /** Between two sweeps. */
  everyMs: number
  pulse: PulseTimes
}

/** Ends, every so often, the connections whose time is over or whose client is gone. */
export function createSweep({ connections, announcements, signIn, everyMs, pulse }: SweepOptions) {
  const timer = setInterval(sweep, everyMs)

  function sweep(): void {
    announcements.sweep()
    for (const client of connections.all()) {
      const reason = signIn.lapsed(client)
      if (reason !== undefined) connections.end(client, Close.notSignedIn, reason)
      else if (!beats(client.pulse, client.socket, pulse)) connections.cutOff(client)
    }
  }

  return { close: (): void => clearInterval(timer) }
}
