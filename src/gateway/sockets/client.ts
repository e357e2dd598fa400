import type { Identity } from '../../accounts/sessions/sessions'
import { newTally, type Tally } from './flood-guard'
import { newPulse, type Pulse } from './pulse'
import type { Seat } from './seats'
import type { Socket } from './socket'

/** A connected program or browser. */
export type Client = {
  readonly socket: Socket
  /** Unix milliseconds. */
  readonly connectedAt: number
  readonly seat: Seat
  readonly pulse: Pulse
  readonly tally: Tally
  /** Undecided until the first message that the client sends once it is signed in. */
  dialect: 'undecided' | 'own' | 'mopidy'
  identity?: Identity
  /** The token that proved the identity; a message that repeats it needs no check. */
  token?: string
  /** The number of calls that have no answer yet. */
  pending: number
  /** Frames that came while a token was being checked; absent when none is. */
  held?: string[]
}

/** A client that has just connected. */
export function newClient(
  given: Pick<Client, 'socket' | 'seat' | 'connectedAt' | 'dialect'>,
): Client {
  return { ...given, pulse: newPulse(), tally: newTally(), pending: 0 }
}
